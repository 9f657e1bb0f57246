package io.eventplatform.examples.quickstart.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventplatform.examples.quickstart.audit.TypeBalance.Stored;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class AuditReportTest {

    private static final TypeBalance QUAKES = new TypeBalance(
            "quake", 1_240, 1_000, 10, 30, 200, new Stored(1_000, 1_000, Map.of("per_network", 1_000L)));
    private static final TypeBalance UNREADABLE = new TypeBalance("(unreadable)", 50, 0, 50, 0, 0, null);

    @Test
    void aResultThatBalancesHolds() {
        AuditReport report = new AuditReport(List.of(UNREADABLE, QUAKES), List.of());

        assertThat(report.holds()).isTrue();
        assertThat(report).hasToString("""
                        Audit: records by type, recounted from the topics, the store and the lake
                                          raw  = enriched  + unroutable  + dead  + dropped     table   lake  views
                          (unreadable)     50         = 0          + 50     + 0        + 0  |      -      -      -  holds
                          quake         1,240     = 1,000          + 10    + 30      + 200  |  1,000  1,000  1,000  holds
                        The audit holds: nothing is lost, nothing is counted twice.""");
    }

    @ParameterizedTest
    @MethodSource("doctored")
    void aResultThatWasDoctoredDoesNotHold(UnaryOperator<TypeBalance> doctor, String... problems) {
        AuditReport report = new AuditReport(List.of(UNREADABLE, doctor.apply(QUAKES)), List.of());

        assertThat(report.holds()).isFalse();
        assertThat(report.problems()).containsExactly(problems);
        assertThat(report.toString()).contains("DIFFERS").endsWith("The audit does not hold.");
    }

    static Stream<Arguments> doctored() {
        return Stream.of(
                doctored(
                        quakes -> with(quakes, 1_241, 1_000, 1_000, 1_000, 1_000),
                        "quake: 1,241 raw records, but 1,000 enriched + 10 unroutable + 30 dead + 200 dropped are 1,240, 1 too few"),
                doctored(
                        quakes -> with(quakes, 1_239, 1_000, 1_000, 1_000, 1_000),
                        "quake: 1,239 raw records, but 1,000 enriched + 10 unroutable + 30 dead + 200 dropped are 1,240, 1 too many"),
                doctored(
                        quakes -> with(quakes, 1_240, 1_000, 999, 1_000, 1_000),
                        "quake: 1,000 enriched records, but 999 rows in the table"),
                doctored(
                        quakes -> with(quakes, 1_240, 1_000, 1_001, 1_000, 1_002),
                        "quake: 1,000 enriched records, but 1,001 rows in the table",
                        "quake: 1,000 enriched records, but per_network counts 1,002"),
                doctored(
                        quakes -> with(quakes, 1_240, 1_000, 1_000, 1_003, 1_000),
                        "quake: 1,000 enriched records, but 1,003 rows in the lake"),
                doctored(
                        quakes -> new TypeBalance("quake", 1_240, 1_000, 10, 30, 200, null),
                        "quake: 1,000 enriched records, but no table"));
    }

    @Test
    void whatElseIsWrongIsListedToo() {
        AuditReport report =
                new AuditReport(List.of(QUAKES), List.of("3 dead letters name positions that do not exist"));

        assertThat(report.holds()).isFalse();
        assertThat(report.toString()).contains("  - 3 dead letters name positions that do not exist\n");
    }

    private static Arguments doctored(UnaryOperator<TypeBalance> doctor, String... problems) {
        return Arguments.of(doctor, problems);
    }

    private static TypeBalance with(
            TypeBalance balance, long raw, long enriched, long rows, long lakeRows, long counted) {
        return new TypeBalance(
                balance.type(),
                raw,
                enriched,
                balance.unroutable(),
                balance.dead(),
                balance.dropped(),
                new Stored(rows, lakeRows, Map.of("per_network", counted)));
    }
}
