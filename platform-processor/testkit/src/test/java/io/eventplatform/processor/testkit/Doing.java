package io.eventplatform.processor.testkit;

import io.eventplatform.event.Event;
import io.eventplatform.processor.Processor;
import io.eventplatform.processor.ProcessorContext;
import io.eventplatform.processor.StateSpec;
import io.eventplatform.processor.TaskInfo;
import io.eventplatform.processor.Timer;
import io.eventplatform.processor.ValueState;

/**
 * Does what a {@link Deed} says, and counts. It counts, sets timers and forwards first and fails then, so that what a
 * failed attempt has left is there to be taken back.
 */
final class Doing implements Processor<Deed, Tally> {

    static final StateSpec<ValueState<Long>> COUNT = StateSpec.value("count", Long.class);

    private final Tokens tokens;
    private int partition;

    Doing(Tokens tokens) {
        this.tokens = tokens;
    }

    @Override
    public void open(TaskInfo task) {
        partition = task.partition();
    }

    @Override
    public void process(Event<Deed> event, ProcessorContext<Tally> context) {
        Deed deed = event.payload();
        Tally tally = tally(deed.actor(), context);
        for (int i = 0; i < deed.outputs(); i++) {
            context.forward(event.withPayload(tally));
        }
        if (deed.alarm() > 0) {
            context.timers()
                    .atEventTime(deed.alarmName(event.id()), event.timestamp().plusSeconds(deed.alarm()));
        }
        failUnlessAfter(deed.fails(), context);
    }

    @Override
    public void onTimer(Timer timer, ProcessorContext<Tally> context) {
        context.forward(Event.of(tally(context.key().orElseThrow(), context)));
        failUnlessAfter(Long.parseLong(timer.name().substring(timer.name().indexOf('/') + 1)), context);
    }

    private Tally tally(String actor, ProcessorContext<Tally> context) {
        ValueState<Long> state = context.state(COUNT);
        long count = state.get().orElse(0L) + 1;
        state.set(count);
        tokens.shown(partition, context.fencingToken(), this);
        return new Tally(actor, count, context.fencingToken());
    }

    private static void failUnlessAfter(long fails, ProcessorContext<Tally> context) {
        if (context.attempt() <= fails) {
            throw new IllegalStateException("attempt " + context.attempt() + " is to fail");
        }
    }
}
