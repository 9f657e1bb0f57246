package io.eventplatform.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TopicPlanTest {

    private static final TopicSpec RAW = TopicSpec.of("raw_events", 12);
    private static final TopicSpec ALERTS = TopicSpec.of("alerts", 1);

    @Test
    void topicsKeepTheirOrderAndAreNamedOnce() {
        TopicPlan plan = TopicPlan.of(List.of(RAW, ALERTS)).plus(TopicPlan.of(List.of(TopicSpec.of("raw_events", 12))));

        assertThat(plan.topics()).containsExactly(RAW, ALERTS);
    }

    @Test
    void oneTopicPlannedInTwoWaysIsRefused() {
        TopicPlan plan = TopicPlan.of(List.of(RAW));
        TopicPlan other = TopicPlan.of(List.of(RAW.with("retention.ms", "1000")));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> plan.plus(other))
                .withMessage(
                        "topic raw_events is planned in two ways:"
                                + " TopicSpec[name=raw_events, partitions=12, replicationFactor=-1, config={}] and"
                                + " TopicSpec[name=raw_events, partitions=12, replicationFactor=-1, config={retention.ms=1000}]");
    }

    @Test
    void settingsAndReplicationAreAddedToCopies() {
        TopicSpec changed =
                RAW.with("retention.ms", "1").with("cleanup.policy", "delete").withReplicationFactor(3);

        assertThat(changed)
                .isEqualTo(new TopicSpec("raw_events", 12, 3, Map.of("cleanup.policy", "delete", "retention.ms", "1")));
        assertThat(RAW.config()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "raw events", "raw/events", "ümlaut"})
    void namesThatKafkaDoesNotTakeAreRefused(String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TopicSpec.of(name, 1))
                .withMessage("name must be 1 to 249 of a-z, A-Z, 0-9, '.', '_' and '-' but was \"" + name + "\"");
    }

    @Test
    void countsOutOfBoundsAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TopicSpec.of("raw_events", 0))
                .withMessage("partitions of topic raw_events must be at least 1 but was 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RAW.withReplicationFactor(0))
                .withMessage("replicationFactor of topic raw_events must be 1 to 32767,"
                        + " or -1 for the broker's default, but was 0");
    }
}
