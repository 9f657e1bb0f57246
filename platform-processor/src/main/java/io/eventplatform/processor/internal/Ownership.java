package io.eventplatform.processor.internal;

import java.util.Collection;

/**
 * The fencing token of a task, and whether it is ours. A new owner claims it: its first commit changes no offset but
 * the epoch, to one above the largest it has found, and no record runs before that commit is acknowledged. So
 * of two instances that both believe to own a task, the later one has the larger token.
 */
final class Ownership {

    private final boolean claims;
    private long epoch;
    private boolean ours;

    private Ownership(boolean claims) {
        this.claims = claims;
        this.ours = !claims;
    }

    /** For a task whose processors may show the token to others. */
    static Ownership claimed() {
        return new Ownership(true);
    }

    /** For a task where nobody asks for the token. */
    static Ownership unclaimed() {
        return new Ownership(false);
    }

    /** These inputs are placed at their committed offsets. */
    void placed(Collection<Input> inputs) {
        inputs.forEach(input -> epoch = Math.max(epoch, input.placed().epoch()));
        if (claims) {
            epoch++;
            ours = false;
        }
    }

    boolean isOurs() {
        return ours;
    }

    /** The fencing token; what a commit writes. */
    long epoch() {
        return epoch;
    }

    void committed() {
        ours = true;
    }

    /**
     * A commit in doubt seems to have arrived. If it was a claim, it may as well be that of another instance, which
     * writes the same: so it is not ours before another claim arrives.
     */
    void settled() {
        if (!ours) {
            epoch++;
        }
    }
}
