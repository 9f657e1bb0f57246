package io.eventplatform.storage.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.eventplatform.storage.Capability;
import io.eventplatform.storage.StoreException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** A group of rules, tested on the bench that the class around it provides. */
abstract class Rules {

    abstract Bench bench();

    /** That the store can have the totals table beside the events. */
    void assumeUpsert() {
        assumeTrue(bench().can(Capability.UPSERT), "the store does not declare UPSERT");
        assumeTrue(bench().can(Capability.SEVERAL_TABLES), "the store does not declare SEVERAL_TABLES");
    }

    void assumeDurable() {
        assumeTrue(bench().fixture().durable(), "the fixture says the store is not durable");
    }

    /** That the call fails in this way; returns the exception. */
    static <T extends StoreException> T assertRefused(Class<T> expected, String what, ThrowingCallable call) {
        Throwable thrown = catchThrowable(call);
        assertThat(thrown)
                .as("%s must be refused by %s", what, expected.getSimpleName())
                .isInstanceOf(expected);
        return expected.cast(thrown);
    }
}
