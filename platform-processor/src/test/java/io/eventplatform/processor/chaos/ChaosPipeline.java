package io.eventplatform.processor.chaos;

import io.eventplatform.contract.Contracts;
import io.eventplatform.event.Event;
import io.eventplatform.processor.DedupWindow;
import io.eventplatform.processor.OrderPlaced;
import io.eventplatform.processor.Pipeline;
import io.eventplatform.processor.Processor;
import io.eventplatform.processor.ProcessorContext;
import io.eventplatform.processor.Source;
import io.eventplatform.processor.StateSpec;
import io.eventplatform.processor.ValueState;
import java.time.Duration;
import java.util.Map;

/**
 * The pipeline under test: drops repeated ids, counts each key's events in keyed state, and writes the count
 * into the event. So an event that is lost, doubled or out of order, and state that is behind or ahead of
 * the outputs, all show in the target topic.
 */
final class ChaosPipeline {

    static final String NAME = "chaos";
    static final int PARTITIONS = 4;

    /** Events of this id ending cannot be processed. */
    static final String POISON = "-poison";

    /** Events of this id ending fail at their first attempt. */
    static final String FLAKY = "-flaky";

    private static final StateSpec<ValueState<Long>> COUNT = StateSpec.value("count", Long.class);

    static final Pipeline PIPELINE = Pipeline.named(NAME)
            .from(Source.topic("chaos-in", Contracts.of(OrderPlaced.class))
                    .deduplicatedById(DedupWindow.of(Duration.ofDays(1))))
            .process("count", Count::new, COUNT)
            .to("chaos-out");

    private ChaosPipeline() {}

    private static final class Count implements Processor<Record, Record> {

        @Override
        public void process(Event<Record> event, ProcessorContext<Record> context) {
            ValueState<Long> count = context.state(COUNT);
            long next = count.get().orElse(0L) + 1;
            count.set(next); // also by those that fail below: it must be taken back
            if (event.id().endsWith(POISON) || (event.id().endsWith(FLAKY) && context.attempt() == 1)) {
                throw new IllegalStateException("as its id says");
            }
            context.forward(event.withEnriched("count", Map.of("n", next)));
        }
    }
}
