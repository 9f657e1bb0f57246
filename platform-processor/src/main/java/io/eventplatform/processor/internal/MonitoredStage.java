package io.eventplatform.processor.internal;

import io.eventplatform.processor.Health;
import io.eventplatform.processor.Pipeline;
import io.eventplatform.processor.Source;
import io.eventplatform.processor.sink.StoreSink;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * What a monitor has to know of a pipeline or sink.
 *
 * @param health of the runner, if it is in this process
 */
public record MonitoredStage(
        String name,
        String kind,
        String group,
        List<String> sources,
        List<String> targets,
        List<String> deadLetterTopics,
        Optional<Supplier<Health>> health) {

    public static MonitoredStage of(Pipeline pipeline, Optional<Supplier<Health>> health) {
        boolean routes =
                pipeline.path().end().byType() && pipeline.path().parts().isEmpty();
        return new MonitoredStage(
                pipeline.name(),
                routes ? "router" : "pipeline",
                pipeline.name(),
                pipeline.sources().stream().map(Source::topic).toList(),
                pipeline.targetTopics(),
                pipeline.deadLetterTopics(),
                health);
    }

    public static MonitoredStage of(StoreSink sink, Optional<Supplier<Health>> health) {
        Stream<String> tables = sink.tables().stream().map(table -> table.spec().name());
        Stream<String> views = sink.views().stream().map(view -> view.name());
        return new MonitoredStage(
                sink.name(),
                "sink",
                sink.group(),
                List.of(sink.source().topic()),
                Stream.concat(tables, views).toList(),
                List.of(sink.deadLetterTopic()),
                health);
    }

    /** The runner's health in a few words, if it is in this process. */
    Optional<String> describeHealth() {
        return health.map(Supplier::get).map(MonitoredStage::describe);
    }

    private static String describe(Health health) {
        if (health instanceof Health.Retrying retrying) {
            return "retrying: " + retrying.what();
        }
        if (health instanceof Health.Failed failed) {
            return "failed: " + failed.cause().getMessage();
        }
        if (health instanceof Health.Stuck stuck) {
            return "stuck in " + stuck.stage() + " at " + stuck.record() + " for " + stuck.since();
        }
        if (health instanceof Health.Paused) {
            return "paused";
        }
        return health instanceof Health.Starting ? "starting" : health instanceof Health.Running ? "running" : "closed";
    }
}
