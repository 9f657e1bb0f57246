package io.eventplatform.kafka.testkit;

import static java.util.Objects.requireNonNull;

import io.eventplatform.kafka.testkit.FaultRule.Effect;
import java.time.Duration;
import java.util.Set;

/**
 * Places faults between clients and their broker: {@link FaultProxy} those of all clients, {@link FaultProxy#clients}
 * those of some.
 *
 * <p>A fault works from the return of its method until {@link Fault#end}, {@link #restore} or its last strike, on
 * connections that are open as well as on new ones. Several faults may work at the same time. Thread-safe.
 */
public sealed class Faults permits FaultProxy {

    private final Traffic traffic;
    private final String clientIdPrefix;

    Faults(Traffic traffic, String clientIdPrefix) {
        this.traffic = traffic;
        this.clientIdPrefix = clientIdPrefix;
    }

    /**
     * Breaks all connections and closes new ones, as if the broker were gone.
     *
     * <p>When this returns, nothing more arrives at the broker; what arrived before may still be carried out. A client
     * selected by its id can open a connection, which is closed as soon as its first request tells the id.
     */
    public final Fault cut() {
        return traffic.place(FaultRule.cut(clientIdPrefix));
    }

    /** Ends every fault that works on these clients alone; on the proxy itself, every fault. */
    public final void restore() {
        traffic.restore(clientIdPrefix);
    }

    /**
     * Lets each response reach its client no sooner than this after its request passed; with hours, in effect never.
     *
     * <p>A connection delivers its responses in order, so those behind a held one wait too.
     *
     * @param delay more than zero
     */
    public final Fault delay(Duration delay) {
        return delay(delay, new ApiKind[0]);
    }

    /**
     * Like {@link #delay(Duration)}, for the responses to requests of these kinds.
     *
     * @param kinds all, if there are none
     */
    public final Fault delay(Duration delay, ApiKind... kinds) {
        return traffic.place(FaultRule.delay(clientIdPrefix, requireNonNull(delay, "delay"), Set.of(kinds)));
    }

    /**
     * Swallows requests of these kinds: they never arrive.
     *
     * <p>The connection then delivers the responses to the requests before and is closed, so that the client need not
     * wait for its time-out to learn that something is wrong, and tries again.
     *
     * @param kinds at least one
     */
    public final Fault dropRequests(ApiKind... kinds) {
        return drop(Effect.DROP_REQUEST, Set.of(kinds), FaultRule.UNLIMITED);
    }

    /**
     * Like {@link #dropRequests(ApiKind...)}, but ends after so many.
     *
     * @param times at least 1
     */
    public final Fault dropRequests(ApiKind kind, int times) {
        return drop(Effect.DROP_REQUEST, Set.of(kind), times);
    }

    /**
     * Swallows responses to requests of these kinds: the broker carries the request out, and the client cannot know.
     *
     * <p>In place of the response the connection is closed. Requests on it that were sent after the one are in the same
     * position: some were carried out, and none is answered. A client repeats what it can; to let a call end with an
     * unknown outcome, drop responses until its time is over. To leave the client waiting on an open connection instead,
     * {@linkplain #delay(Duration, ApiKind...) delay} the response by hours.
     *
     * @param kinds at least one
     */
    public final Fault dropResponses(ApiKind... kinds) {
        return drop(Effect.DROP_RESPONSE, Set.of(kinds), FaultRule.UNLIMITED);
    }

    /**
     * Like {@link #dropResponses(ApiKind...)}, but ends after so many.
     *
     * @param times at least 1
     */
    public final Fault dropResponses(ApiKind kind, int times) {
        return drop(Effect.DROP_RESPONSE, Set.of(kind), times);
    }

    private Fault drop(Effect effect, Set<ApiKind> kinds, long times) {
        return traffic.place(FaultRule.drop(effect, clientIdPrefix, kinds, times));
    }
}
