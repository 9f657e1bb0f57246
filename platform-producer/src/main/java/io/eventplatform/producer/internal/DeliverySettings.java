package io.eventplatform.producer.internal;

import io.eventplatform.contract.Contracts;
import io.eventplatform.kafka.KafkaConfig;
import io.eventplatform.producer.WhenFull;
import io.eventplatform.telemetry.Telemetry;
import java.time.Duration;

/** The options of one producer, checked by its builder. */
public record DeliverySettings(
        KafkaConfig kafka,
        String topic,
        Contracts contracts,
        Telemetry telemetry,
        Duration deliveryDeadline,
        long maxInFlightBytes,
        int maxInFlightEvents,
        WhenFull whenFull) {}
