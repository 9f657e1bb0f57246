package io.eventplatform.kafka.testkit;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * What a fault does, to whom and how often.
 *
 * @param kinds empty for all
 * @param delay zero unless the effect is a delay
 */
record FaultRule(Effect effect, String clientIdPrefix, Set<ApiKind> kinds, Duration delay, long times) {

    static final long UNLIMITED = Long.MAX_VALUE;

    /** Named as the methods that ask for them. */
    enum Effect {
        CUT("cut"),
        DELAY("delay"),
        DROP_REQUEST("dropRequests"),
        DROP_RESPONSE("dropResponses");

        private final String method;

        Effect(String method) {
            this.method = method;
        }
    }

    FaultRule {
        kinds = Set.copyOf(kinds);
        if (times < 1) {
            throw new IllegalArgumentException("times must be at least 1 but was " + times);
        }
    }

    static FaultRule cut(String clientIdPrefix) {
        return new FaultRule(Effect.CUT, clientIdPrefix, Set.of(), Duration.ZERO, UNLIMITED);
    }

    static FaultRule delay(String clientIdPrefix, Duration delay, Set<ApiKind> kinds) {
        if (delay.isNegative() || delay.isZero()) {
            throw new IllegalArgumentException("delay must be positive but was " + delay);
        }
        return new FaultRule(Effect.DELAY, clientIdPrefix, kinds, delay, UNLIMITED);
    }

    static FaultRule drop(Effect effect, String clientIdPrefix, Set<ApiKind> kinds, long times) {
        if (kinds.isEmpty()) {
            throw new IllegalArgumentException("kinds must not be empty; to drop everything use cut()");
        }
        return new FaultRule(effect, clientIdPrefix, kinds, Duration.ZERO, times);
    }

    boolean concerns(String clientId) {
        return clientId.startsWith(clientIdPrefix);
    }

    boolean concerns(RequestHead request) {
        return (kinds.isEmpty() || ApiKind.hasId(kinds, request.kind())) && concerns(request.clientId());
    }

    long delayNanos() {
        return TimeUnit.NANOSECONDS.convert(delay);
    }

    /** For messages, such as {@code dropResponses of [END_TXN] on clients worker-1…}. */
    String describe() {
        return effect.method
                + (kinds.isEmpty() ? "" : " of " + kinds)
                + (clientIdPrefix.isEmpty() ? "" : " on clients " + clientIdPrefix + "…");
    }
}
