package io.eventplatform.producer.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventplatform.producer.internal.Admission.Outcome;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AdmissionTest {

    private static final long LONG_WAIT = Duration.ofHours(1).toNanos();

    private final Admission admission = new Admission(100, 3);
    private final ExecutorService senders = Executors.newCachedThreadPool();

    @AfterEach
    void stopSenders() {
        senders.shutdownNow();
    }

    @Test
    void bytesAndEventsAreBothBounded() {
        assertThat(admission.enter(60, 0)).isEqualTo(Outcome.ADMITTED);
        assertThat(admission.enter(41, 0)).isEqualTo(Outcome.FULL);
        assertThat(admission.enter(20, 0)).isEqualTo(Outcome.ADMITTED);
        assertThat(admission.enter(20, 0)).isEqualTo(Outcome.ADMITTED);
        assertThat(admission.enter(0, 0)).isEqualTo(Outcome.FULL);

        assertThat(admission.events()).isEqualTo(3);
        assertThat(admission.bytes()).isEqualTo(100);
    }

    @Test
    void bytesMayLeaveBeforeTheirEvent() {
        admission.enter(100, 0);

        admission.leave(100, 0);
        assertThat(admission.events()).isEqualTo(1);
        assertThat(admission.bytes()).isZero();

        admission.leave(0, 1);
        assertThat(admission.events()).isZero();
    }

    @Test
    void aSenderThatWaitsEntersWhenThereIsRoom() {
        admission.enter(100, 0);
        CompletableFuture<Outcome> waiting = enterLater(50);

        admission.leave(100, 1);

        assertThat(waiting.join()).isEqualTo(Outcome.ADMITTED);
        assertThat(admission.bytes()).isEqualTo(50);
    }

    @Test
    void aLargeEventIsNotOvertakenBySmallOnes() {
        admission.enter(60, 0);
        CompletableFuture<Outcome> large = enterLater(80);
        CompletableFuture<Outcome> small = enterLater(10);

        assertThat(admission.enter(10, 0)).isEqualTo(Outcome.FULL);
        assertThat(admission.waiting()).isEqualTo(2);
        admission.leave(60, 1);

        assertThat(large.join()).isEqualTo(Outcome.ADMITTED);
        assertThat(small.join()).isEqualTo(Outcome.ADMITTED);
        assertThat(admission.bytes()).isEqualTo(90);
    }

    @Test
    void whenALargeEventGivesUpTheSmallOneBehindItEnters() {
        admission.enter(60, 0);
        CompletableFuture<Outcome> large = CompletableFuture.supplyAsync(
                () -> admission.enter(80, Duration.ofMillis(50).toNanos()), senders);
        CompletableFuture<Outcome> small = CompletableFuture.supplyAsync(() -> admission.enter(10, LONG_WAIT), senders);

        assertThat(large.join()).isEqualTo(Outcome.FULL);
        assertThat(small.join()).isEqualTo(Outcome.ADMITTED);
        assertThat(admission.waiting()).isZero();
    }

    @Test
    void closingTurnsAwayThoseWhoWaitAndThoseWhoCome() {
        admission.enter(100, 0);
        CompletableFuture<Outcome> waiting = enterLater(1);

        admission.close();

        assertThat(waiting.join()).isEqualTo(Outcome.CLOSED);
        admission.leave(100, 1);
        assertThat(admission.enter(1, LONG_WAIT)).isEqualTo(Outcome.CLOSED);
        assertThat(admission.events()).isZero();
    }

    @Test
    void anInterruptedSenderIsTurnedAwayAndStaysInterrupted() {
        admission.enter(100, 0);

        Thread.currentThread().interrupt();
        Outcome outcome = admission.enter(1, LONG_WAIT);

        assertThat(Thread.interrupted()).isTrue();
        assertThat(outcome).isEqualTo(Outcome.INTERRUPTED);
        assertThat(admission.waiting()).isZero();
    }

    @Test
    void manySendersNeverPassTheBoundsAndAllGetThrough() {
        CompletableFuture<?>[] all = IntStream.range(0, 8)
                .mapToObj(sender -> CompletableFuture.runAsync(
                        () -> {
                            for (int i = 0; i < 2_000; i++) {
                                long bytes = 1 + (sender * 31L + i) % 100;
                                assertThat(admission.enter(bytes, LONG_WAIT)).isEqualTo(Outcome.ADMITTED);
                                assertThat(admission.bytes()).isLessThanOrEqualTo(100);
                                assertThat(admission.events()).isLessThanOrEqualTo(3);
                                admission.leave(bytes, 1);
                            }
                        },
                        senders))
                .toArray(CompletableFuture<?>[]::new);

        CompletableFuture.allOf(all).join();

        assertThat(admission.bytes()).isZero();
        assertThat(admission.events()).isZero();
        assertThat(admission.waiting()).isZero();
    }

    /** Returns when the sender waits. */
    private CompletableFuture<Outcome> enterLater(long bytes) {
        int waitingBefore = admission.waiting();
        CompletableFuture<Outcome> outcome =
                CompletableFuture.supplyAsync(() -> admission.enter(bytes, LONG_WAIT), senders);
        while (admission.waiting() == waitingBefore) {
            Thread.onSpinWait();
        }
        return outcome;
    }
}
