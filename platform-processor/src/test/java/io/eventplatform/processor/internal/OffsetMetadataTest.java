package io.eventplatform.processor.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OffsetMetadataTest {

    @Test
    void whatIsWrittenIsReadBack() {
        assertThat(OffsetMetadata.parse(new OffsetMetadata(12, -5).toString())).isEqualTo(new OffsetMetadata(12, -5));
        assertThat(OffsetMetadata.parse(OffsetMetadata.NONE.toString())).isEqualTo(OffsetMetadata.NONE);
        assertThat(new OffsetMetadata(3, 1517365101235L)).hasToString("ep1;seq=3;clock=1517365101235");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "ep2;seq=1;clock=none", "ep1;seq=-1;clock=none", "ep1;seq=1;clock=none;more=1", "lag"})
    void metadataOfOthersIsRefused(String text) {
        assertThatThrownBy(() -> OffsetMetadata.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
