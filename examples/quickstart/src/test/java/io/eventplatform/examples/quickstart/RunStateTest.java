package io.eventplatform.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunStateTest {

    @TempDir
    Path directory;

    private Path file;

    @BeforeEach
    void nameTheFile() {
        file = directory.resolve("run.properties");
    }

    @Test
    void withoutAFileNothingWasSent() throws Exception {
        RunState state = RunState.read(file);

        assertThat(state.nextSequence(1)).isZero();
        assertThat(state.earthquakesSent()).isFalse();
    }

    @Test
    void whatWasWrittenIsRead() throws Exception {
        RunState written = RunState.read(file)
                .withNextSequence(1, 500)
                .withNextSequence(-9, 7)
                .withEarthquakesSent();

        written.write(file);

        assertThat(RunState.read(file)).isEqualTo(written);
        assertThat(RunState.read(file).nextSequence(2)).isZero();
        assertThat(directory).isDirectoryContaining("glob:**run.properties").isDirectoryNotContaining("glob:**.next");
    }

    @Test
    void aFileOfANewerVersionIsRefused() throws Exception {
        Files.writeString(file, "version=2\n");

        assertThatThrownBy(() -> RunState.read(file))
                .isInstanceOf(IOException.class)
                .hasMessage(
                        file + " has version 2, this program reads 1. Use a new --data directory, or the program that"
                                + " wrote it.");
    }

    @Test
    void aDamagedFileIsRefused() throws Exception {
        Files.writeString(file, "version=1\nnext_sequence.1=many\n");

        assertThatThrownBy(() -> RunState.read(file))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(file + " is damaged (");
    }
}
