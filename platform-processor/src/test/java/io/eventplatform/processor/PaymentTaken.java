package io.eventplatform.processor;

import io.eventplatform.contract.EventContract;
import io.eventplatform.contract.EventKey;
import java.math.BigDecimal;
import java.util.Optional;

/** An event with an exact amount, whose key is not the one who pays. */
@EventContract(type = "payment_taken", version = 1)
public record PaymentTaken(@EventKey String till, String currency, Optional<String> payer, BigDecimal amount) {

    /** Its wire form, as a foreign producer would write it; an empty payer is left out. */
    public static String json(String eventId, String till, String currency, String payer, String amount) {
        return "{\"event_id\":\"" + eventId + "\",\"event_type\":\"payment_taken\",\"schema_version\":\"v1\","
                + "\"timestamp\":\"2026-01-01T00:00:00Z\",\"till\":\"" + till + "\",\"currency\":\"" + currency + "\","
                + (payer.isEmpty() ? "" : "\"payer\":\"" + payer + "\",") + "\"amount\":\"" + amount + "\"}";
    }
}
