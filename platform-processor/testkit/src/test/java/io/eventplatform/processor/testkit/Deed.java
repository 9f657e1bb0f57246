package io.eventplatform.processor.testkit;

import io.eventplatform.contract.EventContract;
import io.eventplatform.contract.EventKey;
import io.eventplatform.processor.Processor;

/**
 * An event that says what its processing is to be like.
 *
 * @param fails at how many attempts it fails before it succeeds
 * @param outputs how many events it forwards
 */
@EventContract(type = "deed", version = 1)
record Deed(@EventKey String actor, long fails, long outputs) {

    static String json(String id, String actor, long fails, long outputs, String timestamp) {
        return "{\"event_id\":\"" + id + "\",\"event_type\":\"deed\",\"schema_version\":\"v1\",\"timestamp\":\""
                + timestamp + "\",\"actor\":\"" + actor + "\",\"fails\":" + fails + ",\"outputs\":" + outputs + "}";
    }

    /** Forwards first and fails then, so that what a failed record has forwarded is there to be dropped. */
    static Processor<Record, Record> doing() {
        return (event, context) -> {
            Deed deed = (Deed) event.payload();
            for (int i = 0; i < deed.outputs(); i++) {
                context.forward(event);
            }
            if (context.attempt() <= deed.fails()) {
                throw new IllegalStateException("attempt " + context.attempt() + " is to fail");
            }
        };
    }
}
