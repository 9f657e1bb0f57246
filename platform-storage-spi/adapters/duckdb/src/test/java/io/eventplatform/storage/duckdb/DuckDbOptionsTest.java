package io.eventplatform.storage.duckdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class DuckDbOptionsTest {

    @Test
    void byDefaultAQuarterOfTheMachinesMemoryIsUsed() {
        long machine =
                ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();

        assertThat(DuckDbOptions.defaults().memoryLimitBytes()).isEqualTo(machine / 4);
        assertThat(DuckDbOptions.defaults().threads())
                .isEqualTo(Runtime.getRuntime().availableProcessors());
        assertThat(DuckDbOptions.defaults().tempDirectory()).isEmpty();
    }

    @Test
    void optionsAreAValue() {
        DuckDbOptions options = DuckDbOptions.builder()
                .memoryLimitBytes(1L << 30)
                .threads(2)
                .tempDirectory(Path.of("spill"))
                .build();

        assertThat(options)
                .hasToString("DuckDbOptions[memoryLimitBytes=1073741824, threads=2, tempDirectory=spill]")
                .isNotEqualTo(DuckDbOptions.defaults());
        assertThat(DuckDbOptions.builder().threads(3).build())
                .isEqualTo(DuckDbOptions.builder().threads(3).build());
    }

    @Test
    void whatCanNeverBeRightIsRefused() {
        assertThatThrownBy(() -> DuckDbOptions.builder().memoryLimitBytes(1_000))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("memoryLimitBytes must be at least 67108864 but was 1000");
        assertThatThrownBy(() -> DuckDbOptions.builder().threads(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("threads must be at least 1 but was 0");
    }
}
