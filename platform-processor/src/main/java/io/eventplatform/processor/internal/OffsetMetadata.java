package io.eventplatform.processor.internal;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a pipeline commits beside an offset: {@code ep1;seq=<commit sequence>;clock=<event time in ms>}.
 *
 * <p>The sequence grows by one with each commit of the partition. After a commit whose outcome is unknown
 * it tells whether that commit arrived.
 *
 * @param sequence 0 before the first commit
 * @param clock the dedup window's clock at this offset, {@link #NO_CLOCK} if it has none
 */
record OffsetMetadata(long sequence, long clock) {

    static final long NO_CLOCK = Long.MIN_VALUE;

    static final OffsetMetadata NONE = new OffsetMetadata(0, NO_CLOCK);

    private static final Pattern FORM = Pattern.compile("ep1;seq=(\\d{1,18});clock=(-?\\d{1,18}|none)");

    /**
     * Reads metadata back.
     *
     * @throws IllegalArgumentException if another program or a newer version wrote it
     */
    static OffsetMetadata parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("\"" + (text.length() > 80 ? text.substring(0, 80) + "…" : text) + "\"");
        }
        String clock = matcher.group(2);
        return new OffsetMetadata(
                Long.parseLong(matcher.group(1)), clock.equals("none") ? NO_CLOCK : Long.parseLong(clock));
    }

    @Override
    public String toString() {
        return "ep1;seq=" + sequence + ";clock=" + (clock == NO_CLOCK ? "none" : Long.toString(clock));
    }
}
