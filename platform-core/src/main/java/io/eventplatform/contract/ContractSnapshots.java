package io.eventplatform.contract;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Keeps the schemas under version control in step with the records, so that a change of a contract shows in review.
 *
 * <p>Call it in a test. The schema of version 1 of {@code user_signup} is the file
 * {@code user_signup/v1.schema.json} in the directory.
 */
public final class ContractSnapshots {

    /** Set this system property to {@code true} to write the files instead of comparing them. */
    public static final String UPDATE_PROPERTY = "contracts.update";

    private static final String SUFFIX = ".schema.json";

    private ContractSnapshots() {}

    /**
     * Compares the files in {@code directory} with the contracts of these records; line ends do not count. With
     * {@code -Dcontracts.update=true} files that lack or differ are written instead; a file without a contract is
     * reported in either case and never deleted.
     *
     * @throws AssertionError if a file is missing, differs or belongs to none of the records; it lists every such file
     * @throws ContractDefinitionException if a record cannot be a contract
     */
    @SafeVarargs
    public static void verify(Path directory, Class<? extends Record>... contracts) {
        Objects.requireNonNull(directory, "directory");
        Map<Path, Contract<?>> expected = new TreeMap<>();
        Contracts.of(contracts).all().forEach(contract -> expected.put(file(directory, contract), contract));
        try {
            verify(directory, expected);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read or write the contracts in " + directory, e);
        }
    }

    private static void verify(Path directory, Map<Path, Contract<?>> expected) throws IOException {
        if (Boolean.getBoolean(UPDATE_PROPERTY)) {
            write(expected);
        }
        List<String> problems = new ArrayList<>();
        for (Map.Entry<Path, Contract<?>> entry : expected.entrySet()) {
            problem(entry.getKey(), entry.getValue()).ifPresent(problems::add);
        }
        for (Path file : schemaFiles(directory)) {
            if (!expected.containsKey(file)) {
                problems.add(text(file) + " belongs to none of the records. Delete it, or name its record.");
            }
        }
        if (!problems.isEmpty()) {
            throw new AssertionError("The contracts do not match their records.\n- " + String.join("\n- ", problems)
                    + "\nTo write the files from the records: mvn test -D" + UPDATE_PROPERTY + "=true");
        }
    }

    private static void write(Map<Path, Contract<?>> expected) throws IOException {
        for (Map.Entry<Path, Contract<?>> entry : expected.entrySet()) {
            if (problem(entry.getKey(), entry.getValue()).isPresent()) {
                Files.createDirectories(Objects.requireNonNull(entry.getKey().getParent()));
                Files.writeString(entry.getKey(), entry.getValue().schema());
            }
        }
    }

    private static Optional<String> problem(Path file, Contract<?> contract) throws IOException {
        String payloadType = contract.payloadType().getName();
        if (!Files.exists(file)) {
            return Optional.of(text(file) + " is missing; its record is " + payloadType + ".");
        }
        String found = Files.readString(file).replace("\r\n", "\n");
        if (found.equals(contract.schema())) {
            return Optional.empty();
        }
        return Optional.of(text(file) + " differs from " + payloadType + " at " + firstDifference(found, contract));
    }

    private static String firstDifference(String found, Contract<?> contract) {
        List<String> foundLines = List.of(found.split("\n", -1));
        List<String> recordLines = List.of(contract.schema().split("\n", -1));
        int line = 0;
        while (lineAt(foundLines, line).equals(lineAt(recordLines, line))) {
            line++;
        }
        return "line " + (line + 1) + ": the file has " + lineAt(foundLines, line) + ", the record "
                + lineAt(recordLines, line);
    }

    private static String lineAt(List<String> lines, int index) {
        return index < lines.size() ? "`" + lines.get(index) + "`" : "no such line";
    }

    private static List<Path> schemaFiles(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(file -> file.toString().endsWith(SUFFIX))
                    .sorted()
                    .toList();
        }
    }

    private static Path file(Path directory, Contract<?> contract) {
        return directory.resolve(contract.type()).resolve("v" + contract.version() + SUFFIX);
    }

    private static String text(Path file) {
        return file.toString().replace('\\', '/');
    }
}
