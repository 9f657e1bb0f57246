package io.eventplatform.storage;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.Objects;

/** The types a column may have, each with the one Java class its values have. */
public enum ColumnType {
    /** Well-formed Unicode; a surrogate without its partner is refused. */
    STRING(String.class),
    LONG(Long.class),
    /** NaN and the infinities included; -0.0 becomes 0.0. */
    DOUBLE(Double.class),
    BOOLEAN(Boolean.class),
    /** Exact decimal, up to 38 digits of which 9 after the point. */
    DECIMAL(BigDecimal.class),
    /** UTC, microseconds; finer digits are cut off. */
    TIMESTAMP(Instant.class),
    DATE(LocalDate.class),
    /** JSON text, kept as written. */
    JSON(String.class);

    private static final int DECIMAL_PRECISION = 38;
    private static final int DECIMAL_SCALE = 9;

    private final Class<?> javaType;

    ColumnType(Class<?> javaType) {
        this.javaType = javaType;
    }

    /** The class of this type's values in {@link TableRows} and {@link Cursor}. */
    public Class<?> javaType() {
        return javaType;
    }

    /**
     * The form in which a store keeps a value of the column: decimals with 9 digits after the point,
     * instants cut to microseconds. Two values are the same to a store if these forms are equal.
     *
     * @throws IllegalArgumentException naming the column, if the value has another class or does not fit
     */
    public Object canonical(String column, Object value) {
        Objects.requireNonNull(value, "value");
        if (!javaType.isInstance(value)) {
            throw new IllegalArgumentException("column " + column + " takes " + javaType.getSimpleName() + " (" + this
                    + ") but was " + value.getClass().getName());
        }
        return switch (this) {
            case STRING, JSON -> wellFormed(column, (String) value);
            case DOUBLE -> (Double) value + 0.0; // turns -0.0 into 0.0
            case DECIMAL -> scaled(column, (BigDecimal) value);
            case TIMESTAMP -> ((Instant) value).truncatedTo(ChronoUnit.MICROS);
            case LONG, BOOLEAN, DATE -> value;
        };
    }

    private static String wellFormed(String column, String text) {
        int i = 0;
        while (i < text.length()) {
            int codePoint = text.codePointAt(i);
            if (codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE) {
                throw new IllegalArgumentException(
                        "column " + column + " takes Unicode text but has half a surrogate pair at index " + i);
            }
            i += Character.charCount(codePoint);
        }
        return text;
    }

    private static BigDecimal scaled(String column, BigDecimal number) {
        if (number.signum() == 0) {
            return BigDecimal.ZERO.setScale(DECIMAL_SCALE);
        }
        BigDecimal exact = number.scale() > DECIMAL_SCALE ? number.stripTrailingZeros() : number;
        long digitsBeforePoint = (long) exact.precision() - exact.scale();
        if (digitsBeforePoint > DECIMAL_PRECISION - DECIMAL_SCALE || exact.scale() > DECIMAL_SCALE) {
            throw new IllegalArgumentException("column " + column + " takes at most "
                    + (DECIMAL_PRECISION - DECIMAL_SCALE) + " digits before and " + DECIMAL_SCALE
                    + " after the point but the number has " + Math.max(digitsBeforePoint, 0) + " and "
                    + Math.max(exact.scale(), 0));
        }
        return exact.setScale(DECIMAL_SCALE);
    }
}
