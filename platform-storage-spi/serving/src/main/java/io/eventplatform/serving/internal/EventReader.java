package io.eventplatform.serving.internal;

import io.eventplatform.storage.Catalog;
import io.eventplatform.storage.StoreException;
import io.eventplatform.storage.View;
import io.eventplatform.storage.ViewQuery;
import io.eventplatform.storage.ViewResult;
import io.eventplatform.telemetry.PlatformStatus;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import tools.jackson.core.JsonGenerator;

/** Reads what streams tell: a view or the status, as the text of one server-sent event. */
public final class EventReader {

    private final Catalog catalog;
    private final Optional<Supplier<PlatformStatus>> status;
    private final FailureLog failures = new FailureLog(System::nanoTime);

    public EventReader(Catalog catalog, Optional<Supplier<PlatformStatus>> status) {
        this.catalog = catalog;
        this.status = status;
    }

    /** All views, each as {@link Overview} cuts it, and the status if there is one. */
    List<Topic> everything() {
        List<Topic> topics = new ArrayList<>();
        status.ifPresent(supplier -> topics.add(new Topic.OfStatus(supplier)));
        for (View view : catalog.views()) {
            topics.add(new Topic.OfView(Overview.of(view)));
        }
        return topics;
    }

    /** The event; one named {@code unavailable} if there is nothing to tell for now. */
    String read(Topic topic) {
        try {
            if (topic instanceof Topic.OfView ofView) {
                ViewResult result = catalog.read(ofView.query());
                return event("view", json -> ViewJson.write(json, result));
            }
            PlatformStatus now = ((Topic.OfStatus) topic).supplier().get();
            return event("status", json -> StatusJson.write(json, now));
        } catch (RuntimeException e) {
            failures.add(topic.name(), e);
            return unavailable(topic.name(), e);
        }
    }

    private static String unavailable(String name, RuntimeException failure) {
        return event("unavailable", json -> {
            json.writeStartObject();
            json.writeStringProperty("name", name);
            json.writeStringProperty("error", failure instanceof StoreException ? "store_unavailable" : "internal");
            json.writeStringProperty("message", "it could not be read; the log of the server says why");
            json.writeEndObject();
        });
    }

    private static String event(String type, Consumer<JsonGenerator> body) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = ViewJson.MAPPER.createGenerator(text)) {
            body.accept(json);
        }
        StringBuilder event = new StringBuilder("event: ").append(type).append('\n');
        // JSON columns are sent as they are and may span lines.
        text.toString()
                .lines()
                .forEach(line -> event.append("data: ").append(line).append('\n'));
        return event.append('\n').toString();
    }

    /** What a stream follows; equal ones are read once for all streams. */
    sealed interface Topic {

        /** Of the view, or {@code status}. */
        String name();

        record OfView(ViewQuery query) implements Topic {
            @Override
            public String name() {
                return query.view();
            }
        }

        record OfStatus(Supplier<PlatformStatus> supplier) implements Topic {
            @Override
            public String name() {
                return "status";
            }
        }
    }
}
