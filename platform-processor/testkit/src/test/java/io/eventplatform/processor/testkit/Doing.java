package io.eventplatform.processor.testkit;

import io.eventplatform.event.Event;
import io.eventplatform.processor.Processor;
import io.eventplatform.processor.ProcessorContext;
import io.eventplatform.processor.StateSpec;
import io.eventplatform.processor.Timer;
import io.eventplatform.processor.ValueState;

/**
 * Does what a {@link Deed} says, and counts. It counts, sets timers and forwards first and fails then, so that what a
 * failed attempt has left is there to be taken back.
 */
final class Doing implements Processor<Deed, Tally> {

    static final StateSpec<ValueState<Long>> COUNT = StateSpec.value("count", Long.class);

    @Override
    public void process(Event<Deed> event, ProcessorContext<Tally> context) {
        Deed deed = event.payload();
        Tally tally = new Tally(deed.actor(), counted(context));
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
        context.forward(Event.of(new Tally(context.key().orElseThrow(), counted(context))));
        failUnlessAfter(Long.parseLong(timer.name().substring(timer.name().indexOf('/') + 1)), context);
    }

    private static long counted(ProcessorContext<Tally> context) {
        ValueState<Long> state = context.state(COUNT);
        long count = state.get().orElse(0L) + 1;
        state.set(count);
        return count;
    }

    private static void failUnlessAfter(long fails, ProcessorContext<Tally> context) {
        if (context.attempt() <= fails) {
            throw new IllegalStateException("attempt " + context.attempt() + " is to fail");
        }
    }
}
