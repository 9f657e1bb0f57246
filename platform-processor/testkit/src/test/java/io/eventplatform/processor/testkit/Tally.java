package io.eventplatform.processor.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.eventplatform.contract.EventContract;
import io.eventplatform.contract.EventKey;

/**
 * What a deed or its alarm leads to.
 *
 * @param count the how manieth of its actor it is, deeds and alarms together
 * @param token the fencing token of the owner who did it
 */
@EventContract(type = "tally", version = 1)
record Tally(@EventKey String actor, long count, long token) {

    static long countIn(byte[] body) {
        return numberIn(body, "\"count\":");
    }

    static long tokenIn(byte[] body) {
        return numberIn(body, "\"token\":");
    }

    /** Thousands of schedules would wait for the codec. */
    private static long numberIn(byte[] body, String name) {
        String json = new String(body, UTF_8);
        int begin = json.indexOf(name) + name.length();
        int end = begin;
        while (Character.isDigit(json.charAt(end))) {
            end++;
        }
        return Long.parseLong(json, begin, end, 10);
    }
}
