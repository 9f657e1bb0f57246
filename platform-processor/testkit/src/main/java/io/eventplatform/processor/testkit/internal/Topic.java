package io.eventplatform.processor.testkit.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Uuid;

/** A topic: its id, which a topic of the same name created later does not share, its settings and its partitions. */
final class Topic {

    private static final int DEFAULT_MAX_MESSAGE_BYTES = 1_048_588;

    private final String name;
    private final Uuid id;
    private final Map<String, String> config;
    private final List<Log> logs = new ArrayList<>();

    Topic(String name, Uuid id, int partitions, Map<String, String> config) {
        this.name = name;
        this.id = id;
        this.config = config;
        growTo(partitions);
    }

    String name() {
        return name;
    }

    Uuid id() {
        return id;
    }

    Map<String, String> config() {
        return config;
    }

    int maxMessageBytes() {
        return Integer.parseInt(config.getOrDefault("max.message.bytes", Integer.toString(DEFAULT_MAX_MESSAGE_BYTES)));
    }

    List<Log> logs() {
        return logs;
    }

    void growTo(int partitions) {
        while (logs.size() < partitions) {
            logs.add(new Log());
        }
    }
}
