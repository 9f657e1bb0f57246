package io.eventplatform.examples.quickstart.audit;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.eventplatform.examples.quickstart.audit.AuditPlan.Counter;
import io.eventplatform.examples.quickstart.audit.AuditPlan.StoredType;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * Recounts every record from topics and tables and says whether nothing was lost and nothing counted twice:
 *
 * <pre>
 * raw = enriched + dead + dropped     for each event type
 * enriched = table rows = what each view counts
 * </pre>
 *
 * <p>Dead is a raw record whose position a dead letter names, however many letters do. Dropped is a raw record that is
 * not dead and repeats the id of an earlier one in its partition. And each id that is neither must be enriched once and
 * stored once, so that a loss and a duplicate do not make up for each other.
 *
 * <p>Nobody may write meanwhile: the pipeline and the store are closed.
 */
public final class Audit {

    private static final int KEPT = 0;
    private static final int ENRICHED = 1;
    private static final int STORED = 2;
    private static final int PLACES = 3;

    private static final int MOST_EXAMPLES = 3;

    private final AuditPlan plan;
    private final Map<Integer, BitSet> deadOffsets = new HashMap<>();
    private final SortedMap<String, Counts> counts = new TreeMap<>();
    private final IdCounts inPartition = new IdCounts(1);
    private final IdCounts ids = new IdCounts(PLACES);
    private final List<String> problems = new ArrayList<>();

    private Audit(AuditPlan plan) {
        this.plan = plan;
    }

    /**
     * Recounts everything once.
     *
     * @throws IllegalStateException if a topic or the database cannot be read
     */
    public static AuditReport run(AuditPlan plan) {
        try (TopicReader topics = new TopicReader(plan.bootstrapServers());
                StoreReader store = new StoreReader(plan.database())) {
            return new Audit(plan).run(topics, store);
        } catch (SQLException e) {
            throw new IllegalStateException(
                    "[" + plan.database() + "] The store cannot be audited: " + e.getMessage(), e);
        }
    }

    private AuditReport run(TopicReader topics, StoreReader store) throws SQLException {
        topics.read(plan.deadLetterTopic(), this::deadLetter);
        topics.read(plan.rawTopic(), this::raw);
        topics.read(plan.enrichedTopic(), this::enriched);
        for (StoredType type : plan.types()) {
            store.eventIds(type.table(), id -> ids.add(STORED, type.type(), id));
        }
        reportStrayDeadLetters();
        reportUnequalIds(topics, store);
        return new AuditReport(balances(store), problems);
    }

    private void deadLetter(ConsumerRecord<byte[], byte[]> letter) {
        String topic = header(letter, "dead_letter.topic");
        String partition = header(letter, "dead_letter.partition");
        String offset = header(letter, "dead_letter.offset");
        if (!plan.rawTopic().equals(topic) || partition == null || offset == null) {
            problems.add(position(letter) + " does not name a record of " + plan.rawTopic());
            return;
        }
        deadOffsets
                .computeIfAbsent(Integer.parseInt(partition), absent -> new BitSet())
                .set(Integer.parseInt(offset));
    }

    private void raw(ConsumerRecord<byte[], byte[]> record) {
        Identity identity = Identity.of(record);
        Counts ofType = countsOf(identity);
        ofType.raw++;
        if (isDead(record)) {
            ofType.dead++;
        } else if (identity.id() == null) {
            problems.add(position(record) + " has no event_id and is not dead");
        } else if (inPartition.add(0, Integer.toString(record.partition()), identity.id()) > 1) {
            ofType.dropped++;
        } else {
            ids.add(KEPT, identity.type(), identity.id());
        }
    }

    /** Also takes the letter off, so that what is left at the end are letters for records that do not exist. */
    private boolean isDead(ConsumerRecord<byte[], byte[]> record) {
        BitSet offsets = deadOffsets.getOrDefault(record.partition(), new BitSet());
        boolean dead = offsets.get((int) record.offset());
        offsets.clear((int) record.offset());
        return dead;
    }

    private void enriched(ConsumerRecord<byte[], byte[]> record) {
        Identity identity = Identity.of(record);
        countsOf(identity).enriched++;
        if (identity.id() == null) {
            problems.add(position(record) + " has no event_id");
        } else {
            ids.add(ENRICHED, identity.type(), identity.id());
        }
    }

    private Counts countsOf(Identity identity) {
        return counts.computeIfAbsent(identity.type(), absent -> new Counts());
    }

    private void reportStrayDeadLetters() {
        int stray = deadOffsets.values().stream().mapToInt(BitSet::cardinality).sum();
        if (stray > 0) {
            problems.add(String.format(
                    Locale.ROOT, "%,d dead letters name positions that %s does not have", stray, plan.rawTopic()));
        }
    }

    private void reportUnequalIds(TopicReader topics, StoreReader store) throws SQLException {
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
        topics.read(plan.rawTopic(), record -> addExample(examples, Identity.of(record)));
        topics.read(plan.enrichedTopic(), record -> addExample(examples, Identity.of(record)));
        for (StoredType type : plan.types()) {
            store.eventIds(type.table(), id -> addExample(examples, new Identity(type.type(), id)));
        }
        return examples;
    }

    private void addExample(Set<String> examples, Identity identity) {
        if (examples.size() < MOST_EXAMPLES && identity.id() != null) {
            int[] found = ids.of(identity.type(), identity.id());
            if (found[KEPT] != found[ENRICHED] || found[ENRICHED] != found[STORED]) {
                examples.add(String.format(
                        Locale.ROOT,
                        "%s %s (expected %d, enriched %d, stored %d)",
                        identity.type(),
                        identity.id(),
                        found[KEPT],
                        found[ENRICHED],
                        found[STORED]));
            }
        }
    }

    private List<TypeBalance> balances(StoreReader store) throws SQLException {
        Map<String, StoredType> stored = new HashMap<>();
        for (StoredType type : plan.types()) {
            stored.put(type.type(), type);
            counts.computeIfAbsent(type.type(), absent -> new Counts());
        }
        List<TypeBalance> balances = new ArrayList<>();
        for (Map.Entry<String, Counts> entry : counts.entrySet()) {
            balances.add(balance(entry.getKey(), entry.getValue(), stored.get(entry.getKey()), store));
        }
        return balances;
    }

    private static TypeBalance balance(String type, Counts counts, @Nullable StoredType stored, StoreReader store)
            throws SQLException {
        OptionalLong rows = OptionalLong.empty();
        Map<String, Long> views = new LinkedHashMap<>();
        if (stored != null) {
            rows = OptionalLong.of(store.rows(stored.table()));
            for (Counter view : stored.views()) {
                views.put(view.table(), store.sum(view.table(), view.column()));
            }
        }
        return new TypeBalance(type, counts.raw, counts.enriched, counts.dead, counts.dropped, rows, views);
    }

    private static @Nullable String header(ConsumerRecord<byte[], byte[]> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null ? null : new String(header.value(), UTF_8);
    }

    private static String position(ConsumerRecord<byte[], byte[]> record) {
        return record.topic() + "-" + record.partition() + "@" + record.offset();
    }

    /** Of one event type. */
    private static final class Counts {
        private long raw;
        private long enriched;
        private long dead;
        private long dropped;
    }
}
