package io.eventplatform.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventplatform.storage.Catalog;
import io.eventplatform.telemetry.DeadLetterSummary;
import io.eventplatform.telemetry.PlatformStatus;
import io.eventplatform.telemetry.StageStatus;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class StatusTest {

    private static final Instant NOW = Instant.parse("2026-03-01T08:00:00Z");

    @Test
    void theStatusIsWhatTheSupplierTells() throws Exception {
        PlatformStatus status = new PlatformStatus(
                NOW,
                List.of(
                        new StageStatus(
                                "enrich", "pipeline", List.of("raw"), List.of("enriched"), 120, 3, 12.5, 1, "running"),
                        new StageStatus(
                                "hot",
                                "sink",
                                List.of("enriched"),
                                List.of(),
                                0,
                                StageStatus.UNKNOWN_LAG,
                                0,
                                0,
                                "starting")),
                List.of(new DeadLetterSummary(
                        "raw", "raw.dlq", 2, 41, "schema.violated", "/total is missing", "enrich", NOW)));

        try (ViewServer server = ViewServer.builder(Catalog.builder().build())
                .port(0)
                .status(() -> status)
                .start()) {
            assertThat(new Http(server).get("/status").body())
                    .isEqualTo("{\"asOf\":\"2026-03-01T08:00:00Z\",\"stages\":["
                            + "{\"name\":\"enrich\",\"kind\":\"pipeline\",\"sources\":[\"raw\"],\"targets\":[\"enriched\"],"
                            + "\"committed\":120,\"lag\":3,\"recordsPerSecond\":12.5,\"deadLetters\":1,\"health\":\"running\"},"
                            + "{\"name\":\"hot\",\"kind\":\"sink\",\"sources\":[\"enriched\"],\"targets\":[],"
                            + "\"committed\":0,\"lag\":null,\"recordsPerSecond\":0.0,\"deadLetters\":0,\"health\":\"starting\"}],"
                            + "\"recentDeadLetters\":[{\"topic\":\"raw\",\"deadLetterTopic\":\"raw.dlq\",\"partition\":2,"
                            + "\"offset\":41,\"reason\":\"schema.violated\",\"detail\":\"/total is missing\","
                            + "\"stage\":\"enrich\",\"at\":\"2026-03-01T08:00:00Z\"}]}");
        }
    }

    @Test
    void aServerThatWasGivenNoStatusSaysHowToGiveIt() throws Exception {
        try (ViewServer server =
                ViewServer.builder(Catalog.builder().build()).port(0).start()) {
            HttpResponse<String> response = new Http(server).get("/status");

            assertThat(response.statusCode()).isEqualTo(404);
            assertThat(response.body())
                    .isEqualTo("{\"error\":\"no_status\",\"message\":\"the server was started without a status;"
                            + " give it one with status(...)\"}");
        }
    }

    @Test
    void aSupplierThatFailsIsInternalAndNotTold() throws Exception {
        try (ViewServer server = ViewServer.builder(Catalog.builder().build())
                .port(0)
                .status(() -> {
                    throw new IllegalStateException("secret");
                })
                .start()) {
            HttpResponse<String> response = new Http(server).get("/status");

            assertThat(response.statusCode()).isEqualTo(500);
            assertThat(response.body()).startsWith("{\"error\":\"internal\"").doesNotContain("secret");
        }
    }
}
