package io.eventplatform.processor.internal;

import io.eventplatform.processor.internal.Effects.Output;
import io.eventplatform.telemetry.internal.MessagingSpans;
import io.opentelemetry.context.Context;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;

/** Gives outputs the trace they belong to, and refuses those that Kafka would refuse later. */
final class OutputFinish {

    private final MessagingSpans spans;
    private final ToIntFunction<String> maxBytes;

    /** @param maxBytes the largest record that a topic takes */
    OutputFinish(MessagingSpans spans, ToIntFunction<String> maxBytes) {
        this.spans = spans;
        this.maxBytes = maxBytes;
    }

    /** @throws UnfitValueException if one is too large */
    void finish(Effects effects) {
        List<Output> outputs = effects.outputs();
        if (outputs.isEmpty()) {
            return;
        }
        Map<String, byte[]> trace = spans.inject(Context.current());
        for (Output output : outputs) {
            trace.forEach((name, value) -> output.headers().remove(name).add(name, value));
            int bytes = output.bytes();
            int limit = maxBytes.applyAsInt(output.topic());
            if (bytes > limit) {
                throw UnfitValueException.inOutput("an output for " + output.topic() + " has " + bytes
                        + " bytes, more than " + limit
                        + ", the least of max.request.size and the topic's max.message.bytes");
            }
        }
    }
}
