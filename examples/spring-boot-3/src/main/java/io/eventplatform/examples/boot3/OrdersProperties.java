package io.eventplatform.examples.boot3;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/** What {@code application.properties} says about this application. */
@ConfigurationProperties("orders")
record OrdersProperties(
        String bootstrapServers,
        @DefaultValue("4") int partitions,
        @DefaultValue("100ms") Duration commitInterval) {}
