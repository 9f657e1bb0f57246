package io.eventplatform.producer.internal;

import io.eventplatform.codec.EncodedEvent;
import io.eventplatform.codec.EventCodec;
import io.eventplatform.contract.InvalidEventException;
import io.eventplatform.event.Envelope;
import io.eventplatform.event.Event;
import io.eventplatform.kafka.internal.KafkaHeaders;
import io.eventplatform.producer.CloseReport;
import io.eventplatform.producer.SendException;
import io.eventplatform.producer.SendReceipt;
import io.eventplatform.telemetry.internal.MessagingSpans;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;

/**
 * Takes events from the threads that send to Kafka's client, and its answers back to their stages.
 *
 * <p>An event passes three threads. The <em>sending</em> thread encodes it, takes room in {@link Admission} and
 * gives it to Kafka's client. Kafka's <em>I/O</em> thread reports the outcome: it is counted, the span ends,
 * and the bytes are given back, for the client has let go of them. The <em>completion</em> thread gives back
 * the event's place and completes the stage, which runs the user's callbacks; so a slow callback holds
 * senders back instead of filling memory. The completion thread itself never waits for room: it alone makes some.
 *
 * <p>Kafka's client answers within its delivery timeout, except while it cannot get a producer id: then it expires
 * nothing. So {@link Deadlines} completes the stages that it leaves open. The bytes of such an event stay taken for as
 * long as the client holds them.
 */
public final class Delivery {

    private final DeliverySettings settings;
    private final EventCodec codec;
    private final MessagingSpans spans;
    private final SendFailures failures;
    private final Producer<byte[], byte[]> kafka;
    private final long maxRequestBytes;
    private final Admission admission;
    private final Completions completions;
    private final Deadlines deadlines;
    private final Flusher flusher;
    private final Shutdown shutdown;
    private final Tally tally = new Tally();
    private final FailureLog failureLog = new FailureLog();

    private Delivery(DeliverySettings settings, ProducerClient client) {
        this.settings = settings;
        // How large an event may be is decided here, with its headers, and not by the codec.
        this.codec = EventCodec.of(settings.contracts()).withMaxBodyBytes(Integer.MAX_VALUE);
        this.spans = MessagingSpans.of(settings.telemetry(), "io.eventplatform.producer");
        this.failures = new SendFailures(settings);
        this.kafka = client.kafka();
        this.maxRequestBytes = client.maxRequestBytes();
        this.admission = new Admission(settings.maxInFlightBytes(), settings.maxInFlightEvents());
        this.completions = new Completions("event-producer-" + settings.topic() + "-completions");
        this.deadlines = new Deadlines(settings.deliveryDeadline());
        this.flusher = new Flusher(kafka, "event-producer-" + settings.topic() + "-flush");
        this.shutdown = new Shutdown(kafka, admission, completions, tally);
    }

    /** Connects to Kafka; see {@code EventProducer.Builder.build}. */
    public static Delivery start(DeliverySettings settings) {
        Delivery delivery = new Delivery(settings, ProducerClient.start(settings));
        delivery.deadlines.watch(delivery.shutdown::ended);
        return delivery;
    }

    public CompletionStage<SendReceipt> send(Event<?> event) {
        String eventId = event.id();
        if (shutdown.begun()) {
            return failureLog.failed(failures.closed(eventId, null));
        }
        Envelope envelope = event.envelope();
        if (settings.contracts()
                .find(envelope.eventType(), envelope.schemaVersion())
                .isEmpty()) {
            return failureLog.failed(failures.undeclared(envelope));
        }
        EncodedEvent encoded;
        try {
            encoded = codec.encode(event);
        } catch (InvalidEventException e) {
            return failureLog.failed(failures.invalid(eventId, e));
        }
        Span span = spans.startSend(settings.topic(), envelope, Context.current(), encoded.headers());
        Map<String, byte[]> headers = withTraceOf(span, encoded.headers());
        long bytes = RecordSize.of(encoded, headers);
        @Nullable SendException refusal = admit(eventId, bytes);
        if (refusal != null) {
            spans.fail(span, refusal);
            return failureLog.failed(refusal);
        }
        return handOver(encoded, headers, new InFlight(eventId, bytes, span));
    }

    private Map<String, byte[]> withTraceOf(Span span, Map<String, byte[]> headers) {
        Map<String, byte[]> trace = spans.inject(Context.current().with(span));
        if (trace.isEmpty()) {
            return headers;
        }
        Map<String, byte[]> all = new LinkedHashMap<>(headers);
        all.putAll(trace);
        return all;
    }

    /** Null if there is room, which is then taken. */
    private @Nullable SendException admit(String eventId, long bytes) {
        if (bytes > maxRequestBytes) {
            return failures.tooLarge(eventId, bytes, maxRequestBytes, "max.request.size");
        }
        if (bytes > settings.maxInFlightBytes()) {
            return failures.tooLarge(eventId, bytes, settings.maxInFlightBytes(), "maxInFlightBytes");
        }
        long maxWaitNanos = completions.isCurrentThread()
                ? 0
                : settings.whenFull().maxWait().toNanos();
        return switch (admission.enter(bytes, maxWaitNanos)) {
            case ADMITTED -> null;
            case FULL -> failures.full(eventId, bytes, admission.events(), admission.bytes(), maxWaitNanos > 0);
            case INTERRUPTED -> failures.interrupted(eventId, null);
            case CLOSED -> failures.closed(eventId, null);
        };
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the callback hears every outcome
    private CompletionStage<SendReceipt> handOver(
            EncodedEvent encoded, Map<String, byte[]> headers, InFlight inFlight) {
        // Without a timestamp Kafka takes the time of produce: retention must not follow the event's own time.
        @Nullable Long timestamp = null;
        @Nullable Integer byKey = null;
        deadlines.add(inFlight);
        try {
            kafka.send(
                    new ProducerRecord<>(
                            settings.topic(),
                            byKey,
                            timestamp,
                            encoded.key(),
                            encoded.value(),
                            KafkaHeaders.fromMap(headers)),
                    inFlight);
        } catch (RuntimeException e) {
            inFlight.notTakenOver(e);
        }
        return inFlight.stage();
    }

    /** See {@code EventProducer.flush}. */
    public void flush() {
        try {
            flusher.begin();
            deadlines.awaitAllSettled();
            completions.awaitAllSoFar();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw (CancellationException) new CancellationException("Interrupted while flushing " + settings.topic()
                            + "; the events are still being delivered.")
                    .initCause(e);
        }
    }

    public int inFlightEvents() {
        return admission.events();
    }

    public long inFlightBytes() {
        return admission.bytes();
    }

    /** See {@code EventProducer.close}. */
    public CloseReport close(Duration drain) {
        CloseReport report = shutdown.run(drain);
        failureLog.end();
        return report;
    }

    /** One event between admission and completion; also the callback that Kafka's client runs with its outcome. */
    private final class InFlight implements Callback, Deadlines.Waiting {

        private final String eventId;
        private final long bytes;
        private final Span span;
        private final CompletableFuture<SendReceipt> result = new CompletableFuture<>();
        private final Thread sender = Thread.currentThread();
        private final long sinceNanos = System.nanoTime();
        private final AtomicBoolean settled = new AtomicBoolean();

        private InFlight(String eventId, long bytes, Span span) {
            this.eventId = eventId;
            this.bytes = bytes;
            this.span = span;
        }

        /** Not the future itself, which a caller could complete. */
        CompletionStage<SendReceipt> stage() {
            return result.minimalCompletionStage();
        }

        @Override
        public void onCompletion(@Nullable RecordMetadata position, @Nullable Exception failure) {
            if (failure != null && Thread.currentThread() == sender) {
                // Kafka's client reports what fails before it queues an event on the sending thread.
                notTakenOver(failure);
                return;
            }
            deadlines.remove(this);
            admission.leave(bytes, 0);
            if (settled.compareAndSet(false, true)) {
                settle(position, failure);
            }
        }

        void notTakenOver(Exception failure) {
            if (settled.compareAndSet(false, true)) {
                deadlines.remove(this);
                SendException meaning = failures.notTakenOver(eventId, bytes, failure, shutdown.begun());
                spans.fail(span, meaning);
                admission.leave(bytes, 1);
                failureLog.tell(meaning);
                result.completeExceptionally(meaning);
            }
        }

        @Override
        public boolean isSettled() {
            return settled.get();
        }

        @Override
        public long sinceNanos() {
            return sinceNanos;
        }

        @Override
        public void overdue() {
            if (settled.compareAndSet(false, true)) {
                tally.countFailed();
                fail(failures.unanswered(eventId));
            }
        }

        private void settle(@Nullable RecordMetadata position, @Nullable Exception failure) {
            if (failure != null && shutdown.explains(failure)) {
                tally.countAbandoned();
                fail(failures.abandoned(eventId, failure));
            } else if (failure != null) {
                tally.countFailed();
                fail(failures.notAcknowledged(eventId, bytes, failure));
            } else if (position == null || !position.hasOffset()) {
                tally.countSent();
                fail(failures.writtenSomewhere(eventId));
            } else {
                tally.countSent();
                succeed(new SendReceipt(
                        eventId,
                        position.topic(),
                        position.partition(),
                        position.offset(),
                        Instant.ofEpochMilli(position.timestamp())));
            }
        }

        private void succeed(SendReceipt receipt) {
            spans.end(span, receipt.partition(), receipt.offset());
            finish(() -> result.complete(receipt));
        }

        private void fail(SendException meaning) {
            spans.fail(span, meaning);
            failureLog.tell(meaning);
            finish(() -> result.completeExceptionally(meaning));
        }

        private void finish(Runnable completion) {
            completions.execute(() -> {
                admission.leave(0, 1);
                completion.run();
            });
        }
    }
}
