package io.eventplatform.storage.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventplatform.storage.TableStore;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Each test of the kit that matters most can fail, and says the right thing then. */
class BrokenStoresTest {

    @Test
    void aPositionWithoutItsRowsFailsH1() {
        assertFails(
                BrokenStores.MovesThePositionWithoutRows::new,
                "h1_rowsAndPositionMoveTogether",
                "offsets with a row, when the position of orders-0 is 25",
                "missing: the position without the rows");
    }

    @Test
    void aPositionThatIsWrittenAfterTheRowsFailsH1WhenTheProcessIsKilled() {
        assertFails(
                new LateJournalFixture(),
                "h1_aProcessKilledWhileCommittingLeavesWholeBatches",
                "offsets with a row, when the position of orders-0 is 6000",
                "doubled: rows without the position were committed before");
    }

    @Test
    void theSameBatchWrittenAgainFailsH2() {
        assertFails(
                BrokenStores.WritesTheSameBatchAgain::new,
                "h2_theSameBatchTwiceIsWrittenOnce",
                "look at how the position row keeps the batch's id");
    }

    @Test
    void anIgnoredExpectationFailsH3() {
        assertFails(
                BrokenStores.IgnoresTheExpectation::new,
                "h3_aStaleExpectationIsAConflictThatTellsThePosition",
                "expects 5 when the position is 10",
                "look at the compare-and-set");
    }

    @Test
    void aComparisonBeforeTheLockFailsH4() {
        assertFails(
                () -> new BrokenStores.ComparesBeforeItLocks(2),
                "h4_ofTwoWritersFromOnePositionExactlyOneWins",
                "look at what locks the position row between the comparison and the commit");
    }

    @Test
    void aComparisonBeforeTheLockFailsH4bForFirstWriters() {
        assertFails(
                () -> new BrokenStores.ComparesBeforeItLocks(8),
                "h4b_ofManyFirstWritersExactlyOneWins",
                "look at what locks the position row between the comparison and the commit");
    }

    @Test
    void rowsThatStayAfterAFailureFailH5() {
        assertFails(
                BrokenStores.KeepsRowsOfAFailedBatch::new,
                "h5_aRowWithoutARequiredValueRejectsTheWholeBatch",
                "offsets with a row, when the position of orders-0 is 10");
    }

    @Test
    void halfABatchShownToAReaderFailsH7() {
        assertFails(
                BrokenStores.ShowsHalfABatch::new,
                "h7_readersNeverSeeHalfABatch",
                "the reader saw half a batch, or rows and position are read from two snapshots");
    }

    @Test
    void aPositionFromAnotherSnapshotFailsH7() {
        assertFails(BrokenStores.ReadsThePositionLater::new, "h7_anOpenCursorKeepsItsSnapshot", "orders-0=10000");
    }

    @Test
    void instantsInLocalTimeFailH11() {
        assertFails(
                BrokenStores.StoresLocalTimes::new,
                "h11_instantsComeBackToTheMicrosecondInAnyZone",
                "TIMESTAMP",
                "read back");
    }

    @Test
    void decimalsThatAreRoundedInTheFileFailH11AfterARestart() {
        TableStore broken = new BrokenStores.KeepsDecimalsAsDoubles();

        assertFails(fixture(() -> broken, true), "h11_decimalsComeBackExactly", "DECIMAL", "read back after a restart");
    }

    @Test
    void rowsCutAtTheLimitFailH13() {
        assertFails(
                BrokenStores.CutsAtMaxRows::new,
                "h13_moreRowsThanAllowedAreAnErrorAndNeverCut",
                "11 rows where 10 are allowed");
    }

    @Test
    void anIgnoredDeadlineFailsH13() {
        assertFails(
                BrokenStores.IgnoresTheDeadline::new,
                "h13_noRowsAreHandedOutAfterTheDeadline",
                "a query whose deadline has passed before it can start");
    }

    @Test
    void combinationsTakenApartFailTheFilter() {
        assertFails(
                BrokenStores.ReadsOnlyTheFirstColumnOfACombination::new,
                "query_combinationsOfSeveralColumnsMatchTogether",
                "rows of 4,100 combinations of three columns, once each");
    }

    @Test
    void anyShapeAcceptedFailsTheTable() {
        assertFails(
                BrokenStores.AcceptsAnyShape::new,
                "table_anotherShapeIsIncompatible",
                "must be refused by SchemaIncompatible");
    }

    @Test
    void aCapabilityThatIsNotDeclaredIsTestedToo() {
        assertFails(
                BrokenStores.DoesWhatItSaysItCannot::new,
                "capability_addingColumnsIsDoneOrRefusedByName",
                "by a store that does not declare SCHEMA_ADD_COLUMN, must be refused by UnsupportedCapability");
    }

    @Test
    void tablesThatAreNotDeclaredAreTestedToo() {
        assertFails(
                BrokenStores.HasTablesItSaysItCannotHave::new,
                "capability_severalTablesAreWrittenTogetherOrRefusedByName",
                "a second table, by a store that does not declare SEVERAL_TABLES, must be refused by"
                        + " UnsupportedCapability");
    }

    // Running the kit inside a test

    /** Sound except while a broken one is tested: a runner may take the kit below for a test of its own. */
    private static StoreFixture underTest = new InMemoryFixture();

    static class Kit extends TableStoreVerification {
        @Override
        protected StoreFixture fixture() {
            return underTest;
        }
    }

    private static void assertFails(Supplier<TableStore> broken, String test, String... words) {
        assertFails(fixture(broken, false), test, words);
    }

    private static StoreFixture fixture(Supplier<TableStore> broken, boolean durable) {
        return new StoreFixture() {
            @Override
            public TableStore open(Path home) {
                return broken.get();
            }

            @Override
            public boolean durable() {
                return durable;
            }
        };
    }

    private static void assertFails(StoreFixture broken, String test, String... words) {
        underTest = broken;
        List<String> messages;
        try {
            messages = KitRunner.failuresOf(Kit.class, test);
        } finally {
            underTest = new InMemoryFixture();
        }

        assertThat(messages).as("failures of %s", test).hasSize(1);
        assertThat(messages.get(0)).contains(words);
    }
}
