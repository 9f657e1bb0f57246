package io.eventplatform.examples.quickstart;

import java.io.IOException;
import java.io.Reader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collections;
import java.util.Map;
import java.util.Properties;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How far the finished runs on one data directory have come. A run that is killed leaves it as it was, so the next one
 * sends the same events again.
 *
 * @param nextSequence for each seed the first sign-up that was not sent
 * @param earthquakesSent whether all of the earthquakes were sent
 */
record RunState(SortedMap<Long, Long> nextSequence, boolean earthquakesSent) {

    private static final String VERSION = "1";
    private static final String VERSION_KEY = "version";
    private static final String EARTHQUAKES_KEY = "earthquakes_sent";
    private static final String NEXT_PREFIX = "next_sequence.";

    RunState {
        nextSequence = Collections.unmodifiableSortedMap(new TreeMap<>(nextSequence));
    }

    /**
     * Reads the state, that of no run at all if there is no file.
     *
     * @throws IOException if the file cannot be read or is not such a state
     */
    static RunState read(Path file) throws IOException {
        if (!Files.exists(file)) {
            return new RunState(new TreeMap<>(), false);
        }
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        } catch (IllegalArgumentException e) {
            throw damaged(file, e);
        }
        String version = properties.getProperty(VERSION_KEY);
        if (!VERSION.equals(version)) {
            throw new IOException(file + " has version " + version + ", this program reads " + VERSION
                    + ". Use a new --data directory, or the program that wrote it.");
        }
        SortedMap<Long, Long> next = new TreeMap<>();
        try {
            for (String name : properties.stringPropertyNames()) {
                if (name.startsWith(NEXT_PREFIX)) {
                    long seed = Long.parseLong(name.substring(NEXT_PREFIX.length()));
                    next.put(seed, Long.parseLong(properties.getProperty(name)));
                }
            }
        } catch (NumberFormatException e) {
            throw damaged(file, e);
        }
        return new RunState(next, Boolean.parseBoolean(properties.getProperty(EARTHQUAKES_KEY)));
    }

    private static IOException damaged(Path file, Exception cause) {
        return new IOException(file + " is damaged (" + cause.getMessage() + "). Use a new --data directory.", cause);
    }

    /** The first sign-up of this seed that was not sent. */
    long nextSequence(long seed) {
        return nextSequence.getOrDefault(seed, 0L);
    }

    RunState withNextSequence(long seed, long next) {
        SortedMap<Long, Long> more = new TreeMap<>(nextSequence);
        more.put(seed, next);
        return new RunState(more, earthquakesSent);
    }

    RunState withEarthquakesSent() {
        return new RunState(nextSequence, true);
    }

    /** Replaces the file: afterwards it holds the earlier state or this one, never a part. */
    void write(Path file) throws IOException {
        Properties properties = new Properties();
        properties.setProperty(VERSION_KEY, VERSION);
        properties.setProperty(EARTHQUAKES_KEY, Boolean.toString(earthquakesSent));
        for (Map.Entry<Long, Long> entry : nextSequence.entrySet()) {
            properties.setProperty(NEXT_PREFIX + entry.getKey(), Long.toString(entry.getValue()));
        }
        StringWriter text = new StringWriter();
        properties.store(text, null);
        Path next = file.resolveSibling(file.getFileName() + ".next");
        Files.writeString(next, text.toString());
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
