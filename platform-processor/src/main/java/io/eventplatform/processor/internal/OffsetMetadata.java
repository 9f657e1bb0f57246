package io.eventplatform.processor.internal;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a pipeline commits beside an offset:
 * {@code ep2;seq=<commit sequence>;epoch=<owner>;clock=<event time in ms>;watermark=<event time in ms>;state=<0 or 1>}.
 * Its predecessor, {@code ep1;seq=…;clock=…}, is still read.
 *
 * <p>The sequence grows by one with each commit of the partition. After a commit whose outcome is unknown
 * it tells whether that commit arrived.
 *
 * @param sequence 0 before the first commit
 * @param epoch counts the owners of the task, 0 before the first that claimed it
 * @param clock the event time of the input at this offset, {@link #NO_CLOCK} before its first record
 * @param watermark that of the task, {@link #NO_CLOCK} before its first record
 * @param state whether keyed state was committed with it, so that a state topic must hold some
 */
record OffsetMetadata(long sequence, long epoch, long clock, long watermark, boolean state) {

    static final long NO_CLOCK = Long.MIN_VALUE;

    static final OffsetMetadata NONE = new OffsetMetadata(0, 0, NO_CLOCK, NO_CLOCK, false);

    private static final String NUMBER = "(\\d{1,18})";
    private static final String TIME = "(-?\\d{1,18}|none)";

    private static final Pattern FORM = Pattern.compile(
            "ep2;seq=" + NUMBER + ";epoch=" + NUMBER + ";clock=" + TIME + ";watermark=" + TIME + ";state=([01])");
    private static final Pattern FORM_1 = Pattern.compile("ep1;seq=" + NUMBER + ";clock=" + TIME);

    /**
     * Reads metadata back.
     *
     * @throws IllegalArgumentException if another program or a newer version wrote it
     */
    static OffsetMetadata parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (matcher.matches()) {
            return new OffsetMetadata(
                    Long.parseLong(matcher.group(1)),
                    Long.parseLong(matcher.group(2)),
                    time(matcher.group(3)),
                    time(matcher.group(4)),
                    matcher.group(5).equals("1"));
        }
        Matcher first = FORM_1.matcher(text);
        if (first.matches()) {
            return new OffsetMetadata(Long.parseLong(first.group(1)), 0, time(first.group(2)), NO_CLOCK, false);
        }
        throw new IllegalArgumentException("\"" + (text.length() > 80 ? text.substring(0, 80) + "…" : text) + "\"");
    }

    private static long time(String text) {
        return text.equals("none") ? NO_CLOCK : Long.parseLong(text);
    }

    @Override
    public String toString() {
        return "ep2;seq=" + sequence + ";epoch=" + epoch + ";clock=" + text(clock) + ";watermark=" + text(watermark)
                + ";state=" + (state ? 1 : 0);
    }

    private static String text(long time) {
        return time == NO_CLOCK ? "none" : Long.toString(time);
    }
}
