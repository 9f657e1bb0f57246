package io.eventplatform.examples.quickstart.audit;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The counts of one event type, which must balance.
 *
 * @param raw records that were sent
 * @param enriched records that were processed
 * @param unroutable positions of raw records that have a dead letter
 * @param dead positions of domain records that have a dead letter
 * @param dropped domain records that are not dead and repeat an id of their partition
 * @param stored what the stores have of it, null if the type has no table
 */
record TypeBalance(
        String type,
        long raw,
        long enriched,
        long unroutable,
        long dead,
        long dropped,
        @Nullable Stored stored) {

    /**
     * @param rows in the hot table
     * @param lakeRows in the lake's table
     * @param views what each view counts, by the name of its table
     */
    record Stored(long rows, long lakeRows, Map<String, Long> views) {}

    /** What does not balance; empty if the counts hold. */
    List<String> problems() {
        List<String> problems = new ArrayList<>();
        long accounted = enriched + unroutable + dead + dropped;
        if (raw != accounted) {
            problems.add(String.format(
                    Locale.ROOT,
                    "%s: %,d raw records, but %,d enriched + %,d unroutable + %,d dead + %,d dropped are %,d, %,d too %s",
                    type,
                    raw,
                    enriched,
                    unroutable,
                    dead,
                    dropped,
                    accounted,
                    Math.abs(raw - accounted),
                    accounted < raw ? "few" : "many"));
        }
        if (stored == null) {
            if (enriched > 0) {
                problems.add(String.format(Locale.ROOT, "%s: %,d enriched records, but no table", type, enriched));
            }
            return problems;
        }
        requireEqual(problems, stored.rows, "%,d rows in the table");
        requireEqual(problems, stored.lakeRows, "%,d rows in the lake");
        stored.views.forEach((view, counted) -> requireEqual(problems, counted, view + " counts %,d"));
        return problems;
    }

    private void requireEqual(List<String> problems, long found, String what) {
        if (found != enriched) {
            problems.add(String.format(Locale.ROOT, "%s: %,d enriched records, but " + what, type, enriched, found));
        }
    }
}
