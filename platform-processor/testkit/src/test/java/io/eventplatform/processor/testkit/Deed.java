package io.eventplatform.processor.testkit;

import io.eventplatform.contract.EventContract;
import io.eventplatform.contract.EventKey;

/**
 * An event that says what its processing is to be like.
 *
 * @param fails at how many attempts it fails before it succeeds, and then its alarm
 * @param outputs how many events it forwards
 * @param alarm in how many seconds of event time a timer of its goes off; 0 if it sets none
 */
@EventContract(type = "deed", version = 1)
record Deed(@EventKey String actor, long fails, long outputs, long alarm) {

    static String json(String id, Deed deed, String timestamp) {
        return "{\"event_id\":\"" + id + "\",\"event_type\":\"deed\",\"schema_version\":\"v1\",\"timestamp\":\""
                + timestamp + "\",\"actor\":\"" + deed.actor + "\",\"fails\":" + deed.fails + ",\"outputs\":"
                + deed.outputs + ",\"alarm\":" + deed.alarm + "}";
    }

    /** Of each deed its own; it says how often the alarm fails. */
    String alarmName(String id) {
        return id + "/" + fails;
    }
}
