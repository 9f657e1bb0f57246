package io.eventplatform.processor.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The schedules of {@link ModelTest} are worth something: each defect that is planted, they find. */
class DefectsTest {

    private static final int SCHEDULES = 2_000;
    private static final Path PAGE = Path.of("..", "..", "docs", "tested-guarantees.md");
    private static final Pattern ROW = Pattern.compile("\\|.*\\| `(\\w+)` \\|(.*)\\|");

    @ParameterizedTest
    @EnumSource(Defect.class)
    void isFoundAndNamed(Defect defect) {
        List<String> found = new ArrayList<>();
        for (long seed = 1; seed <= SCHEDULES && none(found, defect); seed++) {
            try {
                Schedule.run(seed, defect);
            } catch (Violation violation) {
                found.add(violation.what());
            }
        }

        assertThat(found).as("found in %d schedules", SCHEDULES).anyMatch(what -> what.contains(defect.words()));
    }

    @Test
    void thePageTellsOfEachDefectAndOfWhatIsFound() throws IOException {
        Map<String, String> told = Files.readAllLines(PAGE).stream()
                .map(ROW::matcher)
                .filter(Matcher::matches)
                .collect(Collectors.toMap(row -> row.group(1), row -> row.group(2)));

        assertThat(told.keySet())
                .containsExactlyInAnyOrderElementsOf(
                        Stream.of(Defect.values()).map(Defect::name).toList());
        assertThat(Defect.values())
                .allSatisfy(defect -> assertThat(told.get(defect.name())).contains(defect.words()));
    }

    private static boolean none(List<String> found, Defect defect) {
        return found.stream().noneMatch(what -> what.contains(defect.words()));
    }
}
