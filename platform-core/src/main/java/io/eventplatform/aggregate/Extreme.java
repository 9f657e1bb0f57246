package io.eventplatform.aggregate;

final class Extreme extends Combining {

    static final Extreme MIN = new Extreme("min", -1);
    static final Extreme MAX = new Extreme("max", 1);

    /** The sign of a comparison that makes the right value replace the left one. */
    private final int wanted;

    private Extreme(String name, int wanted) {
        super(name);
        this.wanted = wanted;
    }

    @Override
    Object checked(Object value) {
        if (value instanceof Comparable) {
            return value;
        }
        throw cannotTake("values that can be compared", value);
    }

    @Override
    Object combine(Object left, Object right) {
        if (left.getClass() != right.getClass()) {
            throw cannotMix(left, right);
        }
        // Both are of one class, which compares with itself.
        @SuppressWarnings("unchecked")
        int order = ((Comparable<Object>) right).compareTo(left);
        return Integer.signum(order) == wanted ? right : left;
    }
}
