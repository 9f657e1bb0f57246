package io.eventplatform.examples.quickstart;

import io.eventplatform.kafka.testkit.EmbeddedKafka;
import org.jspecify.annotations.Nullable;

/** The broker of all processes: in this one, or elsewhere. */
final class Broker implements AutoCloseable {

    private final @Nullable EmbeddedKafka embedded;
    private final String bootstrapServers;

    private Broker(@Nullable EmbeddedKafka embedded, String bootstrapServers) {
        this.embedded = embedded;
        this.bootstrapServers = bootstrapServers;
    }

    static Broker of(Options options, Workspace workspace) {
        if (options.bootstrap().isPresent()) {
            return new Broker(null, options.bootstrap().get());
        }
        try {
            EmbeddedKafka started = EmbeddedKafka.builder()
                    .dataDirectory(workspace.kafka())
                    .port(options.kafkaPort())
                    // The audit recounts whatever was ever sent, so nothing may expire.
                    .property("log.retention.ms", "-1")
                    .property("offsets.retention.minutes", Integer.toString(Integer.MAX_VALUE))
                    .start();
            return new Broker(started, started.bootstrapServers());
        } catch (IllegalStateException e) {
            throw new QuickstartException(e.getMessage() == null ? e.toString() : e.getMessage(), e);
        }
    }

    String bootstrapServers() {
        return bootstrapServers;
    }

    @Override
    public void close() {
        if (embedded != null) {
            embedded.close();
        }
    }
}
