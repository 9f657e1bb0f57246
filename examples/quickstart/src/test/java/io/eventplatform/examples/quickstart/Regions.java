package io.eventplatform.examples.quickstart;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Compares the samples in pages with regions of Java sources. In a page a sample is a fenced {@code java} block after
 * {@code <!-- region: ClassName#region-name -->}, or {@code module/ClassName#region-name} where several modules have a class
 * of that name; in a source a region stands between {@code // region region-name} and {@code // endregion}, and may hold
 * others. Indentation of the whole, and the marks themselves, do not count.
 */
final class Regions {

    private static final Pattern SAMPLE = Pattern.compile(
            "<!-- region: ((?:[\\w-]+/)?\\w+)#([\\w-]+) -->\\s*?\\n```java\\n(.*?)\\n?```[ \\t]*$",
            Pattern.DOTALL | Pattern.MULTILINE);
    private static final String FENCE = "```";
    private static final Pattern MARK = Pattern.compile("<!-- region:");
    private static final Pattern BEGIN = Pattern.compile("\\s*// region ([\\w-]+)\\s*");
    private static final Pattern END = Pattern.compile("\\s*// endregion\\s*");

    private final Path root;

    /** @param root where the sources are, at any depth beneath */
    Regions(Path root) {
        this.root = root;
    }

    /** What is wrong with the samples of a page; empty if each equals its region. */
    List<String> problems(Path page) throws IOException {
        List<String> problems = new ArrayList<>();
        String text = Files.readString(page).replace("\r\n", "\n");
        Matcher sample = SAMPLE.matcher(text);
        long found = 0;
        while (sample.find()) {
            found++;
            String name = sample.group(1) + "#" + sample.group(2);
            try {
                String region = region(sample.group(1), sample.group(2));
                if (!region.equals(sample.group(3))) {
                    problems.add("%s: the sample %s is not its region, which is:%n%s".formatted(page, name, region));
                }
            } catch (IllegalArgumentException e) {
                problems.add("%s: %s".formatted(page, e.getMessage()));
            }
        }
        if (text.lines().filter(line -> line.startsWith(FENCE)).count() % 2 != 0) {
            problems.add("%s: a block is not closed; the number of %s lines is odd".formatted(page, FENCE));
        }
        long marks = MARK.matcher(text).results().count();
        if (marks != found) {
            problems.add("%s: %d of %d region marks have no name or no java block right after them"
                    .formatted(page, marks - found, marks));
        }
        return problems;
    }

    private String region(String className, String name) throws IOException {
        List<String> lines = new ArrayList<>();
        int depth = 0;
        for (String line : Files.readAllLines(source(className))) {
            Matcher begin = BEGIN.matcher(line);
            if (begin.matches()) {
                depth += depth > 0 || begin.group(1).equals(name) ? 1 : 0;
            } else if (END.matcher(line).matches()) {
                if (depth == 1) {
                    return String.join("\n", lines).stripIndent().strip();
                }
                depth = Math.max(0, depth - 1);
            } else if (depth > 0) {
                lines.add(line);
            }
        }
        throw new IllegalArgumentException("class " + className + " has no region " + name + " that ends");
    }

    private Path source(String className) throws IOException {
        int slash = className.indexOf('/');
        String file = className.substring(slash + 1) + ".java";
        try (Stream<Path> files = Files.walk(root)) {
            List<Path> found = files.filter(each -> each.endsWith(file))
                    .filter(each -> slash < 0 || isIn(className.substring(0, slash), each))
                    .filter(each -> !isIn("target", each))
                    .toList();
            if (found.size() != 1) {
                throw new IllegalArgumentException(
                        "class " + className + " is in " + found.size() + " files: " + found);
            }
            return found.get(0);
        }
    }

    private boolean isIn(String directory, Path file) {
        for (Path part : root.relativize(file)) {
            if (part.toString().equals(directory)) {
                return true;
            }
        }
        return false;
    }
}
