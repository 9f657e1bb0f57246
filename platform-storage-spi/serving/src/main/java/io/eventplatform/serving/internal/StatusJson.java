package io.eventplatform.serving.internal;

import io.eventplatform.telemetry.DeadLetterSummary;
import io.eventplatform.telemetry.PlatformStatus;
import io.eventplatform.telemetry.StageStatus;
import tools.jackson.core.JsonGenerator;

/** How the stages are doing, as JSON. */
final class StatusJson {

    private StatusJson() {}

    static void write(JsonGenerator json, PlatformStatus status) {
        json.writeStartObject();
        json.writeStringProperty("asOf", status.asOf().toString());
        json.writeArrayPropertyStart("stages");
        status.stages().forEach(stage -> write(json, stage));
        json.writeEndArray();
        json.writeArrayPropertyStart("recentDeadLetters");
        status.recentDeadLetters().forEach(letter -> write(json, letter));
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, StageStatus stage) {
        json.writeStartObject();
        json.writeStringProperty("name", stage.name());
        json.writeStringProperty("kind", stage.kind());
        json.writeArrayPropertyStart("sources");
        stage.sources().forEach(json::writeString);
        json.writeEndArray();
        json.writeArrayPropertyStart("targets");
        stage.targets().forEach(json::writeString);
        json.writeEndArray();
        json.writeNumberProperty("committed", stage.committed());
        if (stage.lag() == StageStatus.UNKNOWN_LAG) {
            json.writeNullProperty("lag");
        } else {
            json.writeNumberProperty("lag", stage.lag());
        }
        json.writeNumberProperty("recordsPerSecond", stage.recordsPerSecond());
        json.writeNumberProperty("deadLetters", stage.deadLetters());
        json.writeStringProperty("health", stage.health());
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, DeadLetterSummary letter) {
        json.writeStartObject();
        json.writeStringProperty("topic", letter.topic());
        json.writeStringProperty("deadLetterTopic", letter.deadLetterTopic());
        json.writeNumberProperty("partition", letter.partition());
        json.writeNumberProperty("offset", letter.offset());
        json.writeStringProperty("reason", letter.reason());
        json.writeStringProperty("detail", letter.detail());
        json.writeStringProperty("stage", letter.stage());
        json.writeStringProperty("at", letter.at().toString());
        json.writeEndObject();
    }
}
