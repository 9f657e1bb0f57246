package io.eventplatform.processor.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.eventplatform.contract.EventContract;
import io.eventplatform.contract.EventKey;

/**
 * What a deed or its alarm leads to.
 *
 * @param count the how manieth of its actor it is, deeds and alarms together
 */
@EventContract(type = "tally", version = 1)
record Tally(@EventKey String actor, long count) {

    private static final String COUNT = "\"count\":";

    /** The count in a body; thousands of schedules would wait for the codec. */
    static long countIn(byte[] body) {
        String json = new String(body, UTF_8);
        int begin = json.indexOf(COUNT) + COUNT.length();
        int end = begin;
        while (Character.isDigit(json.charAt(end))) {
            end++;
        }
        return Long.parseLong(json, begin, end, 10);
    }
}
