package io.eventplatform.examples.quickstart;

import io.eventplatform.event.Event;
import io.eventplatform.event.EventIds;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Sign-ups that follow from a seed and a sequence number alone, so that a run that was killed sends the same ids and
 * contents again. Some are sent twice, and now and then a foreign client sends something that is not an event:
 *
 * <pre>
 * every  50th sequence number   its sign-up again, {@value #REPEATED_AFTER} sign-ups later
 * every 200th                   also a record that is not JSON
 * every 250th                   also a sign-up that breaks its contract
 * </pre>
 */
final class SignupGenerator {

    /** How many sign-ups lie between an event and its duplicate. */
    static final int REPEATED_AFTER = 20;

    private static final long REPEATED_EVERY = 50;
    private static final long MALFORMED_EVERY = 200;
    private static final long VIOLATING_EVERY = 250;

    /** The first day of the week the earthquakes are of. */
    private static final Instant WEEK = Instant.parse("2018-01-31T00:00:00Z");

    private static final int DAYS = 7;
    private static final long MILLIS_BETWEEN = 10;
    private static final long MILLIS_PER_DAY = Duration.ofDays(1).toMillis();

    /** A prime beyond any sequence number, so that two seeds share no contents. */
    private static final long SEED_STEP = 1_000_000_007;

    private static final int USERS = 2_000;
    private static final int EMAIL_KNOWN_PERCENT = 80;
    private static final List<String> SOURCES = List.of("web", "mobile", "partner", "import");

    private final long seed;

    SignupGenerator(long seed) {
        this.seed = seed;
    }

    Event<UserSignup> signup(long sequence) {
        SplittableRandom random = random(sequence);
        String userId = userId(random);
        Optional<String> email =
                random.nextInt(100) < EMAIL_KNOWN_PERCENT ? Optional.of(userId + "@example.com") : Optional.empty();
        Map<String, Object> metadata = new LinkedHashMap<>(); // Map.of has another order in every process
        metadata.put("source", SOURCES.get(random.nextInt(SOURCES.size())));
        metadata.put("sequence", sequence);
        String plan = plan(random);
        Instant timestamp =
                WEEK.plus(Duration.ofDays(random.nextInt(DAYS))).plusMillis(sequence * MILLIS_BETWEEN % MILLIS_PER_DAY);
        return Event.of(new UserSignup(userId, email, plan, metadata))
                .withId(id("signup", sequence))
                .withTimestamp(timestamp);
    }

    /** Whether the sign-up is sent a second time. */
    boolean isRepeated(long sequence) {
        return isLastOf(REPEATED_EVERY, sequence);
    }

    /** A record that breaks off in the middle, at some sequence numbers. */
    Optional<ForeignRecord> malformed(long sequence) {
        if (!isLastOf(MALFORMED_EVERY, sequence)) {
            return Optional.empty();
        }
        String whole = foreignSignup(id("malformed", sequence), userId(random(sequence)), "\"free\"");
        return Optional.of(ForeignRecord.withoutKey(whole.substring(0, whole.length() * 2 / 3)));
    }

    /** A sign-up without a plan, or with a number in its place, at some sequence numbers. */
    Optional<ForeignRecord> violating(long sequence) {
        if (!isLastOf(VIOLATING_EVERY, sequence)) {
            return Optional.empty();
        }
        SplittableRandom random = random(sequence);
        String userId = userId(random);
        String plan = random.nextBoolean() ? "null" : "42";
        return Optional.of(ForeignRecord.of(userId, foreignSignup(id("violating", sequence), userId, plan)));
    }

    /** What is sent for the sequence numbers from the first up to, but without, the last. */
    Numbers numbers(long from, long to) {
        return new Numbers(
                to - from,
                to / REPEATED_EVERY - from / REPEATED_EVERY,
                to / MALFORMED_EVERY - from / MALFORMED_EVERY,
                to / VIOLATING_EVERY - from / VIOLATING_EVERY);
    }

    /** The wire format, as a program in another language writes it. */
    private static String foreignSignup(String id, String userId, String plan) {
        return """
                {"event_id":"%s","event_type":"user_signup","schema_version":"v1","timestamp":"%s",\
                "user_id":"%s","plan":%s,"metadata":{"source":"foreign"}}""".formatted(id, WEEK, userId, plan);
    }

    private String id(String kind, long sequence) {
        return EventIds.derive(kind, Long.toString(seed), Long.toString(sequence));
    }

    private static String userId(SplittableRandom random) {
        return String.format(Locale.ROOT, "user-%04d", random.nextInt(USERS));
    }

    private static String plan(SplittableRandom random) {
        int percent = random.nextInt(100);
        return percent < 70 ? "free" : percent < 95 ? "pro" : "premium";
    }

    private SplittableRandom random(long sequence) {
        return new SplittableRandom(seed * SEED_STEP + sequence);
    }

    private static boolean isLastOf(long every, long sequence) {
        return (sequence + 1) % every == 0;
    }

    /** How many records of each kind. */
    record Numbers(long signups, long duplicates, long malformed, long violating) {

        long records() {
            return signups + duplicates + malformed + violating;
        }

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "%,d sign-ups + %,d duplicates + %,d malformed + %,d violations",
                    signups,
                    duplicates,
                    malformed,
                    violating);
        }
    }
}
