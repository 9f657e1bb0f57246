package io.eventplatform.codec;

import static io.eventplatform.codec.Wire.CODEC;
import static io.eventplatform.codec.Wire.SIGNUP;
import static io.eventplatform.codec.Wire.bodyOnly;
import static io.eventplatform.codec.Wire.bytes;
import static io.eventplatform.codec.Wire.withSignupHeaders;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.eventplatform.contract.Contracts;
import io.eventplatform.contract.EventContract;
import io.eventplatform.contract.EventKey;
import io.eventplatform.contract.InvalidEventException;
import io.eventplatform.contract.InvalidEventException.Reason;
import io.eventplatform.event.Event;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A body is not looked at before something in it is asked for, and then once. */
class LazyDecodingTest {

    private static final AtomicInteger BUILT = new AtomicInteger();

    @EventContract(type = "counted", version = 1)
    record Counted(@EventKey String id) {
        Counted {
            BUILT.incrementAndGet();
        }
    }

    private static final EventCodec COUNTED = EventCodec.of(Contracts.of(Counted.class));

    private static final EncodedEvent COUNTED_RECORD = COUNTED.encode(Event.of(new Counted("c-1")));

    @Test
    void aMalformedBodyIsNotNoticedUntilItIsRead() {
        EncodedEvent record = withSignupHeaders("this is not JSON");

        Event<?> event = CODEC.decode(record);

        assertThat(event.id()).isEqualTo("e-1");
        assertThat(CODEC.encode(event)).isEqualTo(record);
        assertThatThrownBy(event::payload).isInstanceOf(InvalidEventException.class);
        assertThatThrownBy(event::processedAt).isInstanceOf(InvalidEventException.class);
        assertThatThrownBy(event::enriched).isInstanceOf(InvalidEventException.class);
    }

    @Test
    void copiesOfAnUnreadEventDoNotReadItEither() {
        Event<?> event = CODEC.decode(withSignupHeaders("this is not JSON"));

        Event<?> changed = event.withId("e-2")
                .withTimestamp(Instant.EPOCH)
                .withProcessedAt(Instant.EPOCH)
                .withEnriched("geo", Map.of());

        assertThat(changed.processedAt()).contains(Instant.EPOCH);
        assertThatThrownBy(() -> CODEC.encode(changed)).isInstanceOf(InvalidEventException.class);
    }

    @Test
    void aBodyThatBreaksItsContractCanBeRoutedByItsBody() {
        Event<?> event = CODEC.decode(bodyOnly(SIGNUP.replace("\"PREMIUM\"", "7")));

        assertThat(event.type()).isEqualTo("user_signup");
        assertThat(event.processedAt()).isEmpty();
        assertThatThrownBy(event::payload).isInstanceOf(InvalidEventException.class);
    }

    @Test
    void aPayloadIsBuiltOnceForAllCopies() {
        Event<?> event = COUNTED.decode(COUNTED_RECORD);
        BUILT.set(0);

        Object payload = event.payload();

        assertThat(event.withId("other").withProcessedAt(Instant.EPOCH).payload())
                .isSameAs(payload);
        assertThat(BUILT).hasValue(1);
    }

    @Test
    void aRefusalIsRemembered() {
        Event<?> event = CODEC.decode(withSignupHeaders("{}"));

        Throwable first = catchThrowable(event::payload);

        assertThat(catchThrowable(event::payload)).isSameAs(first);
        assertThat(((InvalidEventException) first).reason()).isEqualTo(Reason.CONTRACT_VIOLATED);
    }

    @Test
    void threadsThatReadOneEventAtTheSameTimeGetOnePayload() throws Exception {
        int threads = 4;
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            for (int round = 0; round < 500; round++) {
                Event<?> event = COUNTED.decode(COUNTED_RECORD);
                BUILT.set(0);
                CyclicBarrier together = new CyclicBarrier(threads);
                List<Future<Object>> payloads = new ArrayList<>();
                for (int i = 0; i < threads; i++) {
                    payloads.add(executor.submit(() -> {
                        together.await();
                        return event.payload();
                    }));
                }

                Object first = payloads.get(0).get();

                for (Future<Object> payload : payloads) {
                    assertThat(payload.get()).isSameAs(first);
                }
                assertThat(BUILT).hasValue(1);
            }
        } finally {
            executor.shutdownNow();
        }
    }

    @Test
    void theHeadersOfARecordCannotBeChangedAfterwards() {
        Map<String, byte[]> headers = Wire.signupHeaders();
        EncodedEvent record = new EncodedEvent(bytes("u-1"), bytes(SIGNUP), headers);
        Event<?> event = CODEC.decode(record);

        headers.clear();

        assertThat(CODEC.encode(event).headers()).hasSize(4);
    }
}
