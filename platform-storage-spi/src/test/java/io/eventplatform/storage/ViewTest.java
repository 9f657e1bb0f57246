package io.eventplatform.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ViewTest {

    private static final Column USER = Column.required("user_id", ColumnType.STRING);
    private static final Measure COUNT = Measure.count("signup_count");
    private static final Measure LAST = Measure.max("last_signup_at", ColumnType.TIMESTAMP);

    @Test
    void aViewLivesInAnUpsertTableWithARowForEachGroupAndShard() {
        View view = signups().build();

        assertThat(view.keepsMembers()).isFalse();
        assertThat(view.table())
                .isEqualTo(TableSpec.upsert(
                        "enriched_user_signup_g1",
                        List.of(
                                Column.required("user_id", ColumnType.STRING),
                                Column.required("_topic_id", ColumnType.STRING),
                                Column.required("_partition", ColumnType.LONG),
                                Column.required("signup_count", ColumnType.LONG),
                                Column.optional("last_signup_at", ColumnType.TIMESTAMP)),
                        List.of("user_id", "_topic_id", "_partition")));
    }

    @Test
    void aReaderSeesNoShardColumns() {
        View view = signups().build();

        assertThat(view.columns())
                .extracting(Column::name)
                .containsExactly("user_id", "signup_count", "last_signup_at");
    }

    @Test
    void aViewWithoutGroupColumnsHasARowOfTotalsForEachShard() {
        View view = View.named("totals").measure(COUNT).build();

        assertThat(view.table().key()).containsExactly("_topic_id", "_partition");
    }

    @Test
    void aViewWithADistinctMeasureKeepsItsMembersInRowsOfTheirOwn() {
        View view = signups()
                .measure(Measure.distinct("countries", ColumnType.STRING))
                .build();

        assertThat(view.keepsMembers()).isTrue();
        assertThat(view.table())
                .isEqualTo(TableSpec.upsert(
                        "enriched_user_signup_g1",
                        List.of(
                                Column.required("user_id", ColumnType.STRING),
                                Column.required("_topic_id", ColumnType.STRING),
                                Column.required("_partition", ColumnType.LONG),
                                Column.required("_member", ColumnType.STRING),
                                Column.required("signup_count", ColumnType.LONG),
                                Column.optional("last_signup_at", ColumnType.TIMESTAMP),
                                Column.optional("countries", ColumnType.LONG)),
                        List.of("user_id", "_topic_id", "_partition", "_member")));
        assertThat(view.columns())
                .containsExactly(
                        USER,
                        Column.required("signup_count", ColumnType.LONG),
                        Column.optional("last_signup_at", ColumnType.TIMESTAMP),
                        Column.required("countries", ColumnType.LONG));
    }

    @Test
    void aBuilderUsedAgainLeavesTheViewAsItWas() {
        View.Builder builder = signups();
        View view = builder.build();

        builder.measure(Measure.min("first_signup_at", ColumnType.TIMESTAMP)).build();

        assertThat(view)
                .isEqualTo(signups().build())
                .hasSameHashCodeAs(signups().build());
    }

    @ParameterizedTest
    @MethodSource("accepted")
    void theseShapesBuild(Supplier<View.Builder> builder) {
        assertThatCode(() -> builder.get().build()).doesNotThrowAnyException();
    }

    static Stream<Supplier<View.Builder>> accepted() {
        return Stream.of(
                ViewTest::signups,
                () -> View.named("a".repeat(56)).measure(COUNT),
                () -> signups().describedAs("Sign-ups of each user."),
                () -> signups().groupBy(Column.required("level", ColumnType.LONG)),
                () -> signups().groupBy(Column.required("ratio", ColumnType.DOUBLE)),
                () -> signups().groupBy(Column.required("price", ColumnType.DECIMAL)),
                () -> signups().groupBy(Column.required("vip", ColumnType.BOOLEAN)),
                () -> signups().groupBy(Column.required("day", ColumnType.DATE)),
                () -> signups().groupBy(Column.required("hour", ColumnType.TIMESTAMP)));
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("refused")
    void theseShapesAreRefused(Supplier<View.Builder> builder, String message) {
        assertThatThrownBy(() -> builder.get().build()).hasMessage(message);
    }

    static Stream<Arguments> refused() {
        return Stream.of(
                refused(
                        () -> View.named("Signups"),
                        "view name must be 1 to 63 of a-z, 0-9 and _, not starting with a digit, but was \"Signups\""),
                refused(
                        () -> View.named("_signups"),
                        "view name must not start with _, which marks tables of the platform, but was \"_signups\""),
                refused(
                        () -> View.named("a".repeat(57)),
                        "view name must be at most 56 characters but has 57: \"" + "a".repeat(57) + "\""),
                refused(() -> View.named("signups").groupBy(USER), "view signups needs at least one measure"),
                refused(
                        () -> signups().groupBy(Column.optional("country", ColumnType.STRING)),
                        "view enriched_user_signup: group column country must be required,"
                                + " since a row without it belongs to no group"),
                refused(
                        () -> signups().groupBy(Column.required("_partition", ColumnType.LONG)),
                        "view enriched_user_signup: group column _partition must not start with _,"
                                + " which marks columns of the platform"),
                refused(
                        () -> signups().groupBy(Column.required("address", ColumnType.JSON)),
                        "view enriched_user_signup: group column address must not be JSON,"
                                + " since one document has many spellings"),
                refused(() -> signups().groupBy(USER), "view enriched_user_signup declares user_id twice"),
                refused(() -> signups().measure(COUNT), "view enriched_user_signup declares signup_count twice"),
                refused(
                        () -> signups().measure(Measure.distinct("signup_count", ColumnType.STRING)),
                        "view enriched_user_signup declares signup_count twice"),
                refused(
                        () -> signups().measure(Measure.count("user_id")),
                        "view enriched_user_signup declares user_id twice"));
    }

    private static Arguments refused(Supplier<View.Builder> builder, String message) {
        return Arguments.of(builder, message);
    }

    private static View.Builder signups() {
        return View.named("enriched_user_signup").groupBy(USER).measure(COUNT, LAST);
    }
}
