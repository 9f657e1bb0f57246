package io.eventplatform.processor.sink;

import io.eventplatform.contract.Contract;
import io.eventplatform.contract.Contracts;
import io.eventplatform.kafka.TopicPlan;
import io.eventplatform.kafka.TopicSpec;
import io.eventplatform.processor.Source;
import io.eventplatform.processor.internal.Identity;
import io.eventplatform.storage.Capability;
import io.eventplatform.storage.SinkId;
import io.eventplatform.storage.StoreException;
import io.eventplatform.storage.TableStore;
import io.eventplatform.storage.View;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * Drains a topic into tables and views of one store, exactly once: rows and the position in the topic
 * change in one transaction of the store, and a restart continues at the stored position.
 *
 * <p>Its name is the identity of that position; all its tables and views move together. A table or view
 * that is added once the sink has run therefore starts at the sink's position, without history: give it a
 * sink of its own. Records that the
 * store refuses become dead letters. An immutable value, except that it refers to the store.
 *
 * <p>Into a store that is {@link Capability#SHARED} any number of instances drain the topic together, as a consumer
 * group: each takes a part of the partitions and takes over those of an instance that died. An instance that was
 * replaced without noticing cannot write: the position it expects has moved. Into a store that is private to a
 * process, every instance drains the whole topic.
 */
public final class StoreSink {

    private final String name;
    private final Source source;
    private final StartPolicy startPolicy;
    private final List<TableProjection<?>> tables;
    private final List<ViewProjection<?>> views;
    private final TableStore store;

    private StoreSink(Builder builder, TableStore store) {
        this.name = builder.name;
        this.source = builder.source;
        this.startPolicy = builder.startPolicy;
        this.tables = List.copyOf(builder.tables);
        this.views = List.copyOf(builder.views);
        this.store = store;
    }

    /** Begins a sink; the name must not change once it has run. */
    public static Builder named(String name, String topic, Contracts contracts) {
        return new Builder(name, Source.topic(topic, contracts));
    }

    public String name() {
        return name;
    }

    /** The name under which the store keeps its position. */
    public SinkId id() {
        return new SinkId(name);
    }

    /**
     * The consumer group: its instances share out the partitions in it if the store is shared, and its progress shows
     * in Kafka's tools. Where to continue is never read from it.
     */
    public String group() {
        return name + ".sink";
    }

    public Source source() {
        return source;
    }

    public StartPolicy startPolicy() {
        return startPolicy;
    }

    public List<TableProjection<?>> tables() {
        return tables;
    }

    public List<ViewProjection<?>> viewProjections() {
        return views;
    }

    /** The views it fills, to be put into a catalog. */
    public List<View> views() {
        return views.stream().<View>map(ViewProjection::view).distinct().toList();
    }

    public TableStore store() {
        return store;
    }

    /** Where records go that cannot be stored. */
    public String deadLetterTopic() {
        return source.topic() + "." + group() + ".dlt";
    }

    /** The topics this sink reads and writes. */
    public TopicPlan topics(int partitions) {
        return TopicPlan.of(List.of(
                TopicSpec.of(source.topic(), partitions),
                TopicSpec.of(deadLetterTopic(), partitions).with("max.message.bytes", "2097152")));
    }

    @Override
    public String toString() {
        return "StoreSink[" + name + ": " + source.topic() + "]";
    }

    /** Where a sink starts that finds nothing of its own in the store. */
    public enum StartPolicy {
        /** At the first record ever written; if the topic no longer holds it, the sink refuses to start. */
        COMPLETE,
        /** At the oldest record the topic still holds. */
        EARLIEST_AVAILABLE
    }

    /** Collects what a sink writes; {@link #into} checks the whole. */
    public static final class Builder {

        private final String name;
        private final Source source;
        private StartPolicy startPolicy = StartPolicy.COMPLETE;
        private final List<TableProjection<?>> tables = new ArrayList<>();
        private final List<ViewProjection<?>> views = new ArrayList<>();

        private Builder(String name, Source source) {
            this.name = Identity.check("sink", name);
            this.source = source;
        }

        public Builder table(TableProjection<?> table) {
            tables.add(Objects.requireNonNull(table, "table"));
            return this;
        }

        public Builder view(ViewProjection<?> view) {
            views.add(Objects.requireNonNull(view, "view"));
            return this;
        }

        /** Default {@link StartPolicy#COMPLETE}. */
        public Builder startPolicy(StartPolicy policy) {
            startPolicy = Objects.requireNonNull(policy, "policy");
            return this;
        }

        /**
         * Ends the sink in this store, which stays the caller's.
         *
         * @throws IllegalStateException if it writes nothing, takes a type that is not among the contracts, a view lacks a
         *     group value, or two tables share a name
         * @throws StoreException.UnsupportedCapability if it fills views and the store has no upsert, or it writes
         *     several tables and the store has one
         */
        public StoreSink into(TableStore store) {
            Objects.requireNonNull(store, "store");
            if (tables.isEmpty() && views.isEmpty()) {
                throw new IllegalStateException("sink " + name + " writes no table and no view");
            }
            tables.forEach(
                    table -> checkDeclared(table.type(), "table " + table.spec().name()));
            views.forEach(
                    view -> checkDeclared(view.type(), "view " + view.view().name()));
            Set<String> names = new HashSet<>();
            for (TableProjection<?> table : tables) {
                checkUnique(names, table.spec().name());
            }
            for (ViewProjection<?> view : views) {
                checkUnique(names, view.view().table().name());
                if (!view.missing().isEmpty()) {
                    throw new IllegalStateException(
                            "sink " + name + ": view " + view.view().name() + " has no value for " + view.missing()
                                    + ". Add .value(name, event -> …) to its ViewProjection for each");
                }
            }
            if (!views.isEmpty() && !store.capabilities().contains(Capability.UPSERT)) {
                throw new StoreException.UnsupportedCapability(
                        Capability.UPSERT, "sink " + name + " fills views, which this store cannot hold");
            }
            if (names.size() > 1 && !store.capabilities().contains(Capability.SEVERAL_TABLES)) {
                throw new StoreException.UnsupportedCapability(
                        Capability.SEVERAL_TABLES,
                        "sink " + name + " writes " + names.size() + " tables, but this store has one. Make a sink for"
                                + " each table, into a store of its own");
            }
            return new StoreSink(this, store);
        }

        private void checkDeclared(Class<? extends Record> type, String what) {
            if (!source.contracts().knowsType(Contract.of(type).type())) {
                throw new IllegalStateException("sink " + name + ": " + what + " takes " + Contract.of(type)
                        + ", which is not among the contracts of its source, " + source.contracts() + ". Add it there");
            }
        }

        private void checkUnique(Set<String> names, String table) {
            if (!names.add(table)) {
                throw new IllegalStateException("sink " + name + " writes table " + table + " twice");
            }
        }
    }
}
