package io.eventplatform.processor.internal;

import io.eventplatform.codec.EncodedEvent;
import io.eventplatform.codec.EventCodec;
import io.eventplatform.contract.InvalidEventException;
import io.eventplatform.event.Envelope;
import io.eventplatform.event.Event;
import io.eventplatform.kafka.internal.KafkaHeaders;
import io.eventplatform.processor.RetryPolicy;
import io.eventplatform.processor.internal.Fingerprints.Fingerprint;
import io.eventplatform.processor.internal.StageGraph.InvalidOutputException;
import io.eventplatform.processor.internal.StageGraph.StageException;
import io.eventplatform.telemetry.MdcKeys;
import io.eventplatform.telemetry.internal.MessagingSpans;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Scope;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Runs one record: envelope, dedup, body, handler. The one place that decides what a failure means:
 *
 * <pre>
 * breaks its contract                  dead letter, at once
 * an output invalid or too large       dead letter, at once
 * a value its column does not take     dead letter, at once
 * any other exception                  tried again, then dead letter
 * a pipeline that is built wrong       the runner stops
 * VirtualMachineError                  the runner stops
 * any other Error                      as an exception
 * </pre>
 *
 * Not final: tests plant defects here.
 */
class RecordRunner {

    private static final Logger LOG = LoggerFactory.getLogger(RecordRunner.class);

    private static final Instant EARLIEST = Instant.parse("0000-01-01T00:00:00Z");
    private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

    private final EventCodec codec;
    private final DeadLetters deadLetters;
    private final RetryPolicy retryPolicy;
    private final MessagingSpans spans;
    private final InstantSource clock;
    private final String group;
    private final OutputFinish outputs;
    private final long maxSkewMillis;
    private final BooleanSupplier closing;
    private final DeadLetterLog log;
    private String lastFailed = "";

    /**
     * @param maxSkew how far the time of an event may lie ahead of the wall clock and still count
     * @param closing whether the worker was asked to stop
     */
    RecordRunner(
            EventCodec codec,
            DeadLetters deadLetters,
            RetryPolicy retryPolicy,
            MessagingSpans spans,
            InstantSource clock,
            Uptime uptime,
            String group,
            OutputFinish outputs,
            Duration maxSkew,
            BooleanSupplier closing) {
        this.codec = codec;
        this.deadLetters = deadLetters;
        this.retryPolicy = retryPolicy;
        this.spans = spans;
        this.clock = clock;
        this.group = group;
        this.outputs = outputs;
        this.maxSkewMillis = maxSkew.toMillis();
        this.closing = closing;
        this.log = new DeadLetterLog(uptime);
    }

    /** Whose code failed last. */
    String lastFailed() {
        return lastFailed;
    }

    /** What the record leads to, or null if it failed and is to be tried again. */
    @Nullable
    Effects run(
            ConsumerRecord<byte[], byte[]> record,
            int attempt,
            EventHandler handler,
            @Nullable DedupIndex dedup,
            Unit.Opener units) {
        Effects effects = Effects.of(record);
        Event<?> event;
        Map<String, byte[]> headers = KafkaHeaders.toMap(record.headers());
        try {
            event = codec.decode(new EncodedEvent(record.key(), body(record), headers));
        } catch (InvalidEventException e) {
            dead(effects, e.reason().code(), describe(e), null, attempt);
            return effects;
        } catch (RuntimeException e) { // never expected, but a record must not stop its partition for good
            dead(effects, "processing.failed", DeadLetters.describe(e), null, attempt);
            return effects;
        }
        return run(record, headers, event, attempt, handler, dedup, units, effects);
    }

    private @Nullable Effects run(
            ConsumerRecord<byte[], byte[]> record,
            Map<String, byte[]> headers,
            Event<?> event,
            int attempt,
            EventHandler handler,
            @Nullable DedupIndex dedup,
            Unit.Opener units,
            Effects effects) {
        Fingerprint id = dedup == null ? null : dedup.fingerprint(event.id());
        if (dedup != null && id != null && dedup.contains(id)) {
            effects.duplicate();
            return effects;
        }
        long now = clock.millis();
        effects.at(Math.min(millis(event.timestamp()), now + maxSkewMillis));
        Unit unit = units.open(effects, attempt);
        if (!process(record, headers, event, unit, handler, dedup != null)) {
            return null;
        }
        if (dedup != null && id != null && effects.outcome() == Effects.Outcome.PROCESSED) {
            dedup.add(id, millis(event.timestamp()), now);
        }
        return effects;
    }

    /** Whether the record is done, successfully or as a dead letter. */
    private boolean process(
            ConsumerRecord<byte[], byte[]> record,
            Map<String, byte[]> headers,
            Event<?> event,
            Unit unit,
            EventHandler handler,
            boolean deduplicates) {
        Effects effects = unit.effects();
        Span span = spans.startProcess(
                record.topic(), record.partition(), record.offset(), group, event.envelope(), headers);
        putMdc(record, event.envelope());
        try (Scope ignored = span.makeCurrent()) {
            if (deduplicates || handler.reads(event.type())) {
                event.payload(); // a body that breaks its contract must not reach a processor, nor its id the window
            }
            handler.handle(event, unit);
            outputs.finish(effects);
            spans.end(span);
            return true;
        } catch (VirtualMachineError e) {
            spans.fail(span, e);
            throw e;
        } catch (Throwable e) {
            Throwable cause = e instanceof StageException && e.getCause() != null ? e.getCause() : e;
            String stage = e instanceof StageException failed ? failed.stage() : null;
            spans.fail(span, cause);
            return giveUp(unit.attempt(), cause, stage, effects);
        } finally {
            clearMdc();
        }
    }

    private boolean giveUp(int attempt, Throwable cause, @Nullable String stage, Effects effects) {
        if (cause instanceof StoppedException misbuilt) {
            throw misbuilt;
        }
        if (cause instanceof InvalidEventException invalid) {
            dead(effects, invalid.reason().code(), describe(invalid), stage, attempt);
            return true;
        }
        if (cause instanceof UnfitValueException unfit) {
            dead(effects, unfit.reason(), String.valueOf(unfit.getMessage()), stage, attempt);
            return true;
        }
        if (cause instanceof InvalidOutputException invalid) {
            dead(effects, "output.invalid", String.valueOf(invalid.getMessage()), stage, attempt);
            return true;
        }
        String detail = DeadLetters.describe(cause);
        lastFailed = stage == null ? "the handler" : "stage " + stage;
        if (closing.getAsBoolean()) {
            return false; // an interrupt may be the cause, so it is not final: the next run tries again
        }
        if (attempt >= retryPolicy.maxAttempts()) {
            dead(effects, "processing.failed", detail, stage, attempt);
            return true;
        }
        LOG.warn(
                "{} failed in {}, attempt {} of {}: {}",
                effects.position(),
                lastFailed,
                attempt,
                retryPolicy.maxAttempts(),
                detail);
        return false;
    }

    private void dead(Effects effects, String reason, String detail, @Nullable String stage, int attempt) {
        effects.deadLetter(deadLetters.of(effects.record(), reason, detail, stage, attempt));
        log.deadLetter(effects.position(), reason, detail);
    }

    /** Milliseconds since 1970; instants that do not fit are taken to the nearest that does. */
    private static long millis(Instant time) {
        if (time.isAfter(LATEST)) {
            return LATEST.toEpochMilli();
        }
        return time.isBefore(EARLIEST) ? EARLIEST.toEpochMilli() : time.toEpochMilli();
    }

    private static byte[] body(ConsumerRecord<byte[], byte[]> record) {
        return record.value() == null ? new byte[0] : record.value();
    }

    private static String describe(InvalidEventException e) {
        return e.getMessage() == null ? e.reason().code() : e.getMessage();
    }

    private static void putMdc(ConsumerRecord<byte[], byte[]> record, Envelope event) {
        MDC.put(MdcKeys.EVENT_ID, event.eventId());
        MDC.put(MdcKeys.EVENT_TYPE, event.eventType());
        if (event.correlationId() != null) {
            MDC.put(MdcKeys.CORRELATION_ID, event.correlationId());
        }
        MDC.put(MdcKeys.TOPIC, record.topic());
        MDC.put(MdcKeys.PARTITION, Integer.toString(record.partition()));
        MDC.put(MdcKeys.OFFSET, Long.toString(record.offset()));
    }

    private static void clearMdc() {
        MDC.remove(MdcKeys.EVENT_ID);
        MDC.remove(MdcKeys.EVENT_TYPE);
        MDC.remove(MdcKeys.CORRELATION_ID);
        MDC.remove(MdcKeys.TOPIC);
        MDC.remove(MdcKeys.PARTITION);
        MDC.remove(MdcKeys.OFFSET);
    }
}
