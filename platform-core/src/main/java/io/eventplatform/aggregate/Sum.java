package io.eventplatform.aggregate;

import java.math.BigDecimal;

final class Sum extends Combining {

    static final Sum INSTANCE = new Sum();

    private Sum() {
        super("sum");
    }

    @Override
    Object checked(Object value) {
        if (value instanceof Long || value instanceof Double || value instanceof BigDecimal) {
            return value;
        }
        throw cannotTake("Long, Double or BigDecimal", value);
    }

    @Override
    Object combine(Object left, Object right) {
        if (left instanceof Long a && right instanceof Long b) {
            return exact(a, b);
        }
        if (left instanceof Double a && right instanceof Double b) {
            return a + b;
        }
        if (left instanceof BigDecimal a && right instanceof BigDecimal b) {
            return a.add(b);
        }
        throw cannotMix(left, right);
    }

    private static long exact(long a, long b) {
        try {
            return Math.addExact(a, b);
        } catch (ArithmeticException overflow) {
            ArithmeticException named = new ArithmeticException(
                    "sum exceeds the range of Long: " + a + " + " + b + "; sum BigDecimal or Double values instead");
            named.initCause(overflow);
            throw named;
        }
    }
}
