package io.eventplatform.serving.internal;

import io.eventplatform.storage.Column;
import io.eventplatform.storage.ColumnType;
import io.eventplatform.storage.View;
import io.eventplatform.storage.ViewQuery;
import io.eventplatform.storage.ViewQuery.Order;
import java.util.List;
import java.util.stream.Stream;

/** The part of a view that a page shows: the newest rows if they have a time, else those with most of the first measure. */
final class Overview {

    /** More than a page shows, and little enough to send every second. */
    static final int ROWS = 200;

    private Overview() {}

    static ViewQuery of(View view) {
        Stream<Column> times = view.groupColumns().stream()
                .filter(column -> column.type() == ColumnType.DATE || column.type() == ColumnType.TIMESTAMP);
        Stream<Column> measures = view.columns().stream()
                .skip(view.groupColumns().size())
                .filter(column -> column.type() != ColumnType.JSON);
        List<Order> order = Stream.concat(times, measures)
                .limit(1)
                .map(column -> new Order(column.name(), true))
                .toList();
        return ViewQuery.of(view.name()).withOrder(order).withLimit(ROWS);
    }
}
