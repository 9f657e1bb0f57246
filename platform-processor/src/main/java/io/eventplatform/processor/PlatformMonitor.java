package io.eventplatform.processor;

import io.eventplatform.kafka.KafkaConfig;
import io.eventplatform.processor.internal.MonitorLoop;
import io.eventplatform.processor.internal.MonitoredStage;
import io.eventplatform.processor.sink.StoreSink;
import io.eventplatform.telemetry.PlatformStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * How pipelines and sinks stand, as Kafka tells it: what they have committed, how much there still is, which records
 * became dead letters. So it sees stages of other processes too.
 *
 * <p>Looks once a second on a thread of its own and reads the dead-letter topics from their start, so that their
 * count is complete only when they have been read. While Kafka does not answer, {@link #get} returns the last status,
 * whose {@code asOf} tells its age. Offsets count transaction markers too, so rates and lags of topics that
 * pipelines write are a little above the number of records. A sink's offsets are a gauge that follows its store.
 *
 * <p>Thread-safe. Reads only: needs the right to describe and read these topics and groups.
 */
public final class PlatformMonitor implements Supplier<PlatformStatus>, AutoCloseable {

    private final MonitorLoop loop;

    private PlatformMonitor(MonitorLoop loop) {
        this.loop = loop;
    }

    /** Begins a monitor of stages on this cluster. */
    public static Builder on(KafkaConfig kafka) {
        return new Builder(Objects.requireNonNull(kafka, "kafka"));
    }

    /** The latest status; before the first look it names no stage. */
    @Override
    public PlatformStatus get() {
        return loop.latest();
    }

    /** Stops looking; {@link #get} keeps returning the last status. Idempotent. */
    @Override
    public void close() {
        loop.close();
    }

    /** Collects stages, which are shown in this order; not safe for several threads. */
    public static final class Builder {

        private final KafkaConfig kafka;
        private final List<MonitoredStage> stages = new ArrayList<>();

        private Builder(KafkaConfig kafka) {
            this.kafka = kafka;
        }

        /** A pipeline that runs in other processes: its health is the number of its group's members. */
        public Builder pipeline(Pipeline pipeline) {
            stages.add(MonitoredStage.of(pipeline, Optional.empty()));
            return this;
        }

        /** A pipeline that this runner runs, whose health is shown. The runner stays the caller's. */
        public Builder pipeline(Pipeline pipeline, Runner runner) {
            stages.add(MonitoredStage.of(pipeline, Optional.of(runner::health)));
            return this;
        }

        /** A sink that runs in other processes. */
        public Builder sink(StoreSink sink) {
            stages.add(MonitoredStage.of(sink, Optional.empty()));
            return this;
        }

        /** A sink that this runner runs, whose health is shown. The runner stays the caller's. */
        public Builder sink(StoreSink sink, Runner runner) {
            stages.add(MonitoredStage.of(sink, Optional.of(runner::health)));
            return this;
        }

        /**
         * Begins to look.
         *
         * @throws io.eventplatform.kafka.KafkaAccessException if Kafka's clients refuse the configuration
         */
        public PlatformMonitor start() {
            return new PlatformMonitor(MonitorLoop.start(kafka, stages));
        }
    }
}
