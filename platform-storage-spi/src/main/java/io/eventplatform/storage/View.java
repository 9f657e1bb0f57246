package io.eventplatform.storage;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A named table of accumulators: for each group, what its {@link Measure}s have seen. Immutable.
 *
 * <pre>{@code
 * View signups = View.named("enriched_user_signup")
 *         .groupBy(Column.required("user_id", ColumnType.STRING))
 *         .measure(Measure.count("signup_count"), Measure.max("last_signup_at", ColumnType.TIMESTAMP))
 *         .build();
 * }</pre>
 *
 * <p>A row of the table belongs to a group and a source shard. Only the sink that drains the shard writes
 * it, always with the absolute accumulator: nothing is incremented in the store, so nothing is applied
 * twice. {@link Catalog#read} merges the shards of a group.
 */
public final class View {

    /** The column of {@link #table} that holds {@link SourceShard#topicId}. */
    public static final String TOPIC_ID_COLUMN = "_topic_id";

    /** The column of {@link #table} that holds {@link SourceShard#partition}. */
    public static final String PARTITION_COLUMN = "_partition";

    /**
     * The column of {@link #table} that tells the members of distinct measures from the accumulators: empty
     * text in a row of accumulators, else {@link Measure#member}.
     */
    public static final String MEMBER_COLUMN = "_member";

    /** 56 characters: the rest of a table name is left for the generation. */
    public static final int MAX_NAME_LENGTH = 56;

    private final String name;
    private final String description;
    private final List<Column> groupColumns;
    private final List<Measure> measures;
    private final TableSpec table;

    private View(Builder builder) {
        name = builder.name;
        description = builder.description;
        groupColumns = List.copyOf(builder.groupColumns);
        measures = List.copyOf(builder.measures);
        table = tableOf(name + "_g1");
    }

    /** Starts a view; its name is that of a table, at most {@link #MAX_NAME_LENGTH} long, not starting with {@code _}. */
    public static Builder named(String name) {
        return new Builder(name);
    }

    public String name() {
        return name;
    }

    /** For people; may be empty. */
    public String description() {
        return description;
    }

    /** What identifies a group; empty if the view has one row of totals. */
    public List<Column> groupColumns() {
        return groupColumns;
    }

    /** At least one. */
    public List<Measure> measures() {
        return measures;
    }

    /** Whether it has a distinct measure, whose members are rows of {@link #table}. */
    public boolean keepsMembers() {
        return measures.stream().anyMatch(Measure::distinct);
    }

    /** What a reader sees: the group columns, then the measures. */
    public List<Column> columns() {
        return Stream.concat(groupColumns.stream(), measures.stream().map(Measure::column))
                .toList();
    }

    /**
     * The {@link WriteMode#UPSERT} table the view lives in: the group columns, {@link #TOPIC_ID_COLUMN},
     * {@link #PARTITION_COLUMN}, and a column for each measure. All but the measures are the key.
     *
     * <p>If it {@link #keepsMembers}, {@link #MEMBER_COLUMN} ends the key. Each member is a row of its own, in
     * which counts are 0 and other measures null, so that sums over the table stay right; the column of a
     * distinct measure is null in every row.
     *
     * <p>It is named {@code <view>_g1}, for generation 1: a rebuild fills the table of a new generation
     * while this one is still read.
     */
    public TableSpec table() {
        return table;
    }

    private TableSpec tableOf(String tableName) {
        List<Column> columns = new ArrayList<>(groupColumns);
        columns.add(Column.required(TOPIC_ID_COLUMN, ColumnType.STRING));
        columns.add(Column.required(PARTITION_COLUMN, ColumnType.LONG));
        if (keepsMembers()) {
            columns.add(Column.required(MEMBER_COLUMN, ColumnType.STRING));
        }
        List<String> key = columns.stream().map(Column::name).toList();
        measures.forEach(measure -> columns.add(measure.storedColumn()));
        return TableSpec.upsert(tableName, columns, key);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof View view
                && name.equals(view.name)
                && description.equals(view.description)
                && groupColumns.equals(view.groupColumns)
                && measures.equals(view.measures);
    }

    @Override
    public int hashCode() {
        return Objects.hash(name, description, groupColumns, measures);
    }

    @Override
    public String toString() {
        return "View[" + name + ", groupBy=" + groupColumns + ", measures=" + measures + "]";
    }

    /** Collects a view's parts; not safe for several threads. */
    public static final class Builder {

        private final String name;
        private String description = "";
        private final List<Column> groupColumns = new ArrayList<>();
        private final List<Measure> measures = new ArrayList<>();

        private Builder(String name) {
            this.name = Names.check("view name", name);
            if (name.startsWith("_")) {
                throw new IllegalArgumentException(
                        "view name must not start with _, which marks tables of the platform, but was \"" + name
                                + "\"");
            }
            if (name.length() > MAX_NAME_LENGTH) {
                throw new IllegalArgumentException("view name must be at most " + MAX_NAME_LENGTH
                        + " characters but has " + name.length() + ": \"" + name + "\"");
            }
        }

        /** What the view tells, in a sentence; empty by default. */
        public Builder describedAs(String text) {
            description = Objects.requireNonNull(text, "text");
            return this;
        }

        /**
         * Adds columns that identify a group. They are required, and not {@code JSON}. Values are of one
         * group if their {@link ColumnType#canonical} forms are equal. Without any group column the view
         * has one row of totals.
         */
        public Builder groupBy(Column... columns) {
            for (Column column : columns) {
                checkGroup(column);
                groupColumns.add(column);
            }
            return this;
        }

        /** Adds measures; a view needs at least one. */
        public Builder measure(Measure... more) {
            for (Measure measure : more) {
                measures.add(Objects.requireNonNull(measure, "measure"));
            }
            return this;
        }

        /**
         * The view.
         *
         * @throws IllegalStateException if there is no measure or two columns have one name
         */
        public View build() {
            if (measures.isEmpty()) {
                throw new IllegalStateException("view " + name + " needs at least one measure");
            }
            Set<String> names = new HashSet<>();
            groupColumns.forEach(column -> checkUnused(names, column.name()));
            measures.forEach(measure -> checkUnused(names, measure.name()));
            return new View(this);
        }

        private void checkGroup(Column column) {
            if (column.name().startsWith("_")) {
                throw new IllegalArgumentException("view " + name + ": group column " + column.name()
                        + " must not start with _, which marks columns of the platform");
            }
            if (column.nullable()) {
                throw new IllegalArgumentException("view " + name + ": group column " + column.name()
                        + " must be required, since a row without it belongs to no group");
            }
            if (column.type() == ColumnType.JSON) {
                throw new IllegalArgumentException("view " + name + ": group column " + column.name()
                        + " must not be JSON, since one document has many spellings");
            }
        }

        private void checkUnused(Set<String> names, String column) {
            if (!names.add(column)) {
                throw new IllegalStateException("view " + name + " declares " + column + " twice");
            }
        }
    }
}
