package io.eventplatform.processor.testkit.internal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.eventplatform.kafka.KafkaConfig;
import io.eventplatform.kafka.internal.KafkaClients;
import io.eventplatform.kafka.testkit.EmbeddedKafka;
import io.eventplatform.kafka.testkit.KafkaExtension;
import io.eventplatform.processor.internal.Clients;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ApplicationRecoverableException;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each script sees the same on the Kafka in memory and on a real broker. */
@ExtendWith(KafkaExtension.class)
class SimKafkaAgainstBrokerTest {

    private final EmbeddedKafka broker;

    SimKafkaAgainstBrokerTest(EmbeddedKafka broker) {
        this.broker = broker;
    }

    /** What a client does, and notes down of what it sees. */
    enum Script {
        MARKERS_TAKE_OFFSETS_AND_ABORTED_RECORDS_ARE_PASSED {
            @Override
            void play(Stage stage) {
                TopicPartition partition = stage.topic("t", 1);
                Producer<byte[], byte[]> producer = stage.transactional("p");
                stage.inTransaction(producer, partition, true, "a", "b");
                stage.inTransaction(producer, partition, false, "c");
                stage.inTransaction(producer, partition, true, "d");

                Consumer<byte[], byte[]> reader = stage.reader("read_committed");
                reader.assign(List.of(partition));
                reader.seekToBeginning(List.of(partition));
                stage.read(reader, 3);
                stage.until(reader, () -> reader.position(partition) >= 7);
                stage.note("position " + reader.position(partition));
                stage.note("lag " + reader.currentLag(partition));
                stage.note("beginning "
                        + reader.beginningOffsets(List.of(partition)).get(partition));
                stage.note("end " + reader.endOffsets(List.of(partition)).get(partition));
            }
        },

        AN_OPEN_TRANSACTION_HOLDS_READERS_OF_COMMITTED_RECORDS_BACK {
            @Override
            void play(Stage stage) {
                TopicPartition partition = stage.topic("t", 1);
                Producer<byte[], byte[]> producer = stage.transactional("p");
                stage.inTransaction(producer, partition, true, "a");
                producer.beginTransaction();
                stage.send(producer, partition, "open");
                producer.flush();
                stage.send(stage.plain(), partition, "behind");

                stage.ends(partition);
                Consumer<byte[], byte[]> committed = stage.reader("read_committed");
                committed.assign(List.of(partition));
                committed.seekToBeginning(List.of(partition));
                stage.read(committed, 1);
                Consumer<byte[], byte[]> all = stage.reader("read_uncommitted");
                all.assign(List.of(partition));
                all.seekToBeginning(List.of(partition));
                stage.read(all, 3);
                producer.abortTransaction();
                stage.read(committed, 1);
                stage.ends(partition);
            }
        },

        A_SUCCESSOR_ABORTS_THE_OPEN_TRANSACTION_AND_FENCES {
            @Override
            void play(Stage stage) {
                TopicPartition partition = stage.topic("t", 1);
                Producer<byte[], byte[]> first = stage.transactional("p");
                first.beginTransaction();
                stage.send(first, partition, "lost");
                first.flush();

                Producer<byte[], byte[]> second = stage.transactional("p");
                stage.ends(partition);
                stage.noteFailure("commit", first::commitTransaction);
                stage.inTransaction(second, partition, true, "kept");
                Consumer<byte[], byte[]> reader = stage.reader("read_committed");
                reader.assign(List.of(partition));
                reader.seekToBeginning(List.of(partition));
                stage.read(reader, 1);
            }
        },

        OFFSETS_COMMIT_AND_ABORT_WITH_THEIR_TRANSACTION {
            @Override
            void play(Stage stage) {
                TopicPartition partition = stage.topic("t", 2);
                Consumer<byte[], byte[]> member = stage.member("g", null);
                stage.join(member, List.of("t"), 2);
                Producer<byte[], byte[]> producer = stage.transactional("p");

                producer.beginTransaction();
                producer.sendOffsetsToTransaction(
                        Map.of(partition, new OffsetAndMetadata(7, "seven")), member.groupMetadata());
                producer.commitTransaction();
                stage.note(String.valueOf(member.committed(Set.of(partition)).get(partition)));
                producer.beginTransaction();
                producer.sendOffsetsToTransaction(
                        Map.of(partition, new OffsetAndMetadata(8, "eight")), member.groupMetadata());
                producer.abortTransaction();
                stage.note(String.valueOf(member.committed(Set.of(partition)).get(partition)));
                TopicPartition other = new TopicPartition(partition.topic(), 1);
                stage.note(String.valueOf(member.committed(Set.of(other)).get(other)));
            }
        },

        A_COMMIT_OF_ANOTHER_GENERATION_OR_MEMBER_IS_REFUSED {
            @Override
            @SuppressWarnings("removal") // no other way to make one yet
            void play(Stage stage) {
                TopicPartition partition = stage.topic("t", 1);
                Consumer<byte[], byte[]> member = stage.member("g", null);
                stage.join(member, List.of("t"), 1);
                ConsumerGroupMetadata now = member.groupMetadata();
                Producer<byte[], byte[]> producer = stage.transactional("p");
                for (ConsumerGroupMetadata stale : List.of(
                        new ConsumerGroupMetadata(
                                now.groupId(), now.generationId() + 1, now.memberId(), now.groupInstanceId()),
                        new ConsumerGroupMetadata(
                                now.groupId(), now.generationId(), "somebody", now.groupInstanceId()))) {
                    producer.beginTransaction();
                    stage.noteFailure(
                            "offsets",
                            () -> producer.sendOffsetsToTransaction(
                                    Map.of(partition, new OffsetAndMetadata(1)), stale));
                    stage.noteFailure("commit", producer::commitTransaction);
                    producer.abortTransaction();
                }
                stage.note(String.valueOf(member.committed(Set.of(partition)).get(partition)));
            }
        },

        OFFSETS_ARE_COMMITTED_WITHOUT_A_TRANSACTION_BY_A_MEMBER_ALONE {
            @Override
            void play(Stage stage) {
                TopicPartition partition = stage.topic("t", 1);
                Consumer<byte[], byte[]> first = stage.member("g", "one");
                stage.join(first, List.of("t"), 1);
                first.commitSync(Map.of(partition, new OffsetAndMetadata(7, "seven")), Duration.ofSeconds(10));
                stage.note(String.valueOf(first.committed(Set.of(partition)).get(partition)));

                Consumer<byte[], byte[]> second = stage.member("g", "one");
                stage.join(second, List.of("t"), 1);
                stage.noteFailure("commit", () -> first.commitSync(Map.of(partition, new OffsetAndMetadata(9))));
                Consumer<byte[], byte[]> stranger = stage.member("g", null);
                stranger.assign(List.of(partition));
                stage.noteFailure("commit", () -> stranger.commitSync(Map.of(partition, new OffsetAndMetadata(9))));
                stage.note(String.valueOf(second.committed(Set.of(partition)).get(partition)));
            }
        },

        A_STATIC_MEMBER_IS_FENCED_BY_ITS_TWIN_WHICH_GETS_ITS_PARTITIONS {
            @Override
            void play(Stage stage) {
                stage.topic("t", 2);
                Consumer<byte[], byte[]> first = stage.member("g", "one");
                stage.join(first, List.of("t"), 2);
                Consumer<byte[], byte[]> second = stage.member("g", "one");
                stage.join(second, List.of("t"), 2);

                stage.noteFailure("poll", () -> stage.until(first, () -> false));
            }
        },

        PARTITIONS_ARE_LET_GO_BEFORE_ANOTHER_GETS_THEM {
            @Override
            void play(Stage stage) {
                stage.topic("t", 2);
                Consumer<byte[], byte[]> first = stage.member("g", null);
                stage.join(first, List.of("t"), 2);
                Consumer<byte[], byte[]> second = stage.member("g", null);
                second.subscribe(List.of(stage.real("t")), stage.listener("second", second));
                for (int i = 0; i < 300 && second.assignment().isEmpty(); i++) {
                    first.poll(Duration.ofMillis(50));
                    second.poll(Duration.ofMillis(50));
                }
                first.close();
                stage.until(second, () -> second.assignment().size() == 2);
            }
        },

        WHAT_IS_NOT_THERE_IS_REFUSED {
            @Override
            void play(Stage stage) {
                TopicPartition partition = stage.topic("t", 1);
                stage.send(stage.plain(), partition, "a");
                Consumer<byte[], byte[]> reader = stage.reader("read_committed");
                reader.assign(List.of(partition));
                reader.seek(partition, 5);
                stage.noteFailure("poll", () -> stage.until(reader, () -> false));
                Consumer<byte[], byte[]> member = stage.member("g", null);
                member.assign(List.of(partition));
                stage.noteFailure("poll", () -> stage.until(member, () -> false));
                stage.noteFailure("begin", stage.transactionalUnopened("p")::beginTransaction);
                stage.noteFailure("pause", () -> reader.pause(List.of(new TopicPartition("u", 0))));
                try (Admin admin = stage.admin()) {
                    admin.describeTopics(List.of("missing")).allTopicNames().get();
                } catch (ExecutionException e) {
                    stage.note("describe "
                            + Objects.requireNonNull(e.getCause()).getClass().getSimpleName());
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            }
        };

        abstract void play(Stage stage);
    }

    @ParameterizedTest
    @EnumSource(Script.class)
    void seesTheSame(Script script) {
        List<String> real = new ArrayList<>();
        List<String> inMemory = new ArrayList<>();

        try (Stage stage = Stage.on(broker, real)) {
            script.play(stage);
        }
        try (Stage stage = Stage.on(new SimKafka(Instant.EPOCH), inMemory)) {
            script.play(stage);
        }

        assertThat(inMemory).isEqualTo(real).isNotEmpty();
    }

    /** A Kafka, with the clients a script opens on it. */
    private static final class Stage implements AutoCloseable {

        private static final int PATIENCE = 300;

        private interface TopicMaker {
            void create(String name, int partitions);
        }

        private final Clients clients;
        private final KafkaConfig config;
        private final TopicMaker topics;
        private final List<String> notes;
        private final String suffix = EmbeddedKafka.uniqueName("script");
        private final List<AutoCloseable> open = new ArrayList<>();

        private Stage(Clients clients, KafkaConfig config, TopicMaker topics, List<String> notes) {
            this.clients = clients;
            this.config = config;
            this.topics = topics;
            this.notes = notes;
        }

        static Stage on(EmbeddedKafka broker, List<String> notes) {
            return new Stage(
                    Clients.KAFKA,
                    KafkaConfig.of(broker.bootstrapServers()),
                    (name, partitions) -> broker.createTopic(name, partitions, Map.of()),
                    notes);
        }

        static Stage on(SimKafka kafka, List<String> notes) {
            return new Stage(
                    new SimProcess(kafka),
                    KafkaConfig.of("in-memory:9092"),
                    (name, partitions) -> kafka.create(name, partitions, Map.of()),
                    notes);
        }

        // ---- topics and clients

        String real(String name) {
            return name + "-" + suffix;
        }

        TopicPartition topic(String name, int partitions) {
            topics.create(real(name), partitions);
            return new TopicPartition(real(name), 0);
        }

        Producer<byte[], byte[]> transactionalUnopened(String id) {
            return opened(clients.producer(KafkaClients.producer(
                    config, new HashMap<>(Map.of("transactional.id", real(id), "max.block.ms", 10_000)))));
        }

        Producer<byte[], byte[]> transactional(String id) {
            Producer<byte[], byte[]> producer = transactionalUnopened(id);
            producer.initTransactions();
            return producer;
        }

        Producer<byte[], byte[]> plain() {
            return opened(clients.producer(KafkaClients.producer(config, new HashMap<>())));
        }

        Consumer<byte[], byte[]> reader(String isolation) {
            return opened(clients.consumer(KafkaClients.consumer(config, readerSettings(isolation))));
        }

        Consumer<byte[], byte[]> member(String group, @org.jspecify.annotations.Nullable String instance) {
            Map<String, Object> settings = readerSettings("read_committed");
            settings.put("group.id", real(group));
            settings.put("partition.assignment.strategy", List.of(CooperativeStickyAssignor.class.getName()));
            settings.put("heartbeat.interval.ms", 200);
            if (instance != null) {
                settings.put("group.instance.id", instance);
            }
            return opened(clients.consumer(KafkaClients.consumer(config, settings)));
        }

        private static Map<String, Object> readerSettings(String isolation) {
            return new HashMap<>(
                    Map.of("auto.offset.reset", "none", "enable.auto.commit", false, "isolation.level", isolation));
        }

        Admin admin() {
            return clients.admin(KafkaClients.admin(config, Map.of()));
        }

        private <T extends AutoCloseable> T opened(T client) {
            open.add(client);
            return client;
        }

        // ---- what scripts do

        void send(Producer<byte[], byte[]> producer, TopicPartition to, String value) {
            var sent = producer.send(
                    new ProducerRecord<>(to.topic(), to.partition(), "key".getBytes(UTF_8), value.getBytes(UTF_8)));
            producer.flush();
            assertThat(sent).isDone();
        }

        void inTransaction(Producer<byte[], byte[]> producer, TopicPartition to, boolean commit, String... values) {
            producer.beginTransaction();
            for (String value : values) {
                send(producer, to, value);
            }
            if (commit) {
                producer.commitTransaction();
            } else {
                producer.abortTransaction();
            }
        }

        void join(Consumer<byte[], byte[]> member, List<String> names, int partitions) {
            member.subscribe(names.stream().map(this::real).toList(), listener("member", member));
            until(member, () -> member.assignment().size() == partitions);
        }

        ConsumerRebalanceListener listener(String who, Consumer<byte[], byte[]> member) {
            return new ConsumerRebalanceListener() {
                @Override
                public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
                    if (!partitions.isEmpty()) {
                        note(who + " lets " + partitions.size() + " go");
                    }
                }

                @Override
                public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
                    partitions.forEach(partition -> member.seek(partition, 0));
                    if (!partitions.isEmpty()) {
                        note(who + " gets " + partitions.size());
                    }
                }
            };
        }

        void until(Consumer<byte[], byte[]> consumer, BooleanSupplier there) {
            for (int i = 0; i < PATIENCE && !there.getAsBoolean(); i++) {
                consumer.poll(Duration.ofMillis(50));
            }
        }

        /** Notes offsets and values of so many records. */
        void read(Consumer<byte[], byte[]> reader, int records) {
            int read = 0;
            for (int i = 0; i < PATIENCE && read < records; i++) {
                for (ConsumerRecord<byte[], byte[]> record : reader.poll(Duration.ofMillis(50))) {
                    note(record.offset() + " " + new String(record.value(), UTF_8));
                    read++;
                }
            }
        }

        /** Notes both ends, when they have come as far as they do. */
        void ends(TopicPartition partition) {
            try (Admin admin = admin()) {
                for (IsolationLevel level : IsolationLevel.values()) {
                    note(level + " end "
                            + admin.listOffsets(Map.of(partition, OffsetSpec.latest()), new ListOffsetsOptions(level))
                                    .partitionResult(partition)
                                    .get()
                                    .offset());
                }
            } catch (ExecutionException | InterruptedException e) {
                throw new AssertionError(e);
            }
        }

        void noteFailure(String what, Runnable call) {
            try {
                call.run();
                note(what + " succeeded");
            } catch (RuntimeException e) {
                note(what + " " + name(e));
            }
        }

        /** The runtime does the same about any kind of fenced producer. */
        private static String name(RuntimeException failure) {
            Throwable cause = failure.getClass() == KafkaException.class && failure.getCause() != null
                    ? failure.getCause()
                    : failure;
            return cause instanceof ApplicationRecoverableException
                    ? "fenced"
                    : cause.getClass().getSimpleName();
        }

        void note(String text) {
            notes.add(text);
        }

        @Override
        public void close() {
            List<String> seen = List.copyOf(notes);
            for (AutoCloseable client : open) {
                try {
                    client.close();
                } catch (Exception e) {
                    // a fenced producer may not close cleanly
                }
            }
            notes.clear();
            notes.addAll(seen);
        }
    }
}
