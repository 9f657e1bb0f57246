package io.eventplatform.examples.quickstart;

import io.eventplatform.event.Event;
import io.eventplatform.processor.sink.TableProjection;
import io.eventplatform.storage.ColumnType;
import java.util.List;

/** The tables of this application: which columns events keep. The personal e-mail address is not among them. */
final class Tables {

    /** The column with the time of the event, in each of them. */
    static final String TIMESTAMP = "timestamp";

    static final TableProjection<UserSignup> USER_SIGNUPS = table("user_signups", UserSignup.class)
            .column("user_id", ColumnType.STRING, event -> event.payload().userId())
            .column("plan", ColumnType.STRING, event -> event.payload().plan())
            .optionalColumn("company", ColumnType.STRING, Profiles::companyOf);

    static final TableProjection<PageView> PAGE_VIEWS = table("page_views", PageView.class)
            .column("user_id", ColumnType.STRING, event -> event.payload().userId())
            .column("page", ColumnType.STRING, event -> event.payload().page())
            .optionalColumn("referrer", ColumnType.STRING, event -> event.payload()
                    .referrer()
                    .orElse(null));

    static final TableProjection<Purchase> PURCHASES = table("purchases", Purchase.class)
            .column("user_id", ColumnType.STRING, event -> event.payload().userId())
            .column("order_id", ColumnType.STRING, event -> event.payload().orderId())
            .column("amount", ColumnType.DECIMAL, event -> event.payload().amount())
            .column("currency", ColumnType.STRING, event -> event.payload()
                    .currency()
                    .name())
            .column("plan", ColumnType.STRING, Profiles::planOf);

    static final TableProjection<EarthquakeReported> EARTHQUAKES = table("earthquakes", EarthquakeReported.class)
            .column("network", ColumnType.STRING, event -> event.payload().network())
            .column("place", ColumnType.STRING, event -> event.payload().place())
            .column("longitude", ColumnType.DOUBLE, event -> event.payload().longitude())
            .column("latitude", ColumnType.DOUBLE, event -> event.payload().latitude())
            .column("depth_km", ColumnType.DOUBLE, event -> event.payload().depthKm())
            .optionalColumn("magnitude", ColumnType.DOUBLE, event -> event.payload()
                    .magnitude()
                    .orElse(null))
            .column("reported_at", ColumnType.TIMESTAMP, event -> event.payload()
                    .reportedAt());

    private Tables() {}

    static List<TableProjection<?>> all() {
        return List.of(USER_SIGNUPS, PAGE_VIEWS, PURCHASES, EARTHQUAKES);
    }

    private static <T extends Record> TableProjection<T> table(String name, Class<T> type) {
        return TableProjection.append(name, type)
                .column("event_id", ColumnType.STRING, Event::id)
                .column(TIMESTAMP, ColumnType.TIMESTAMP, Event::timestamp)
                .column("processed_at", ColumnType.TIMESTAMP, event -> event.processedAt()
                        .orElseThrow());
    }
}
