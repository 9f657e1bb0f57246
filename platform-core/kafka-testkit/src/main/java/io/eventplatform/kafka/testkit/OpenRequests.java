package io.eventplatform.kafka.testkit;

import java.net.ProtocolException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The requests of one connection that were passed on and not answered yet.
 *
 * <p>A broker answers the requests of a connection in their order, and some it does not answer at all ({@code acks=0}).
 * So an answer to one of them says that those before it will get none.
 */
final class OpenRequests {

    private final Deque<OpenRequest> inOrder = new ArrayDeque<>();
    private boolean complete;

    record OpenRequest(RequestHead head, long passedNanos) {}

    synchronized void add(RequestHead head) {
        inOrder.add(new OpenRequest(head, System.nanoTime()));
    }

    /**
     * The request that this id answers; it stays open until it is removed.
     *
     * @throws ProtocolException if there is none
     */
    synchronized OpenRequest answeredBy(int correlationId) throws ProtocolException {
        for (OpenRequest request : inOrder) {
            if (request.head.correlationId() == correlationId) {
                return request;
            }
        }
        throw new ProtocolException("No request has the correlation id " + correlationId + " of a response");
    }

    /** Removes this request, and those before it with it. */
    synchronized void remove(int correlationId) {
        while (inOrder.remove().head.correlationId() != correlationId) {
            // One that gets no answer.
        }
    }

    /** No request will be added any more. */
    synchronized void complete() {
        complete = true;
    }

    synchronized boolean allAnswered() {
        return complete && inOrder.isEmpty();
    }
}
