package io.eventplatform.serving.internal;

import io.eventplatform.storage.Column;
import io.eventplatform.storage.ColumnType;
import io.eventplatform.storage.View;
import io.eventplatform.storage.ViewQuery;
import io.eventplatform.storage.ViewQuery.Comparison;
import io.eventplatform.storage.ViewQuery.Condition;
import io.eventplatform.storage.ViewQuery.Order;
import java.math.BigDecimal;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Turns the query string of a request into a {@link ViewQuery}; the names are those the page on serving lists. */
final class ViewParameters {

    static final String GROUP = "group";
    static final String ORDER = "order";
    static final String LIMIT = "limit";

    /** By the suffix of a column's name. */
    static final Map<String, Comparison> RANGES = ranges();

    private final View view;
    private ViewQuery query;

    private ViewParameters(View view) {
        this.view = view;
        query = ViewQuery.of(view.name());
    }

    /** @param rawQuery what stands after the question mark, still encoded */
    static ViewQuery parse(View view, @Nullable String rawQuery) throws BadParameterException {
        Map<String, List<String>> given = split(rawQuery);
        ViewParameters parameters = new ViewParameters(view);
        // First, since it decides what can be sorted by.
        parameters.take(GROUP, given.remove(GROUP));
        for (Map.Entry<String, List<String>> parameter : given.entrySet()) {
            parameters.take(parameter.getKey(), parameter.getValue());
        }
        return parameters.query;
    }

    private void take(String name, @Nullable List<String> values) throws BadParameterException {
        if (values == null) {
            return;
        }
        Column column = find(name);
        if (column != null) {
            List<Object> any = new ArrayList<>();
            for (String value : values) {
                any.add(parse(name, value, column.type()));
            }
            accept(name, values.get(0), now -> now.withCondition(new Condition.AnyOf(column.name(), any)));
            return;
        }
        String value = single(name, values);
        switch (name) {
            case GROUP -> accept(name, value, now -> now.withGroupBy(list(value)));
            case ORDER -> accept(name, value, now -> now.withOrder(orders(value)));
            case LIMIT -> {
                int limit = limit(value);
                accept(name, value, now -> now.withLimit(limit));
            }
            default -> range(name, value);
        }
    }

    private void range(String name, String value) throws BadParameterException {
        int dot = name.indexOf('.');
        Column column = dot < 0 ? null : find(name.substring(0, dot));
        Comparison comparison = dot < 0 ? null : RANGES.get(name.substring(dot + 1));
        if (column == null || comparison == null) {
            throw new BadParameterException(
                    name,
                    value,
                    "there is no such parameter; there are group, order, limit, and for each column its name, and its name"
                            + " with .gte, .gt, .lte or .lt; columns: " + String.join(", ", names()));
        }
        Object bound = parse(name, value, column.type());
        accept(name, value, now -> now.withCondition(new Condition.Bound(column.name(), comparison, bound)));
    }

    private void accept(String name, String value, UnaryOperator<ViewQuery> change) throws BadParameterException {
        try {
            query = change.apply(query).checkedFor(view);
        } catch (IllegalArgumentException e) {
            throw new BadParameterException(name, value, String.valueOf(e.getMessage()));
        }
    }

    /** A column, unless its name is that of an option. */
    private @Nullable Column find(String name) {
        if (name.equals(GROUP) || name.equals(ORDER) || name.equals(LIMIT)) {
            return null;
        }
        return view.columns().stream()
                .filter(column -> column.name().equals(name))
                .findFirst()
                .orElse(null);
    }

    private List<String> names() {
        return view.columns().stream().map(Column::name).toList();
    }

    private static String single(String name, List<String> values) throws BadParameterException {
        if (values.size() > 1) {
            throw new BadParameterException(name, values.get(1), "it is given " + values.size() + " times, not once");
        }
        return values.get(0);
    }

    private static List<String> list(String value) {
        return value.isEmpty() ? List.of() : Arrays.asList(value.split(",", -1));
    }

    private static List<Order> orders(String value) {
        return list(value).stream()
                .map(text -> text.startsWith("-") ? new Order(text.substring(1), true) : new Order(text, false))
                .toList();
    }

    private static int limit(String value) throws BadParameterException {
        try {
            int limit = Integer.parseInt(value);
            if (limit > 0) {
                return limit;
            }
        } catch (NumberFormatException e) {
            // Told below.
        }
        throw new BadParameterException(LIMIT, value, "a limit is a number from 1 to " + Integer.MAX_VALUE);
    }

    private static Object parse(String name, String value, ColumnType type) throws BadParameterException {
        try {
            return switch (type) {
                case STRING, JSON -> value;
                case LONG -> Long.parseLong(value);
                case DOUBLE -> Double.parseDouble(value);
                case BOOLEAN -> parseBoolean(value);
                case DECIMAL -> new BigDecimal(value);
                case TIMESTAMP -> parseInstant(value);
                case DATE -> LocalDate.parse(value);
            };
        } catch (IllegalArgumentException | DateTimeException e) {
            throw new BadParameterException(name, value, "the value must be " + kind(type));
        }
    }

    private static boolean parseBoolean(String value) {
        return switch (value) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException(value);
        };
    }

    /** A day stands for its beginning. */
    private static Instant parseInstant(String value) {
        return Instant.parse(value.indexOf('T') < 0 ? value + "T00:00:00Z" : value);
    }

    private static String kind(ColumnType type) {
        return switch (type) {
            case STRING, JSON -> "text";
            case LONG -> "a whole number of 64 bits";
            case DOUBLE, DECIMAL -> "a number";
            case BOOLEAN -> "true or false";
            case TIMESTAMP -> "a time such as 2026-01-31T12:00:00Z, or a day such as 2026-01-31";
            case DATE -> "a day such as 2026-01-31";
        };
    }

    private static Map<String, List<String>> split(@Nullable String rawQuery) throws BadParameterException {
        Map<String, List<String>> given = new LinkedHashMap<>();
        if (rawQuery == null || rawQuery.isEmpty()) {
            return given;
        }
        for (String pair : rawQuery.split("&", -1)) {
            int equals = pair.indexOf('=');
            String name = decode(equals < 0 ? pair : pair.substring(0, equals));
            String value = decode(equals < 0 ? "" : pair.substring(equals + 1));
            given.computeIfAbsent(name, key -> new ArrayList<>()).add(value);
        }
        return given;
    }

    private static String decode(String text) throws BadParameterException {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new BadParameterException(text, "", "it is not percent-encoded text");
        }
    }

    private static Map<String, Comparison> ranges() {
        Map<String, Comparison> ranges = new LinkedHashMap<>();
        ranges.put("gte", Comparison.AT_LEAST);
        ranges.put("gt", Comparison.MORE);
        ranges.put("lte", Comparison.AT_MOST);
        ranges.put("lt", Comparison.LESS);
        return ranges;
    }
}
