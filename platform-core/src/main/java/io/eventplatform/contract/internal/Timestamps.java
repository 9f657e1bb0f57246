package io.eventplatform.contract.internal;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.DateTimeParseException;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoField;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;

/** Points in time as text: RFC 3339, written in UTC with {@code Z}. */
public final class Timestamps {

    private static final Instant MIN = Instant.parse("0000-01-01T00:00:00Z");
    private static final Instant MAX = Instant.parse("9999-12-31T23:59:59.999999999Z");

    private static final DateTimeFormatter RFC_3339 = rfc3339();
    private static final DateTimeFormatter MILLIS = withFraction(3);
    private static final DateTimeFormatter MICROS = withFraction(6);
    private static final DateTimeFormatter NANOS = withFraction(9);

    private Timestamps() {}

    /** Whether RFC 3339 can express it. */
    public static boolean isWritable(Instant instant) {
        return !instant.isBefore(MIN) && !instant.isAfter(MAX);
    }

    public static Instant toMillis(Instant instant) {
        return instant.truncatedTo(ChronoUnit.MILLIS);
    }

    /** The exact instant, with milliseconds; with more digits only if it has more. */
    public static String text(Instant instant) {
        if (instant.equals(toMillis(instant))) {
            return MILLIS.format(instant);
        }
        return (instant.equals(instant.truncatedTo(ChronoUnit.MICROS)) ? MICROS : NANOS).format(instant);
    }

    /** Always six digits of a second, so that texts sort as the instants do; finer parts are cut off. */
    static String microsText(Instant instant) {
        return MICROS.format(instant);
    }

    /** Any RFC 3339 date-time, whatever its offset; empty if {@code text} is not one. */
    public static Optional<Instant> parse(String text) {
        try {
            return Optional.of(RFC_3339.parse(text, Instant::from)).filter(Timestamps::isWritable);
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }

    private static DateTimeFormatter rfc3339() {
        return new DateTimeFormatterBuilder()
                .parseCaseInsensitive()
                .appendValue(ChronoField.YEAR, 4)
                .appendPattern("-MM-dd'T'HH:mm:ss")
                .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
                .appendOffset("+HH:MM", "Z")
                .toFormatter(Locale.ROOT)
                .withResolverStyle(ResolverStyle.STRICT);
    }

    private static DateTimeFormatter withFraction(int digits) {
        return new DateTimeFormatterBuilder()
                .appendPattern("uuuu-MM-dd'T'HH:mm:ss")
                .appendFraction(ChronoField.NANO_OF_SECOND, digits, digits, true)
                .appendLiteral('Z')
                .toFormatter(Locale.ROOT)
                .withZone(ZoneOffset.UTC);
    }
}
