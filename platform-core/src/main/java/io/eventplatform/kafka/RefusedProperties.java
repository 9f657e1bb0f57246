package io.eventplatform.kafka;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The client properties that {@link KafkaConfig} does not take, each with the reason and the way out. */
final class RefusedProperties {

    private static final Rule SERIALIZATION = new Rule(
            "events are written and read by the library's codec",
            "Leave it out; events of other producers are read as long as they are in the documented JSON format");
    private static final Rule MEMBERSHIP = new Rule(
            "the component that consumes decides how its group works together", "Name the group in its options");
    private static final Rule TRANSACTIONS = new Rule(
            "exactly-once processing decides it, and a value of yours could let an old instance write",
            "Choose the guarantee in the options of the component that processes");
    private static final Rule ATTEMPTS = new Rule(
            "the time in which an event is delivered or fails is one deadline of the component that sends it",
            "Set the delivery deadline there");
    private static final Rule IN_FLIGHT_BOUND = new Rule(
            "the component that sends bounds what is in flight, and Kafka's client must not block behind it",
            "Set the bounds, and what happens when they are reached, there");

    private static final Map<String, Rule> RULES = Map.ofEntries(
            Map.entry("bootstrap.servers", new Rule("it is given to KafkaConfig.of", "Pass the brokers there")),
            Map.entry(
                    "bootstrap.controllers",
                    new Rule("topics are managed through the brokers", "Pass the brokers to KafkaConfig.of")),
            Map.entry(
                    "acks",
                    new Rule(
                            "an acknowledged event must be on all in-sync replicas",
                            "Leave it out; how many replicas that is, is the topic's min.insync.replicas,"
                                    + " see TopicSpec.with")),
            Map.entry(
                    "enable.idempotence",
                    new Rule(
                            "without it a retry could write an event twice or out of order",
                            "Leave it out; it is always on")),
            Map.entry(
                    "max.in.flight.requests.per.connection",
                    new Rule(
                            "above 5 a retry could write events out of order",
                            "Leave it out; to send more at once raise batch.size or linger.ms")),
            Map.entry("retries", ATTEMPTS),
            Map.entry("delivery.timeout.ms", ATTEMPTS),
            Map.entry("buffer.memory", IN_FLIGHT_BOUND),
            Map.entry("max.block.ms", IN_FLIGHT_BOUND),
            Map.entry("metadata.max.idle.ms", IN_FLIGHT_BOUND),
            Map.entry(
                    "partitioner.class",
                    new Rule(
                            "events of one key must meet in one partition, whoever produced them",
                            "Leave it out; choose the key with @EventKey")),
            Map.entry(
                    "partitioner.ignore.keys",
                    new Rule(
                            "events of one key must meet in one partition, in order",
                            "Leave it out; choose the key with @EventKey")),
            Map.entry("key.serializer", SERIALIZATION),
            Map.entry("value.serializer", SERIALIZATION),
            Map.entry("key.deserializer", SERIALIZATION),
            Map.entry("value.deserializer", SERIALIZATION),
            Map.entry("transactional.id", TRANSACTIONS),
            Map.entry("transaction.timeout.ms", TRANSACTIONS),
            Map.entry("transaction.two.phase.commit.enable", TRANSACTIONS),
            Map.entry(
                    "isolation.level",
                    new Rule(
                            "events of an aborted transaction must never be processed",
                            "Leave it out; the library reads committed events only, except where it has to see all")),
            Map.entry(
                    "enable.auto.commit",
                    new Rule(
                            "an offset is committed only after the work on its event is done",
                            "Leave it out; the component that consumes commits")),
            Map.entry(
                    "auto.commit.interval.ms",
                    new Rule(
                            "offsets are committed with the work that belongs to them, never by a timer of the client",
                            "Set the commit interval in the options of the component that consumes")),
            Map.entry(
                    "auto.offset.reset",
                    new Rule(
                            "an offset that is gone must be an error, not a silent jump",
                            "Choose where a new group starts in the options of the component that consumes")),
            Map.entry(
                    "allow.auto.create.topics",
                    new Rule(
                            "a misspelt topic must be an error, not a new topic",
                            "Leave it out; declare topics in a TopicPlan")),
            Map.entry("group.id", MEMBERSHIP),
            Map.entry("group.instance.id", MEMBERSHIP),
            Map.entry("group.protocol", MEMBERSHIP),
            Map.entry("group.remote.assignor", MEMBERSHIP),
            Map.entry("partition.assignment.strategy", MEMBERSHIP));

    private RefusedProperties() {}

    static void check(String property) {
        @Nullable Rule rule = RULES.get(property);
        if (rule != null) {
            throw new IllegalArgumentException(
                    "KafkaConfig does not take " + property + ": " + rule.why() + ". " + rule.instead() + ".");
        }
    }

    private record Rule(String why, String instead) {}
}
