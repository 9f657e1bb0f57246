package io.eventplatform.processor.sink;

import io.eventplatform.contract.Contract;
import io.eventplatform.event.Event;
import io.eventplatform.processor.internal.UnfitValueException;
import io.eventplatform.storage.Column;
import io.eventplatform.storage.Measure;
import io.eventplatform.storage.View;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How an event counts in a view: to which group it belongs and what it adds to each measure. Every group
 * column and every measure but a count needs a value; a measure's may be null, which only a count takes for
 * something; a null member of a distinct measure is none.
 *
 * <p>Immutable: {@code value} returns a copy.
 *
 * @param <T> payload of the events
 */
public final class ViewProjection<T extends Record> {

    private final View view;
    private final Class<T> type;
    private final Map<String, Function<? super Event<T>, ? extends @Nullable Object>> values;

    private ViewProjection(
            View view, Class<T> type, Map<String, Function<? super Event<T>, ? extends @Nullable Object>> values) {
        this.view = view;
        this.type = type;
        this.values = values;
    }

    /** Events of this contract count in this view. */
    public static <T extends Record> ViewProjection<T> of(View view, Class<T> type) {
        Contract.of(type);
        return new ViewProjection<>(Objects.requireNonNull(view, "view"), type, Map.of());
    }

    /** Says where the value of a group column or measure comes from. */
    public ViewProjection<T> value(String name, Function<? super Event<T>, ? extends @Nullable Object> value) {
        boolean known = view.groupColumns().stream()
                        .anyMatch(column -> column.name().equals(name))
                || view.measures().stream().anyMatch(measure -> measure.name().equals(name));
        if (!known) {
            throw new IllegalArgumentException("view " + view.name() + " has no group column or measure " + name);
        }
        if (view.measures().stream().anyMatch(measure -> measure.name().equals(name) && measure.countsEvents())) {
            throw new IllegalArgumentException("view " + view.name() + ": measure " + name
                    + " counts events and takes no value. Leave the value out, or use Measure.sum or Measure.distinct");
        }
        Map<String, Function<? super Event<T>, ? extends @Nullable Object>> more = new HashMap<>(values);
        more.put(name, Objects.requireNonNull(value, "value"));
        return new ViewProjection<>(view, type, Map.copyOf(more));
    }

    public View view() {
        return view;
    }

    /** The type of event it takes. */
    public Class<T> type() {
        return type;
    }

    /** Group columns and measures that lack a value, but for counts: complete when there are none. */
    Set<String> missing() {
        Set<String> missing = new java.util.TreeSet<>();
        for (Column column : view.groupColumns()) {
            if (!values.containsKey(column.name())) {
                missing.add(column.name());
            }
        }
        for (Measure measure : view.measures()) {
            if (!measure.countsEvents() && !values.containsKey(measure.name())) {
                missing.add(measure.name());
            }
        }
        return missing;
    }

    /** The group an event belongs to: one value for each group column, in canonical form. */
    public List<Object> group(Event<T> event) {
        List<Object> group = new ArrayList<>(view.groupColumns().size());
        for (Column column : view.groupColumns()) {
            Object value = Widening.widen(column.type(), valueOf(column.name(), event));
            if (value == null) {
                throw UnfitValueException.inView(
                        "group column " + view.name() + "." + column.name() + " needs a value");
            }
            group.add(UnfitValueException.checkedInView(view, column.name(), column.type(), value));
        }
        return group;
    }

    /**
     * What an event adds: one value or null for each measure, in canonical form; for a distinct one
     * {@link Measure#member}.
     */
    public List<@Nullable Object> inputs(Event<T> event) {
        List<@Nullable Object> inputs = new ArrayList<>(view.measures().size());
        for (Measure measure : view.measures()) {
            Object value = Widening.widen(measure.type(), valueOf(measure.name(), event));
            inputs.add(value == null ? null : input(measure, value));
        }
        return inputs;
    }

    private Object input(Measure measure, Object value) {
        Object canonical = UnfitValueException.checkedInView(view, measure.name(), measure.type(), value);
        return measure.distinct() ? measure.member(canonical) : canonical;
    }

    private @Nullable Object valueOf(String name, Event<T> event) {
        Function<? super Event<T>, ? extends @Nullable Object> value = values.get(name);
        return value == null ? null : value.apply(event);
    }
}
