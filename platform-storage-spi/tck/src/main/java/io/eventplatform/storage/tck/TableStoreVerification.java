package io.eventplatform.storage.tck;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Verifies the rules H1 to H14 of {@code docs/storage-rules.md} against a {@link
 * io.eventplatform.storage.TableStore}. An adapter's test class extends it and supplies a fixture:
 *
 * <pre>{@code
 * class MyTableStoreTest extends TableStoreVerification {
 *     @Override
 *     protected StoreFixture fixture() {
 *         return new MyFixture();
 *     }
 * }
 * }</pre>
 *
 * <p>A test's name begins with its rule; {@code capability_} tests compare what a store declares with what
 * it does. Tests of durability are aborted, with a word why, for a store that is not durable.
 *
 * <p>Not verified, because no test from outside can:
 *
 * <ul>
 *   <li>H6 in full: that no path acknowledges a failed transaction. Only that a failed commit leaves nothing
 *       behind and the next one works.
 *   <li>H9: positions outlive the deletion of rows. Stores have no deletion yet.
 *   <li>H13: that a deadline stops a running statement, and that an interrupt does. Only that rows are not
 *       handed out after the deadline.
 *   <li>{@code AmbiguousCommit}: that a lost reply is told as such. An adapter tests it with a fault of its own.
 *   <li>{@code DURABLE_ON_POWER_LOSS}. The kit kills processes, not machines.
 * </ul>
 */
@Timeout(300)
public abstract class TableStoreVerification {

    private Bench bench;

    /** The adapter under test. Called for every test; each test has a fresh store. */
    protected abstract StoreFixture fixture();

    @BeforeEach
    void openFreshStore(@TempDir Path directory) {
        bench = Bench.open(fixture(), directory);
    }

    @AfterEach
    void closeStore() {
        bench.close();
    }

    /** Rows and positions move together, once, from where the writer thinks they are: H1 to H6, H12. */
    @Nested
    class Commits extends CommitRules {
        @Override
        Bench bench() {
            return bench;
        }
    }

    /** Writers race for a position: H4. */
    @Nested
    class Races extends RaceRules {
        @Override
        Bench bench() {
            return bench;
        }
    }

    /** Readers see whole batches, all that match and nothing else: H7, H13. */
    @Nested
    class Reads extends ReadRules {
        @Override
        Bench bench() {
            return bench;
        }
    }

    /** Values come back as they were written: H11, H12. */
    @Nested
    class Values extends ValueRules {
        @Override
        Bench bench() {
            return bench;
        }
    }

    /** Tables are made and widened: H10, and what the store declares to be able to do. */
    @Nested
    class Tables extends TableRules {
        @Override
        Bench bench() {
            return bench;
        }
    }

    /** What was acknowledged survives a close and a crash: H1, H8, H14. */
    @Nested
    class Durability extends DurabilityRules {
        @Override
        Bench bench() {
            return bench;
        }
    }
}
