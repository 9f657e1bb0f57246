package io.eventplatform.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The samples in the README and in docs are regions of classes that are compiled and run. */
class DocsTest {

    /** Tests run in the module's directory. */
    private static final Path REPOSITORY = Path.of("..", "..");

    @TempDir
    Path directory;

    @Test
    void everySampleInTheDocsIsTheRegionItNames() throws Exception {
        Regions regions = new Regions(REPOSITORY);

        List<String> problems = new ArrayList<>();
        for (Path page : pages()) {
            problems.addAll(regions.problems(page));
        }

        assertThat(problems).isEmpty();
    }

    @Test
    void thePageOnAdaptersShowsNoJavaThatIsNotARegion() throws Exception {
        String page = Files.readString(REPOSITORY.resolve("docs").resolve("write-your-own-adapter.md"));

        long blocks = page.lines().filter("```java"::equals).count();
        long marks =
                page.lines().filter(line -> line.startsWith("<!-- region: ")).count();
        assertThat(blocks).isEqualTo(marks).isPositive();
    }

    @Test
    void aSampleThatIsItsRegionIsAccepted() throws Exception {
        write(
                "Sample.java",
                "class Sample {\n    // region all\n    int a;\n    // region b\n        int b;\n    // endregion\n    // endregion\n}\n");

        assertThat(problemsOf("<!-- region: Sample#all -->\n```java\nint a;\n    int b;\n```\n"))
                .isEmpty();
        assertThat(problemsOf("<!-- region: Sample#b -->\n```java\nint b;\n```\n"))
                .isEmpty();
        assertThat(problemsOf("```java\nnot marked, not compared\n```\n")).isEmpty();
    }

    @Test
    void aClassOfSeveralModulesIsNamedWithItsModule() throws Exception {
        Files.createDirectories(directory.resolve("one"));
        Files.createDirectories(directory.resolve("two"));
        write("one/Sample.java", "// region a\nint one;\n// endregion\n");
        write("two/Sample.java", "// region a\nint two;\n// endregion\n");

        assertThat(problemsOf("<!-- region: two/Sample#a -->\n```java\nint two;\n```\n"))
                .isEmpty();
        assertThat(problemsOf("<!-- region: Sample#a -->\n```java\nint two;\n```\n"))
                .singleElement()
                .asString()
                .contains("class Sample is in 2 files: [");
    }

    @Test
    void aSampleThatDiffersIsReported() throws Exception {
        write("Sample.java", "// region a\nint a;\n// endregion\n");

        assertThat(problemsOf("<!-- region: Sample#a -->\n```java\nint b;\n```\n"))
                .singleElement()
                .asString()
                .contains("the sample Sample#a is not its region, which is:", "int a;");
    }

    @Test
    void aSampleThatIsNotClosedIsReported() throws Exception {
        write("Sample.java", "// region a\nint a;\n// endregion\n");

        assertThat(problemsOf("<!-- region: Sample#a -->\n```java\nint a;\n```java\n```\n```\n"))
                .singleElement()
                .asString()
                .contains("the sample Sample#a is not its region");
        assertThat(problemsOf("```java\nint a;\n")).singleElement().asString().contains("a block is not closed");
    }

    @Test
    void aMarkThatLeadsNowhereIsReported() throws Exception {
        write("Sample.java", "// region open\nint a;\n");

        assertThat(problemsOf("<!-- region: Sample#open -->\n```java\nint a;\n```\n"))
                .singleElement()
                .asString()
                .endsWith("class Sample has no region open that ends");
        assertThat(problemsOf("<!-- region: Missing#a -->\n```java\nint a;\n```\n"))
                .singleElement()
                .asString()
                .endsWith("class Missing is in 0 files: []");
        assertThat(problemsOf("<!-- region: Sample#a -->\nno block\n"))
                .singleElement()
                .asString()
                .endsWith("1 of 1 region marks have no name or no java block right after them");
    }

    private static List<Path> pages() throws IOException {
        List<Path> pages = new ArrayList<>();
        Path readme = REPOSITORY.resolve("README.md");
        if (Files.exists(readme)) {
            pages.add(readme);
        }
        Path docs = REPOSITORY.resolve("docs");
        if (Files.isDirectory(docs)) {
            try (Stream<Path> files = Files.list(docs)) {
                files.filter(file -> file.toString().endsWith(".md")).sorted().forEach(pages::add);
            }
        }
        return pages;
    }

    private List<String> problemsOf(String page) throws IOException {
        return new Regions(directory).problems(write("page.md", page));
    }

    private Path write(String file, String text) throws IOException {
        return Files.writeString(directory.resolve(file), text);
    }
}
