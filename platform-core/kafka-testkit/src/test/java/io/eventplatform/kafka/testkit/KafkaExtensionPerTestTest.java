package io.eventplatform.kafka.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(60)
class KafkaExtensionPerTestTest {

    private static final Set<EmbeddedKafka> EARLIER = new HashSet<>();

    @RegisterExtension
    final KafkaExtension kafka = KafkaExtension.own();

    private @Nullable EmbeddedKafka before;

    @BeforeEach
    void remember(EmbeddedKafka own) {
        before = own;
    }

    @RepeatedTest(2)
    void aBrokerInAnInstanceFieldIsTheTestsOwnAndMayBeClosed(EmbeddedKafka own, FaultProxy proxy) {
        assertThat(own).isSameAs(before);
        assertThat(EARLIER).doesNotContain(own);
        assertThat(EARLIER)
                .allSatisfy(broker -> assertThat(broker.dataDirectory()).doesNotExist());

        own.close();
        EARLIER.add(own);
    }
}
