package io.eventplatform.processor.internal;

import io.eventplatform.contract.Contract;
import io.eventplatform.contract.Contracts;
import io.eventplatform.event.Envelope;
import io.eventplatform.event.Event;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Where the events at the end of a path go.
 *
 * @param topics all there are, each once
 * @param byType whether the event's type decides; for people
 * @param topicsOf those of the topics that an event of this envelope goes to
 * @param rekey the key an event gets in place of that of its contract; its function may return null by mistake
 */
public record Targets(
        List<String> topics,
        boolean byType,
        Function<Envelope, List<String>> topicsOf,
        Optional<Function<Event<Object>, @Nullable String>> rekey) {

    private static final String DOMAIN_PREFIX = "domain.";

    public Targets {
        topics = List.copyOf(topics);
        Objects.requireNonNull(topicsOf, "topicsOf");
        Objects.requireNonNull(rekey, "rekey");
    }

    /** Everything to each of the topics. */
    public static Targets all(List<String> topics) {
        return new Targets(topics, false, envelope -> topics, Optional.empty());
    }

    /** Everything to one topic, under this key. */
    public static Targets rekeyed(String topic, Function<Event<Object>, @Nullable String> key) {
        return new Targets(List.of(topic), false, envelope -> List.of(topic), Optional.of(key));
    }

    /** Each event to the topic of its contract's domain. */
    public static Targets domainsOf(Contracts contracts) {
        Map<String, List<String>> topicByType = contracts.all().stream()
                .collect(Collectors.toUnmodifiableMap(
                        Contract::type,
                        contract -> List.of(DOMAIN_PREFIX + contract.domain()),
                        (first, second) -> first));
        List<String> topics = topicByType.values().stream()
                .flatMap(List::stream)
                .distinct()
                .sorted()
                .toList();
        return new Targets(
                topics,
                true,
                envelope -> {
                    List<String> topic = topicByType.get(envelope.eventType());
                    if (topic == null) {
                        throw new IllegalArgumentException("no contract of a source has the event type "
                                + envelope.eventType() + ", so its domain is unknown. Add its record to Source.topic");
                    }
                    return topic;
                },
                Optional.empty());
    }

    /** For people. */
    String describe() {
        return String.join(", ", topics) + (byType ? " by event type" : "") + (rekey.isEmpty() ? "" : " by a new key");
    }
}
