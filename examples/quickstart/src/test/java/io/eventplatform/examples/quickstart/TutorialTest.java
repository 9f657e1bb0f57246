package io.eventplatform.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventplatform.contract.Contracts;
import io.eventplatform.contract.EventContract;
import io.eventplatform.contract.EventKey;
import io.eventplatform.event.Event;
import io.eventplatform.kafka.KafkaConfig;
import io.eventplatform.kafka.testkit.EmbeddedKafka;
import io.eventplatform.processor.DedupWindow;
import io.eventplatform.processor.Pipeline;
import io.eventplatform.processor.Processor;
import io.eventplatform.processor.ProcessorContext;
import io.eventplatform.processor.Runner;
import io.eventplatform.processor.RunnerOptions;
import io.eventplatform.processor.Source;
import io.eventplatform.processor.sink.StoreSink;
import io.eventplatform.processor.sink.TableProjection;
import io.eventplatform.processor.sink.ViewProjection;
import io.eventplatform.producer.EventProducer;
import io.eventplatform.storage.Catalog;
import io.eventplatform.storage.Column;
import io.eventplatform.storage.ColumnType;
import io.eventplatform.storage.InMemoryTableStore;
import io.eventplatform.storage.Measure;
import io.eventplatform.storage.Row;
import io.eventplatform.storage.TableStore;
import io.eventplatform.storage.View;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The program of the tutorial and of the README, which show its regions: what a reader copies is what runs here. */
class TutorialTest {

    // region tutorial
    // region contract
    @EventContract(type = "page_viewed", version = 1)
    record PageViewed(@EventKey String visitor, String page) {}
    // endregion

    // region processor
    static final class WithoutRobots implements Processor<PageViewed, PageViewed> {
        @Override
        public void process(Event<PageViewed> event, ProcessorContext<PageViewed> context) {
            if (!event.payload().visitor().startsWith("robot-")) {
                context.forward(event);
            }
        }
    }
    // endregion

    static List<Row> viewsPerPage() throws Exception {
        // region pipeline
        Contracts contracts = Contracts.of(PageViewed.class);
        Pipeline pipeline = Pipeline.named("clean")
                .from(Source.topic("raw_events", contracts).deduplicatedById(DedupWindow.of(Duration.ofDays(1))))
                .processOnly(PageViewed.class, "without_robots", WithoutRobots::new)
                .to("clean_events");
        // endregion
        // region sink
        TableStore store = new InMemoryTableStore();
        View viewsPerPage = View.named("views_per_page")
                .groupBy(Column.required("page", ColumnType.STRING))
                .measure(Measure.count("views"))
                .build();
        StoreSink sink = StoreSink.named("pages", "clean_events", contracts)
                .table(TableProjection.append("page_views", PageViewed.class)
                        .column("viewed_at", ColumnType.TIMESTAMP, Event::timestamp)
                        .column("page", ColumnType.STRING, event -> event.payload()
                                .page()))
                .view(ViewProjection.of(viewsPerPage, PageViewed.class)
                        .value("page", event -> event.payload().page()))
                .into(store);
        // endregion
        // region run
        try (EmbeddedKafka broker = EmbeddedKafka.start()) {
            KafkaConfig kafka = KafkaConfig.of(broker.bootstrapServers());
            pipeline.topics(4).plus(sink.topics(4)).createOrVerify(kafka, Duration.ofSeconds(30));
            try (Runner processing = Runner.start(pipeline, kafka, RunnerOptions.defaults());
                    Runner storing = Runner.start(sink, kafka, RunnerOptions.defaults());
                    EventProducer producer =
                            EventProducer.builder(kafka).contracts(contracts).build()) {
                Event<PageViewed> event = Event.of(new PageViewed("ada", "/pricing"));
                producer.send(event);
                producer.send(event); // has the same id: will be dropped
                producer.send(new PageViewed("robot-7", "/pricing"));
                producer.send(new PageViewed("ada", "/docs"));

                processing.awaitRecords(4, Duration.ofSeconds(30));
                storing.awaitRecords(2, Duration.ofSeconds(30));
                return Catalog.of(store, sink.id(), sink.views())
                        .read("views_per_page")
                        .rows();
            }
        }
        // endregion
    }
    // endregion

    @Test
    @Timeout(60)
    void aDuplicateAndARobotAreNotCounted() throws Exception {
        assertThat(viewsPerPage()).containsExactly(Row.of("/docs", 1L), Row.of("/pricing", 1L));
    }
}
