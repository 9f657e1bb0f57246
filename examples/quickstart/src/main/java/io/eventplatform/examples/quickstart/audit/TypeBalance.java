package io.eventplatform.examples.quickstart.audit;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;

/**
 * The counts of one event type, which must balance.
 *
 * @param raw records that were sent
 * @param enriched records that were processed
 * @param dead positions of raw records that have a dead letter
 * @param dropped raw records that are not dead and repeat an id of their partition
 * @param rows rows in the type's table, empty if it has none
 * @param views what each view counts, by the name of its table
 */
record TypeBalance(
        String type, long raw, long enriched, long dead, long dropped, OptionalLong rows, Map<String, Long> views) {

    /** What does not balance; empty if the counts hold. */
    List<String> problems() {
        List<String> problems = new ArrayList<>();
        long accounted = enriched + dead + dropped;
        if (raw != accounted) {
            problems.add(String.format(
                    Locale.ROOT,
                    "%s: %,d raw records, but %,d enriched + %,d dead + %,d dropped are %,d, %,d too %s",
                    type,
                    raw,
                    enriched,
                    dead,
                    dropped,
                    accounted,
                    Math.abs(raw - accounted),
                    accounted < raw ? "few" : "many"));
        }
        if (rows.isEmpty() && enriched > 0) {
            problems.add(String.format(Locale.ROOT, "%s: %,d enriched records, but no table", type, enriched));
        }
        if (rows.isPresent() && rows.getAsLong() != enriched) {
            problems.add(String.format(
                    Locale.ROOT,
                    "%s: %,d enriched records, but %,d rows in the table",
                    type,
                    enriched,
                    rows.getAsLong()));
        }
        views.forEach((view, counted) -> {
            if (counted != enriched) {
                problems.add(String.format(
                        Locale.ROOT, "%s: %,d enriched records, but %s counts %,d", type, enriched, view, counted));
            }
        });
        return problems;
    }
}
