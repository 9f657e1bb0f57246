package io.eventplatform.processor;

import io.eventplatform.contract.EventContract;
import io.eventplatform.contract.EventKey;
import io.eventplatform.contract.Pii;
import java.util.Optional;

/** The event of most tests. */
@EventContract(type = "order_placed", version = 1)
public record OrderPlaced(
        @EventKey String customer, long amount, @Pii Optional<String> email) {

    /** Its wire form, as a foreign producer would write it. */
    public static String json(String eventId, String customer, long amount) {
        return json(eventId, customer, amount, "2026-01-01T00:00:00Z");
    }

    public static String json(String eventId, String customer, long amount, String timestamp) {
        return "{\"event_id\":\"" + eventId + "\",\"event_type\":\"order_placed\",\"schema_version\":\"v1\","
                + "\"timestamp\":\"" + timestamp + "\",\"customer\":\"" + customer + "\",\"amount\":" + amount + "}";
    }
}
