package io.eventplatform.processor.internal;

import io.eventplatform.contract.Contract;
import io.eventplatform.contract.Contracts;
import io.eventplatform.event.Envelope;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Where the outputs of a pipeline go.
 *
 * @param topics all there are, each once
 * @param byType whether the event's type decides; for people
 * @param topicOf one of the topics, for an event of this envelope
 */
public record Targets(List<String> topics, boolean byType, Function<Envelope, String> topicOf) {

    private static final String DOMAIN_PREFIX = "domain.";

    public Targets {
        topics = List.copyOf(topics);
        Objects.requireNonNull(topicOf, "topicOf");
    }

    /** Everything to one topic. */
    public static Targets one(String topic) {
        return new Targets(List.of(topic), false, envelope -> topic);
    }

    /** Each event to the topic of its contract's domain. */
    public static Targets domainsOf(Contracts contracts) {
        Collection<Contract<?>> all = contracts.all();
        Map<String, String> topicByType = all.stream()
                .collect(Collectors.toUnmodifiableMap(
                        Contract::type, contract -> DOMAIN_PREFIX + contract.domain(), (first, second) -> first));
        List<String> topics = topicByType.values().stream().distinct().sorted().toList();
        return new Targets(topics, true, envelope -> {
            String topic = topicByType.get(envelope.eventType());
            if (topic == null) {
                throw new IllegalArgumentException("no contract of the source has the event type "
                        + envelope.eventType() + ", so its domain is unknown. Add its record to Source.topic");
            }
            return topic;
        });
    }

    /** For people. */
    public String describe() {
        return String.join(", ", topics) + (byType ? " by event type" : "");
    }
}
