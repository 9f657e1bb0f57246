package io.eventplatform.processor.testkit;

import io.eventplatform.processor.Pipeline;
import io.eventplatform.processor.RunnerOptions;
import io.eventplatform.processor.internal.Clients;
import io.eventplatform.processor.internal.DefectiveWiring;
import io.eventplatform.processor.internal.DefectiveWiring.Kind;
import io.eventplatform.processor.internal.SteppedWorker;
import io.eventplatform.processor.testkit.Tampered.Call;
import io.eventplatform.processor.testkit.internal.Bypass;
import io.eventplatform.processor.testkit.internal.SimKafka;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TransactionAbortableException;
import org.jspecify.annotations.Nullable;

/**
 * A mistake that the runtime could have, planted between it and its Kafka or in one of its parts. For each the
 * schedules must find what it breaks, and say so in these words: {@code -Ddefect=NAME -Dtest=ModelTest} shows it.
 */
enum Defect implements Workers {

    // ---- nothing is lost

    OFFSETS_OUTSIDE_THE_TRANSACTION("lost") {
        @Override
        @Nullable
        Object answer(SimKafka kafka, State state, Call call) throws Throwable {
            if (call.name().equals("sendOffsetsToTransaction")) {
                Bypass.commit(kafka, group(call), offsets(call));
                return null;
            }
            return call.proceed();
        }
    },

    A_PARTITION_WITHOUT_OFFSET_STARTS_AT_ITS_END("lost") {
        @Override
        @Nullable
        Object answer(SimKafka kafka, State state, Call call) throws Throwable {
            if (call.name().equals("beginningOffsets")) {
                Map<TopicPartition, Long> ends = new HashMap<>();
                partitions(call).forEach(partition -> ends.put(partition, Bypass.end(kafka, partition)));
                return ends;
            }
            return call.proceed();
        }
    },

    AFTER_AN_ABORT_EFFECTS_ARE_NOT_SENT_AGAIN("lost") {
        @Override
        @Nullable
        Object answer(SimKafka kafka, State state, Call call) throws Throwable {
            switch (call.name()) {
                case "abortTransaction" -> state.skipping = true;
                case "commitTransaction" -> state.skipping = false;
                case "send" -> {
                    if (state.skipping) {
                        return sent(null);
                    }
                }
                default -> {}
            }
            return call.proceed();
        }
    },

    AN_UNANSWERED_COMMIT_IS_TAKEN_FOR_DONE("lost") {
        @Override
        @Nullable
        Object answer(SimKafka kafka, State state, Call call) throws Throwable {
            if (call.name().equals("commitTransaction")) {
                try {
                    return call.proceed();
                } catch (TimeoutException e) {
                    state.brokenOff = true;
                    return null;
                }
            }
            return state.brokenOff ? reopened(state, call) : call.proceed();
        }
    },

    DEAD_LETTERS_ARE_DROPPED("dead letters at") {
        @Override
        @Nullable
        Object answer(SimKafka kafka, State state, Call call) throws Throwable {
            return call.name().equals("send") && topic(call).endsWith(".dlt") ? sent(null) : call.proceed();
        }
    },

    // ---- nothing is doubled

    OUTPUTS_OUTSIDE_THE_TRANSACTION("came out") {
        @Override
        @Nullable
        Object answer(SimKafka kafka, State state, Call call) throws Throwable {
            if (call.name().equals("send") && topic(call).equals("out")) {
                return sent(Bypass.append(kafka, record(call)));
            }
            return call.proceed();
        }
    },

    AN_UNANSWERED_COMMIT_IS_ABORTED("came out") {
        @Override
        @Nullable
        Object answer(SimKafka kafka, State state, Call call) throws Throwable {
            if (call.name().equals("commitTransaction")) {
                try {
                    return call.proceed();
                } catch (TimeoutException e) {
                    state.brokenOff = true;
                    throw new TransactionAbortableException("taken for refused");
                }
            }
            return state.brokenOff ? reopened(state, call) : call.proceed();
        }
    },

    A_ZOMBIE_OF_THE_GROUP_IS_NOT_FENCED("came out") {
        @Override
        @Nullable
        Object answer(SimKafka kafka, State state, Call call) throws Throwable {
            if (call.name().equals("sendOffsetsToTransaction")) {
                String id = call.setting(ProducerConfig.TRANSACTIONAL_ID_CONFIG);
                Bypass.addUnchecked(kafka, id, group(call), offsets(call));
                return null;
            }
            return call.proceed();
        }
    },

    OFFSETS_ON_THEIR_WAY_ARE_NOT_AWAITED("came out") {
        @Override
        @Nullable
        Object answer(SimKafka kafka, State state, Call call) throws Throwable {
            if (call.name().equals("committed")) {
                String group = call.setting(ConsumerConfig.GROUP_ID_CONFIG);
                return Bypass.committed(kafka, group, new HashSet<>(partitions(call)));
            }
            return call.proceed();
        }
    },

    WHAT_A_LOST_PARTITION_HAS_SENT_STAYS("came out") {
        @Override
        public SteppedWorker open(SimKafka kafka, Pipeline pipeline, RunnerOptions options, Clients clients) {
            return DefectiveWiring.open(Kind.LOSS_IGNORED, pipeline, IN_MEMORY, options, clients);
        }
    },

    ABORTED_RECORDS_OF_THE_SOURCE_ARE_READ("came out and must not have") {
        @Override
        Clients between(SimKafka kafka, Clients clients) {
            return readingUncommitted(clients, settings -> settings.containsKey(ConsumerConfig.GROUP_ID_CONFIG));
        }
    },

    // ---- each key keeps its order

    RECORDS_ARE_TAKEN_IN_ANOTHER_ORDER("came out in place of") {
        @Override
        @Nullable
        @SuppressWarnings("unchecked")
        Object answer(SimKafka kafka, State state, Call call) throws Throwable {
            Object answer = call.proceed();
            if (!call.name().equals("poll") || answer == null) {
                return answer;
            }
            ConsumerRecords<byte[], byte[]> records = (ConsumerRecords<byte[], byte[]>) answer;
            Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> reversed = new HashMap<>();
            for (TopicPartition partition : records.partitions()) {
                List<ConsumerRecord<byte[], byte[]>> some = new ArrayList<>(records.records(partition));
                Collections.reverse(some);
                reversed.put(partition, some);
            }
            return new ConsumerRecords<>(reversed, Map.of());
        }
    },

    // ---- the dedup window

    IDS_ARE_NOT_WRITTEN_DOWN("came out twice") {
        @Override
        @Nullable
        Object answer(SimKafka kafka, State state, Call call) throws Throwable {
            return call.name().equals("send") && isBlock(call) ? sent(null) : call.proceed();
        }
    },

    IDS_ARE_WRITTEN_OUTSIDE_THE_TRANSACTION("lost") {
        @Override
        @Nullable
        Object answer(SimKafka kafka, State state, Call call) throws Throwable {
            return call.name().equals("send") && isBlock(call)
                    ? sent(Bypass.append(kafka, record(call)))
                    : call.proceed();
        }
    },

    RESTORE_STOPS_AT_THE_STABLE_END("came out") {
        @Override
        @Nullable
        Object answer(SimKafka kafka, State state, Call call) throws Throwable {
            if (call.name().equals("listOffsets")) {
                call.arguments()[1] = new ListOffsetsOptions(IsolationLevel.READ_COMMITTED);
            }
            return call.proceed();
        }
    },

    RESTORE_READS_ABORTED_BLOCKS("lost") {
        @Override
        Clients between(SimKafka kafka, Clients clients) {
            return readingUncommitted(clients, settings -> !settings.containsKey(ConsumerConfig.GROUP_ID_CONFIG));
        }
    },

    RECORDS_RUN_BEFORE_STATE_IS_RESTORED("two owners of") {
        @Override
        public SteppedWorker open(SimKafka kafka, Pipeline pipeline, RunnerOptions options, Clients clients) {
            return DefectiveWiring.open(Kind.RUNS_BEFORE_RESTORED, pipeline, IN_MEMORY, options, clients);
        }
    },

    // ---- state and timers

    STATE_IS_NOT_WRITTEN("counted as") {
        @Override
        @Nullable
        Object answer(SimKafka kafka, State state, Call call) throws Throwable {
            return isState(call, 'v') ? sent(null) : call.proceed();
        }
    },

    STATE_IS_WRITTEN_OUTSIDE_THE_TRANSACTION("counted as") {
        @Override
        @Nullable
        Object answer(SimKafka kafka, State state, Call call) throws Throwable {
            return isState(call, 'v') ? sent(Bypass.append(kafka, record(call))) : call.proceed();
        }
    },

    THE_RESTORE_OF_STATE_STOPS_AT_THE_STABLE_END("counted as") {
        @Override
        @Nullable
        Object answer(SimKafka kafka, State state, Call call) throws Throwable {
            if (call.name().equals("listOffsets") && asked(call).stream().allMatch(Defect::isOfState)) {
                call.arguments()[1] = new ListOffsetsOptions(IsolationLevel.READ_COMMITTED);
            }
            return call.proceed();
        }
    },

    A_LOST_PARTITION_KEEPS_ITS_STATE("counted as") {
        @Override
        public SteppedWorker open(SimKafka kafka, Pipeline pipeline, RunnerOptions options, Clients clients) {
            return DefectiveWiring.open(Kind.LOST_STATE_KEPT, pipeline, IN_MEMORY, options, clients);
        }
    },

    TIMERS_ARE_NOT_WRITTEN("lost") {
        @Override
        @Nullable
        Object answer(SimKafka kafka, State state, Call call) throws Throwable {
            return isState(call, 't') ? sent(null) : call.proceed();
        }
    },

    A_TIMER_THAT_FIRED_STAYS("came out twice") {
        @Override
        @Nullable
        Object answer(SimKafka kafka, State state, Call call) throws Throwable {
            return isState(call, 't') && record(call).value() == null ? sent(null) : call.proceed();
        }
    },

    // ---- fencing tokens

    OWNERS_ARE_NOT_WRITTEN_DOWN("have the token") {
        @Override
        @Nullable
        Object answer(SimKafka kafka, State state, Call call) throws Throwable {
            if (call.name().equals("sendOffsetsToTransaction")) {
                Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
                offsets(call).forEach((partition, offset) -> offsets.put(partition, withoutOwner(offset)));
                call.arguments()[0] = offsets;
            }
            return call.proceed();
        }
    },

    // ---- bad records

    A_FAILED_RECORD_KEEPS_ITS_STATE("counted as") {
        @Override
        public SteppedWorker open(SimKafka kafka, Pipeline pipeline, RunnerOptions options, Clients clients) {
            return DefectiveWiring.open(Kind.FAILED_RECORD_KEEPS_STATE, pipeline, IN_MEMORY, options, clients);
        }
    },

    THE_ID_OF_A_DEAD_LETTER_IS_REMEMBERED("lost") {
        @Override
        public SteppedWorker open(SimKafka kafka, Pipeline pipeline, RunnerOptions options, Clients clients) {
            return DefectiveWiring.open(Kind.DEAD_ID_REMEMBERED, pipeline, IN_MEMORY, options, clients);
        }
    },

    A_FAILED_RECORD_KEEPS_ITS_OUTPUTS("came out and must not have") {
        @Override
        public SteppedWorker open(SimKafka kafka, Pipeline pipeline, RunnerOptions options, Clients clients) {
            return DefectiveWiring.open(Kind.FAILED_RECORD_KEEPS_OUTPUTS, pipeline, IN_MEMORY, options, clients);
        }
    };

    private final String words;

    Defect(String words) {
        this.words = words;
    }

    /** What the schedules say when they find it. */
    String words() {
        return words;
    }

    @Override
    public SteppedWorker open(SimKafka kafka, Pipeline pipeline, RunnerOptions options, Clients clients) {
        return SteppedWorker.open(pipeline, IN_MEMORY, options, between(kafka, clients));
    }

    Clients between(SimKafka kafka, Clients clients) {
        State state = new State();
        return new Tampered(clients, call -> answer(kafka, state, call));
    }

    @Nullable
    Object answer(SimKafka kafka, State state, Call call) throws Throwable {
        return call.proceed();
    }

    // ---- what they share

    /** What a defect remembers of its process. */
    private static final class State {
        private boolean skipping;
        /** Its producer waits for the answer to a commit that the runtime no longer waits for. */
        private boolean brokenOff;
    }

    /** The runtime goes on with a producer whose last commit has no answer; unseen it gets another one. */
    private static @Nullable Object reopened(State state, Call call) throws Throwable {
        boolean aborts = call.name().equals("abortTransaction");
        if (aborts || call.name().equals("beginTransaction")) {
            state.brokenOff = false;
            call.renewProducer();
        }
        return aborts ? null : call.proceed();
    }

    private static Clients readingUncommitted(Clients real, Predicate<Map<String, Object>> which) {
        return new Clients() {
            @Override
            public Consumer<byte[], byte[]> consumer(Map<String, Object> settings) {
                Map<String, Object> changed = new HashMap<>(settings);
                if (which.test(settings)) {
                    changed.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_uncommitted");
                }
                return real.consumer(changed);
            }

            @Override
            public Producer<byte[], byte[]> producer(Map<String, Object> settings) {
                return real.producer(settings);
            }

            @Override
            public Admin admin(Map<String, Object> settings) {
                return real.admin(settings);
            }
        };
    }

    /** The answer to a send. */
    @SuppressWarnings("FutureReturnValueIgnored") // it is on its way to whom it may concern
    private static Object sent(@Nullable RecordMetadata metadata) {
        CompletableFuture<@Nullable RecordMetadata> answer = new CompletableFuture<>();
        answer.complete(metadata);
        return answer;
    }

    @SuppressWarnings("unchecked")
    private static ProducerRecord<byte[], byte[]> record(Call call) {
        return (ProducerRecord<byte[], byte[]>) first(call);
    }

    private static String topic(Call call) {
        return record(call).topic();
    }

    /** Whether a block of ids is sent: the letter is that of its stored key. */
    private static boolean isBlock(Call call) {
        return topic(call).endsWith(".dedup") && record(call).key()[1] == 'b';
    }

    /** Whether keyed state or a timer is sent: the kind is the letter of its stored key. */
    private static boolean isState(Call call, char kind) {
        return call.name().equals("send")
                && topic(call).endsWith(".state")
                && record(call).key()[1] == kind;
    }

    private static boolean isOfState(TopicPartition partition) {
        return partition.topic().endsWith(".state");
    }

    /** The partitions whose offsets an admin is asked for. */
    @SuppressWarnings("unchecked")
    private static Set<TopicPartition> asked(Call call) {
        return ((Map<TopicPartition, ?>) first(call)).keySet();
    }

    @SuppressWarnings("unchecked")
    private static Map<TopicPartition, OffsetAndMetadata> offsets(Call call) {
        return (Map<TopicPartition, OffsetAndMetadata>) first(call);
    }

    private static OffsetAndMetadata withoutOwner(OffsetAndMetadata offset) {
        String metadata = offset.metadata().replaceAll("epoch=\\d+", "epoch=0");
        return new OffsetAndMetadata(offset.offset(), offset.leaderEpoch(), metadata);
    }

    private static String group(Call call) {
        return ((ConsumerGroupMetadata) Objects.requireNonNull(call.arguments()[1])).groupId();
    }

    @SuppressWarnings("unchecked")
    private static Collection<TopicPartition> partitions(Call call) {
        return (Collection<TopicPartition>) first(call);
    }

    private static Object first(Call call) {
        return Objects.requireNonNull(call.arguments()[0]);
    }
}
