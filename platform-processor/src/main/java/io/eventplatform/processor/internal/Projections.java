package io.eventplatform.processor.internal;

import io.eventplatform.contract.Contract;
import io.eventplatform.event.Event;
import io.eventplatform.processor.RecordPosition;
import io.eventplatform.processor.internal.Effects.RowEffect;
import io.eventplatform.processor.sink.TableProjection;
import io.eventplatform.processor.sink.ViewProjection;
import io.eventplatform.storage.Row;
import io.eventplatform.storage.TableSpec;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Turns the events of one source shard into rows and contributions to views. */
final class Projections implements EventHandler {

    private final String topicId;
    private final List<TableProjection<?>> tables;
    private final List<TableSpec> specs;
    private final List<ViewProjection<?>> views;
    private final Set<String> types;

    Projections(String topicId, List<TableProjection<?>> tables, List<ViewProjection<?>> views) {
        this.topicId = topicId;
        this.tables = tables;
        this.specs = tables.stream().map(TableProjection::spec).toList();
        this.views = views;
        this.types = Stream.concat(
                        tables.stream().map(TableProjection::type),
                        views.stream().map(ViewProjection::type))
                .map(type -> Contract.of(type).type())
                .collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public boolean reads(String eventType) {
        return types.contains(eventType);
    }

    @Override
    public String running() {
        return "the projections";
    }

    @Override
    public void handle(Event<?> event, Unit unit) {
        if (!reads(event.type())) {
            return; // a sink of one type passes by all others of its topic
        }
        for (int i = 0; i < tables.size(); i++) {
            project(i, tables.get(i), event, unit.effects());
        }
        for (int i = 0; i < views.size(); i++) {
            contribute(i, views.get(i), event, unit.effects());
        }
    }

    private <T extends Record> void project(int index, TableProjection<T> table, Event<?> event, Effects effects) {
        if (takes(table.type(), event.type())) {
            RecordPosition at = effects.position();
            Row row = table.row(typed(event), topicId, at.partition(), at.offset());
            effects.row(new RowEffect.TableRow(index, fitting(row, specs.get(index))));
        }
    }

    private static Row fitting(Row row, TableSpec table) {
        try {
            return row.checkedFor(table);
        } catch (IllegalArgumentException e) {
            throw UnfitValueException.inTable(String.valueOf(e.getMessage()));
        }
    }

    private <T extends Record> void contribute(int index, ViewProjection<T> view, Event<?> event, Effects effects) {
        if (takes(view.type(), event.type())) {
            Event<T> typed = typed(event);
            effects.row(new RowEffect.ViewInput(index, view.group(typed), view.inputs(typed)));
        }
    }

    private static boolean takes(Class<? extends Record> type, String eventType) {
        return Contract.of(type).type().equals(eventType);
    }

    @SuppressWarnings("unchecked")
    private static <T> Event<T> typed(Event<?> event) {
        return (Event<T>) event;
    }

    @Override
    public void close() {}
}
