package io.eventplatform.contract.internal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eventplatform.contract.ContractDefinitionException;
import io.eventplatform.contract.EventContract;
import io.eventplatform.contract.EventKey;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StoredValuesTest {

    record Visit(Instant timestamp, List<String> pages, Map<String, BigDecimal> spent, Optional<String> referrer) {}

    record VisitBefore(Instant timestamp, List<String> pages, Map<String, BigDecimal> spent) {}

    record VisitWithUser(Instant timestamp, String userId) {}

    @EventContract(type = "stored.payload", version = 1)
    record Payload(@EventKey String id, long amount) {}

    enum Colour {
        RED
    }

    private static final Visit VISIT = new Visit(
            Instant.parse("2026-01-02T03:04:05.678901Z"),
            List.of("/a", "/b"),
            Map.of("EUR", new BigDecimal("1.50")),
            Optional.of("ada"));

    @Test
    void whatIsWrittenIsReadBack() {
        assertThat(readBack(Visit.class, VISIT)).isEqualTo(VISIT);
        assertThat(readBack(Payload.class, new Payload("a", 5))).isEqualTo(new Payload("a", 5));
        assertThat(readBack(Long.class, Long.MIN_VALUE)).isEqualTo(Long.MIN_VALUE);
        assertThat(readBack(long.class, 5L)).isEqualTo(5L);
        assertThat(readBack(String.class, "ü\u0000")).isEqualTo("ü\u0000");
        assertThat(readBack(Colour.class, Colour.RED)).isEqualTo(Colour.RED);
    }

    @Test
    void aComponentThatMayBeMissingCanBeAddedAndRemoved() {
        VisitBefore before = new VisitBefore(VISIT.timestamp(), VISIT.pages(), VISIT.spent());

        assertThat(StoredValues.of(Visit.class)
                        .read(StoredValues.of(VisitBefore.class).write(before)))
                .isEqualTo(new Visit(VISIT.timestamp(), VISIT.pages(), VISIT.spent(), Optional.empty()));
        assertThat(StoredValues.of(VisitBefore.class)
                        .read(StoredValues.of(Visit.class).write(VISIT)))
                .isEqualTo(before);
    }

    @Test
    void whatTheClassCannotHoldIsRefusedWithoutQuotingIt() {
        byte[] visit = StoredValues.of(Visit.class).write(VISIT);

        assertThatThrownBy(() -> StoredValues.of(VisitWithUser.class).read(visit))
                .hasMessage("what was stored is no " + VisitWithUser.class.getName() + ": /user_id (required)");
        assertThatThrownBy(() -> StoredValues.of(Long.class).read("{\"v\":\"secret\"}".getBytes(UTF_8)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("secret");
        assertThatThrownBy(() -> StoredValues.of(Long.class).read("{".getBytes(UTF_8)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> StoredValues.of(Object.class))
                .isInstanceOf(ContractDefinitionException.class)
                .hasMessageStartingWith("java.lang.Object cannot be stored. Use String,");
    }

    private static <T> T readBack(Class<T> type, T value) {
        StoredValues<T> values = StoredValues.of(type);
        return values.read(values.write(value));
    }
}
