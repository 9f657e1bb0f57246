package io.eventplatform.contract.internal;

import java.math.BigDecimal;
import java.math.BigInteger;

/** Numbers as text that {@link JsonReader} takes back; what is too long is refused before it is expanded. */
final class Numbers {

    /** More bits than this are more than {@link Json#MAX_NUMBER_LENGTH} digits. */
    private static final int MAX_BITS = (int) Math.ceil(Json.MAX_NUMBER_LENGTH * Math.log(10) / Math.log(2));

    private Numbers() {}

    /** As a JSON number, with an exponent where {@code BigDecimal} uses one. */
    static String json(BigDecimal number) {
        requireShort(number);
        return requireShort(number.toString());
    }

    static String json(BigInteger number) {
        requireShort(number);
        return requireShort(number.toString());
    }

    /** Digits and a point only. */
    static String plain(BigDecimal number) {
        requireShort(number);
        return requireShort(number.toPlainString());
    }

    /** The number as JSON can express it. */
    static double finite(double number) {
        if (!Double.isFinite(number)) {
            throw new Violation("number");
        }
        return number + 0.0; // -0.0 becomes 0.0, which is what a reader makes of it
    }

    private static void requireShort(BigDecimal number) {
        if (Math.abs((long) number.scale()) > Json.MAX_NUMBER_LENGTH) {
            throw new Violation("maxLength");
        }
        requireShort(number.unscaledValue());
    }

    private static void requireShort(BigInteger number) {
        if (number.bitLength() > MAX_BITS) {
            throw new Violation("maxLength");
        }
    }

    private static String requireShort(String text) {
        if (text.length() > Json.MAX_NUMBER_LENGTH) {
            throw new Violation("maxLength");
        }
        return text;
    }
}
