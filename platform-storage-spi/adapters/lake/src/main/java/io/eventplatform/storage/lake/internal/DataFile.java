package io.eventplatform.storage.lake.internal;

import java.time.LocalDate;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A Parquet file of the table.
 *
 * @param path where it is below the table's directory
 * @param day its partition; empty if the table has none
 * @param modifiedMillis when it was written
 * @param stats of its columns, as {@link FileStats} writes them
 * @param tags what else the log says of it
 */
public record DataFile(
        String path, Optional<LocalDate> day, long size, long modifiedMillis, String stats, Map<String, String> tags) {

    /** A URL has these as they are, so that a path needs no encoding in the log. */
    private static final Pattern PATH = Pattern.compile("[A-Za-z0-9._=/-]+");

    public DataFile {
        if (!PATH.matcher(path).matches()) {
            throw new IllegalArgumentException("path of a data file must match " + PATH + " but was " + path);
        }
        tags = Map.copyOf(tags);
    }
}
