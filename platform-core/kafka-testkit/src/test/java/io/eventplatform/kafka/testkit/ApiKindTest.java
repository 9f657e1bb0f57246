package io.eventplatform.kafka.testkit;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.apache.kafka.common.protocol.ApiKeys;
import org.junit.jupiter.api.Test;

class ApiKindTest {

    @Test
    void theKindsAreThoseThatKafkasClientsSend() {
        assertThat(Stream.of(ApiKind.values()).collect(toMap(ApiKind::name, ApiKind::id)))
                .isEqualTo(ApiKeys.clientApis().stream().collect(toMap(ApiKeys::name, api -> api.id)));
    }
}
