package io.eventplatform.examples.quickstart.audit;

import io.eventplatform.examples.quickstart.audit.AuditPlan.Counter;
import io.eventplatform.examples.quickstart.audit.AuditPlan.Recount;
import io.eventplatform.examples.quickstart.audit.AuditPlan.Station;
import io.eventplatform.examples.quickstart.audit.AuditPlan.StoredType;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Recounts every record from topics, tables and the lake, and says whether nothing was lost and nothing counted twice:
 *
 * <pre>
 * raw = enriched + unroutable + dead + dropped     for each event type
 * enriched = table rows = lake rows = what each view counts
 * </pre>
 *
 * <p>Unroutable is a raw record, dead a domain record whose position a dead letter names, however many letters do.
 * Dropped is a domain record that is not dead and repeats the id of an earlier one in its partition. And each id must be
 * in the domains as often as it was routable, and, if it is neither dead nor dropped, be enriched once, stored once and
 * in the lake once, so that a loss and a duplicate do not make up for each other. The rows of views are those that a query
 * of the tables gives, group by group.
 *
 * <p>Nobody may write meanwhile: pipelines and stores are closed.
 */
public final class Audit {

    private static final int ROUTABLE = 0;
    private static final int ROUTED = 1;

    private static final int KEPT = 0;
    private static final int ENRICHED = 1;
    private static final int STORED = 2;
    private static final int IN_LAKE = 3;
    private static final int PLACES = 4;

    private static final int MOST_EXAMPLES = 3;

    private final AuditPlan plan;
    private final Map<String, String> domainTopics;
    private final DeadPositions dead = new DeadPositions();
    private final SortedMap<String, Counts> counts = new TreeMap<>();
    private final IdCounts routing = new IdCounts(2);
    private final IdCounts inPartition = new IdCounts(1);
    private final IdCounts ids = new IdCounts(PLACES);
    private final List<String> problems = new ArrayList<>();

    private Audit(AuditPlan plan) {
        this.plan = plan;
        this.domainTopics =
                plan.types().stream().collect(Collectors.toUnmodifiableMap(StoredType::type, StoredType::domainTopic));
    }

    /**
     * Recounts everything once.
     *
     * @throws IllegalStateException if a topic, the database or the lake cannot be read
     */
    public static AuditReport run(AuditPlan plan) {
        try (TopicReader topics = new TopicReader(plan.bootstrapServers());
                StoreReader store = new StoreReader(plan.database());
                LakeReader lake = new LakeReader()) {
            return new Audit(plan).run(topics, store, lake);
        } catch (SQLException | IOException e) {
            throw new IllegalStateException(
                    "[" + plan.database() + "] The stores cannot be audited: " + e.getMessage(), e);
        }
    }

    private AuditReport run(TopicReader topics, StoreReader store, LakeReader lake) throws SQLException, IOException {
        readDeadLetters(topics, plan.raw());
        topics.read(plan.raw().topic(), this::raw);
        for (Station domain : plan.domains()) {
            readDeadLetters(topics, domain);
            topics.read(domain.topic(), this::routed);
        }
        topics.read(plan.enrichedTopic(), this::enriched);
        for (StoredType type : plan.types()) {
            store.eventIds(type.table(), id -> ids.add(STORED, type.type(), id));
            lake.eventIds(type.lakeTable(), id -> {
                countsOf(type.type()).inLake++;
                ids.add(IN_LAKE, type.type(), id);
            });
        }
        for (Recount recount : plan.recounts()) {
            long differing = store.differingRows(recount.ofView(), recount.ofTable());
            if (differing > 0) {
                problems.add(String.format(
                        Locale.ROOT, "%s: %,d rows differ from a recount of its table", recount.view(), differing));
            }
        }
        reportMissing();
        reportStrayDeadLetters();
        reportUnequalIds(topics, store);
        return new AuditReport(balances(store), problems);
    }

    private void readDeadLetters(TopicReader topics, Station station) {
        topics.read(station.deadLetterTopic(), letter -> {
            if (!dead.add(letter, station.topic())) {
                problems.add(position(letter) + " does not name a record of " + station.topic());
            }
        });
    }

    private void raw(ConsumerRecord<byte[], byte[]> record) {
        Identity identity = Identity.of(record);
        Counts ofType = countsOf(identity.type());
        ofType.raw++;
        if (dead.take(record)) {
            ofType.unroutable++;
        } else if (identity.id() == null) {
            problems.add(position(record) + " has no event_id and is not dead");
        } else {
            routing.add(ROUTABLE, identity.type(), identity.id());
        }
    }

    private void routed(ConsumerRecord<byte[], byte[]> record) {
        Identity identity = Identity.of(record);
        Counts ofType = countsOf(identity.type());
        if (identity.id() == null) {
            problems.add(position(record) + " has no event_id");
            return;
        }
        String domain = domainTopics.get(identity.type());
        if (domain != null && !domain.equals(record.topic())) {
            problems.add(position(record) + " is " + identity.type() + ", which belongs to " + domain);
        }
        routing.add(ROUTED, identity.type(), identity.id());
        if (dead.take(record)) {
            ofType.dead++;
        } else if (inPartition.add(0, record.topic() + "-" + record.partition(), identity.id()) > 1) {
            ofType.dropped++;
        } else {
            ids.add(KEPT, identity.type(), identity.id());
        }
    }

    private void enriched(ConsumerRecord<byte[], byte[]> record) {
        Identity identity = Identity.of(record);
        countsOf(identity.type()).enriched++;
        if (identity.id() == null) {
            problems.add(position(record) + " has no event_id");
        } else {
            ids.add(ENRICHED, identity.type(), identity.id());
        }
    }

    private Counts countsOf(String type) {
        return counts.computeIfAbsent(type, absent -> new Counts());
    }

    private void reportMissing() {
        long raw = counts.values().stream().mapToLong(ofType -> ofType.raw).sum();
        if (raw < plan.acknowledged()) {
            problems.add(String.format(
                    Locale.ROOT,
                    "%s holds %,d records, but Kafka acknowledged %,d",
                    plan.raw().topic(),
                    raw,
                    plan.acknowledged()));
        }
    }

    private void reportStrayDeadLetters() {
        dead.left()
                .forEach((topic, stray) -> problems.add(String.format(
                        Locale.ROOT, "%,d dead letters name positions that %s does not have", stray, topic)));
    }

    private void reportUnequalIds(TopicReader topics, StoreReader store) throws SQLException {
        long misrouted = routing.unequal();
        if (misrouted > 0) {
            problems.add(String.format(
                    Locale.ROOT, "%,d event ids are not in the domains as often as they could be routed", misrouted));
        }
        long unequal = ids.unequal();
        if (unequal > 0) {
            problems.add(String.format(
                    Locale.ROOT,
                    "%,d event ids are not processed and stored as often as they should, such as %s",
                    unequal,
                    String.join("; ", examples(topics, store))));
        }
    }

    /** Reads everything again to find out which ids the hashes stand for. */
    private Set<String> examples(TopicReader topics, StoreReader store) throws SQLException {
        Set<String> examples = new LinkedHashSet<>();
        topics.read(plan.raw().topic(), record -> addExample(examples, Identity.of(record)));
        topics.read(plan.enrichedTopic(), record -> addExample(examples, Identity.of(record)));
        for (StoredType type : plan.types()) {
            store.eventIds(type.table(), id -> addExample(examples, new Identity(type.type(), id)));
        }
        return examples;
    }

    private void addExample(Set<String> examples, Identity identity) {
        if (examples.size() < MOST_EXAMPLES && identity.id() != null) {
            int[] found = ids.of(identity.type(), identity.id());
            if (found[KEPT] != found[ENRICHED] || found[ENRICHED] != found[STORED] || found[STORED] != found[IN_LAKE]) {
                examples.add(String.format(
                        Locale.ROOT,
                        "%s %s (expected %d, enriched %d, stored %d, in the lake %d)",
                        identity.type(),
                        identity.id(),
                        found[KEPT],
                        found[ENRICHED],
                        found[STORED],
                        found[IN_LAKE]));
            }
        }
    }

    private List<TypeBalance> balances(StoreReader store) throws SQLException {
        Map<String, StoredType> stored = new HashMap<>();
        for (StoredType type : plan.types()) {
            stored.put(type.type(), type);
            countsOf(type.type());
        }
        List<TypeBalance> balances = new ArrayList<>();
        for (Map.Entry<String, Counts> entry : counts.entrySet()) {
            balances.add(balance(entry.getKey(), entry.getValue(), stored.get(entry.getKey()), store));
        }
        return balances;
    }

    private static TypeBalance balance(String type, Counts counts, @Nullable StoredType stored, StoreReader store)
            throws SQLException {
        TypeBalance.Stored found = null;
        if (stored != null) {
            Map<String, Long> views = new LinkedHashMap<>();
            for (Counter view : stored.views()) {
                views.put(view.table(), store.sum(view.table(), view.column()));
            }
            found = new TypeBalance.Stored(store.rows(stored.table()), counts.inLake, views);
        }
        return new TypeBalance(
                type, counts.raw, counts.enriched, counts.unroutable, counts.dead, counts.dropped, found);
    }

    private static String position(ConsumerRecord<byte[], byte[]> record) {
        return record.topic() + "-" + record.partition() + "@" + record.offset();
    }

    /** Of one event type. */
    private static final class Counts {
        private long raw;
        private long unroutable;
        private long enriched;
        private long dead;
        private long dropped;
        private long inLake;
    }
}
