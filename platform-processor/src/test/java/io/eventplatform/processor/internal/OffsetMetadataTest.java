package io.eventplatform.processor.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OffsetMetadataTest {

    @Test
    void whatIsWrittenIsReadBack() {
        OffsetMetadata full = new OffsetMetadata(12, 3, -5, 1517365101235L, true);

        assertThat(full).hasToString("ep2;seq=12;epoch=3;clock=-5;watermark=1517365101235;state=1");
        assertThat(OffsetMetadata.parse(full.toString())).isEqualTo(full);
        assertThat(OffsetMetadata.parse(OffsetMetadata.NONE.toString())).isEqualTo(OffsetMetadata.NONE);
    }

    @Test
    void theFormBeforeIsRead() {
        assertThat(OffsetMetadata.parse("ep1;seq=3;clock=1517365101235"))
                .isEqualTo(new OffsetMetadata(3, 0, 1517365101235L, OffsetMetadata.NO_CLOCK, false));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "ep2;seq=1;clock=none",
                "ep3;seq=1;epoch=1;clock=none;watermark=none;state=0",
                "ep1;seq=-1;clock=none",
                "ep1;seq=1;clock=none;more=1",
                "lag"
            })
    void metadataOfOthersIsRefused(String text) {
        assertThatThrownBy(() -> OffsetMetadata.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
