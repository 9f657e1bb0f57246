package io.eventplatform.examples.quickstart.audit;

import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/** Reads a Delta table by its log, and its Parquet files with DuckDB, as any other program would. */
final class LakeReader implements AutoCloseable {

    private static final ObjectMapper JSON = JsonMapper.builder().build();

    private final Connection connection;

    LakeReader() throws SQLException {
        connection = DriverManager.getConnection("jdbc:duckdb:");
    }

    /** Hands over the event id of each row; none if the table does not exist. */
    void eventIds(Path table, Consumer<String> reader) throws SQLException, IOException {
        Set<Path> files = files(table);
        if (files.isEmpty()) {
            return;
        }
        String list = files.stream()
                .map(file -> "'" + file.toString().replace("'", "''") + "'")
                .collect(Collectors.joining(", "));
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT event_id FROM read_parquet([" + list + "])")) {
            while (rows.next()) {
                reader.accept(rows.getString(1));
            }
        }
    }

    /** The files of the newest version, which the entries of the log added and did not remove again. */
    private static Set<Path> files(Path table) throws IOException {
        Path log = table.resolve("_delta_log");
        if (!Files.isDirectory(log)) {
            return Set.of();
        }
        List<Path> entries;
        try (Stream<Path> paths = Files.list(log)) {
            entries = paths.filter(path -> path.getFileName().toString().matches("[0-9]{20}\\.json"))
                    .sorted()
                    .toList();
        }
        Set<Path> files = new LinkedHashSet<>();
        boolean described = false;
        for (Path entry : entries) {
            String expected = String.format(Locale.ROOT, "%020d.json", entries.indexOf(entry));
            if (!entry.endsWith(expected)) {
                throw new IOException("The log in " + log + " lacks " + expected + ", so nobody can read past it");
            }
            for (String line : Files.readAllLines(entry)) {
                JsonNode action = JSON.readTree(line);
                described |= action.has("metaData");
                if (action.has("add")) {
                    files.add(whole(file(table, action.get("add")), action.get("add")));
                } else if (action.has("remove")) {
                    files.remove(file(table, action.get("remove")));
                }
            }
        }
        if (!described) {
            throw new IOException("The log in " + log + " describes no table");
        }
        return files;
    }

    private static Path whole(Path file, JsonNode added) throws IOException {
        if (!Files.isRegularFile(file) || Files.size(file) != added.get("size").longValue()) {
            throw new IOException(file + " is not there with " + added.get("size") + " bytes, as the log says");
        }
        return file;
    }

    private static Path file(Path table, JsonNode action) {
        String path = action.get("path").stringValue().replace("+", "%2B"); // a plus is no blank here
        return table.resolve(URLDecoder.decode(path, StandardCharsets.UTF_8));
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
