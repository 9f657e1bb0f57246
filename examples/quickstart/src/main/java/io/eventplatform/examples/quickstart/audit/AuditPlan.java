package io.eventplatform.examples.quickstart.audit;

import java.nio.file.Path;
import java.util.List;

/**
 * What an audit recounts, by plain names.
 *
 * @param raw where every record starts, and where those go that cannot be routed
 * @param domains where the others go on, and where those of them go that cannot be processed
 * @param enrichedTopic where those go that could
 * @param database the DuckDB file with the tables and views; nobody else may have it open
 * @param types the event types that have a table
 * @param recounts what views must say, recounted from tables
 * @param acknowledged how many records Kafka is known to have taken; there may be more
 */
public record AuditPlan(
        String bootstrapServers,
        Station raw,
        List<Station> domains,
        String enrichedTopic,
        Path database,
        List<StoredType> types,
        List<Recount> recounts,
        long acknowledged) {

    public AuditPlan {
        domains = List.copyOf(domains);
        types = List.copyOf(types);
        recounts = List.copyOf(recounts);
    }

    /** A topic, and the dead letters of who reads it. */
    public record Station(String topic, String deadLetterTopic) {}

    /**
     * Where the events of a type end.
     *
     * @param domainTopic where all of them go after {@link #raw}
     * @param table has one row, with its {@code event_id}, for each event
     * @param lakeTable the directory of a Delta table that has the same rows
     * @param views each counts every event once
     */
    public record StoredType(String type, String domainTopic, String table, Path lakeTable, List<Counter> views) {

        public StoredType {
            views = List.copyOf(views);
        }
    }

    /**
     * Two queries that must give the same rows.
     *
     * @param ofView from the accumulators that the sink wrote
     * @param ofTable from the events
     */
    public record Recount(String view, String ofView, String ofTable) {}

    /** A column whose sum is a number of events. */
    public record Counter(String table, String column) {}
}
