package io.eventplatform.processor;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventplatform.contract.Contracts;
import io.eventplatform.kafka.KafkaConfig;
import io.eventplatform.kafka.testkit.EmbeddedKafka;
import io.eventplatform.kafka.testkit.FaultProxy;
import io.eventplatform.kafka.testkit.KafkaExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A runner that Kafka does not answer says so, and goes on when it does. */
class OutageTest {

    @RegisterExtension
    static final KafkaExtension KAFKA = KafkaExtension.own();

    @Test
    void whileKafkaDoesNotAnswerHealthIsRetrying(EmbeddedKafka broker, FaultProxy proxy) {
        String name = EmbeddedKafka.uniqueName("outage");
        Pipeline pipeline = Pipeline.named(name)
                .from(Source.topic(name + "-in", Contracts.of(OrderPlaced.class)))
                .to(name + "-out");
        try (KafkaWorld kafka = new KafkaWorld(broker)) {
            kafka.create(pipeline.topics(1));
            try (Runner runner =
                    Runner.start(pipeline, KafkaConfig.of(proxy.bootstrapServers()), RunnerOptions.defaults())) {
                runner.ready().toCompletableFuture().join();

                proxy.cut();
                KafkaWorld.await(() -> runner.health() instanceof Health.Retrying retrying
                        && retrying.what().startsWith("no answer from Kafka"));
                kafka.send(name + "-in", "k", OrderPlaced.json("a", "ada", 1));
                proxy.restore();
                KafkaWorld.await(() -> runner.health() instanceof Health.Running);
                kafka.awaitCommitted(name, name + "-in");
            }

            assertThat(kafka.read(name + "-out")).hasSize(1);
        }
    }
}
