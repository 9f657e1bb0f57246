package io.eventplatform.examples.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventplatform.event.Event;
import io.eventplatform.processor.ProcessorContext;
import io.eventplatform.processor.RecordPosition;
import io.eventplatform.processor.SideOutput;
import io.eventplatform.processor.StateSpec;
import io.eventplatform.processor.Timers;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SeverityTest {

    // region test
    @Test
    void eachReadingGetsALevelAndAnImpossibleOneIsDropped() {
        Forwarded forwarded = new Forwarded();

        for (double celsius : new double[] {69.9, 70, 90, -300}) {
            new Severity().process(Event.of(new SensorRead("s", celsius)), forwarded);
        }

        assertThat(forwarded.events.stream().map(Severity::levelOf)).containsExactly("normal", "warning", "critical");
    }
    // endregion

    /** Keeps what a processor forwards. */
    private static final class Forwarded implements ProcessorContext<SensorRead> {

        private final List<Event<SensorRead>> events = new ArrayList<>();

        @Override
        @SuppressWarnings("unchecked") // an event of a record's class is that class's alone
        public void forward(Event<? extends SensorRead> event) {
            events.add((Event<SensorRead>) event);
        }

        @Override
        public <S> void forward(SideOutput<S> output, Event<? extends S> event) {
            throw new AssertionError("it has no side output");
        }

        @Override
        public Optional<String> key() {
            return Optional.of("s");
        }

        @Override
        public <S> S state(StateSpec<S> spec) {
            throw new AssertionError("it keeps no state");
        }

        @Override
        public Timers timers() {
            throw new AssertionError("it sets no timers");
        }

        @Override
        public Optional<Instant> watermark() {
            return Optional.empty();
        }

        @Override
        public long fencingToken() {
            return 1;
        }

        @Override
        public RecordPosition position() {
            return new RecordPosition("sensor_events", 0, 0);
        }

        @Override
        public int attempt() {
            return 1;
        }
    }
}
