package io.eventplatform.examples.quickstart;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The lines of a file as bytes, whatever their encoding, without line ends; blank lines are skipped. */
final class Lines implements AutoCloseable {

    private static final int BUFFER_BYTES = 64 * 1024;

    private final InputStream input;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int from;
    private int to;
    private long number;

    Lines(InputStream input) {
        this.input = input;
    }

    /** The next line that is not blank, null at the end. */
    byte @Nullable [] next() throws IOException {
        byte[] line;
        do {
            line = nextLine();
        } while (line != null && isBlank(line));
        return line;
    }

    /** The number of the line that was returned last, from 1; blank lines count. */
    long number() {
        return number;
    }

    private byte @Nullable [] nextLine() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        while (from < to || fill()) {
            int end = from;
            while (end < to && buffer[end] != '\n') {
                end++;
            }
            line.write(buffer, from, end - from);
            if (end < to) {
                from = end + 1;
                number++;
                return withoutCarriageReturn(line.toByteArray());
            }
            from = end;
        }
        number++;
        return line.size() == 0 ? null : withoutCarriageReturn(line.toByteArray());
    }

    private boolean fill() throws IOException {
        from = 0;
        to = Math.max(0, input.read(buffer));
        return to > 0;
    }

    private static byte[] withoutCarriageReturn(byte[] line) {
        int length = line.length;
        return length > 0 && line[length - 1] == '\r' ? Arrays.copyOf(line, length - 1) : line;
    }

    private static boolean isBlank(byte[] line) {
        for (byte each : line) {
            if (each != ' ' && each != '\t') {
                return false;
            }
        }
        return true;
    }

    @Override
    public void close() throws IOException {
        input.close();
    }
}
