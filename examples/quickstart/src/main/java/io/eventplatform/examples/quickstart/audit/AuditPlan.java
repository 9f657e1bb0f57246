package io.eventplatform.examples.quickstart.audit;

import java.nio.file.Path;
import java.util.List;

/**
 * What an audit recounts, by plain names.
 *
 * @param rawTopic where every record starts
 * @param deadLetterTopic where records of it went that could not be processed
 * @param enrichedTopic where the others went
 * @param database the DuckDB file with the tables and views; nobody else may have it open
 * @param types the event types that have a table
 */
public record AuditPlan(
        String bootstrapServers,
        String rawTopic,
        String deadLetterTopic,
        String enrichedTopic,
        Path database,
        List<StoredType> types) {

    public AuditPlan {
        types = List.copyOf(types);
    }

    /**
     * Where the events of a type end.
     *
     * @param table has one row, with its {@code event_id}, for each event
     * @param views each counts every event once
     */
    public record StoredType(String type, String table, List<Counter> views) {

        public StoredType {
            views = List.copyOf(views);
        }
    }

    /** A column whose sum is a number of events. */
    public record Counter(String table, String column) {}
}
