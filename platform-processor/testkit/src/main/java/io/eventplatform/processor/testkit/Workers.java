package io.eventplatform.processor.testkit;

import io.eventplatform.kafka.KafkaConfig;
import io.eventplatform.processor.Pipeline;
import io.eventplatform.processor.RunnerOptions;
import io.eventplatform.processor.internal.Clients;
import io.eventplatform.processor.internal.SteppedWorker;
import io.eventplatform.processor.testkit.internal.SimKafka;

/** Makes the workers of a driver. */
@FunctionalInterface
interface Workers {

    /** The address is for messages only. */
    KafkaConfig IN_MEMORY = KafkaConfig.of("in-memory:9092");

    /** As in production. */
    Workers REAL = (kafka, pipeline, options, clients) -> SteppedWorker.open(pipeline, IN_MEMORY, options, clients);

    SteppedWorker open(SimKafka kafka, Pipeline pipeline, RunnerOptions options, Clients clients);
}
