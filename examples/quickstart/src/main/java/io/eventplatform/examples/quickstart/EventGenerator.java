package io.eventplatform.examples.quickstart;

import io.eventplatform.event.Event;
import io.eventplatform.event.EventIds;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * What happens on a web site in a week: sign-ups, page views and purchases that follow from a seed and a sequence number
 * alone, so that a run that was killed sends the same ids and contents again. Some are sent twice, and now and then a
 * foreign client sends something that is not an event:
 *
 * <pre>
 * of 20 sequence numbers   14 are page views, 3 sign-ups, 3 purchases
 * every  50th              its event again, {@value #REPEATED_AFTER} events later
 * every 200th              also a record that is not JSON
 * every 250th              also a sign-up that breaks its contract
 * </pre>
 */
final class EventGenerator {

    /** How many events lie between an event and its duplicate. */
    static final int REPEATED_AFTER = 20;

    private static final long REPEATED_EVERY = 50;
    private static final long MALFORMED_EVERY = 200;
    private static final long VIOLATING_EVERY = 250;

    /** A cycle of sequence numbers begins with sign-ups, ends with purchases, and has page views in between. */
    private static final int CYCLE = 20;

    private static final int SIGNUPS_PER_CYCLE = 3;
    private static final int PURCHASES_PER_CYCLE = 3;

    /** The first day of the week the earthquakes are of. */
    private static final Instant WEEK = Instant.parse("2018-01-31T00:00:00Z");

    private static final int DAYS = 7;

    /** How busy each hour of a day is. */
    private static final int[] TRAFFIC = {
        2, 1, 1, 1, 1, 2, 4, 7, 10, 12, 13, 13, 12, 12, 12, 12, 12, 13, 15, 17, 17, 14, 9, 5
    };

    private static final int TRAFFIC_PER_DAY = java.util.Arrays.stream(TRAFFIC).sum();
    private static final int MILLIS_PER_HOUR = (int) Duration.ofHours(1).toMillis();

    /** A prime beyond any sequence number, so that two seeds share no contents. */
    private static final long SEED_STEP = 1_000_000_007;

    private static final int USERS = 2_000;
    private static final int EMAIL_KNOWN_PERCENT = 80;
    private static final int REFERRER_KNOWN_PERCENT = 40;
    private static final int MOST_ITEMS = 4;
    private static final int MOST_OF_AN_ITEM = 3;
    private static final List<String> SOURCES = List.of("web", "mobile", "partner", "import");
    private static final List<String> PAGES =
            List.of("/", "/pricing", "/docs", "/blog", "/login", "/cart", "/account", "/careers");
    private static final List<String> REFERRERS =
            List.of("news.example.com", "search.example.com", "social.example.com");
    private static final List<String> PRODUCTS = List.of("notebook", "pencil", "lamp", "desk", "chair", "shelf");
    private static final List<String> PRICES = List.of("2.50", "0.99", "39.90", "249.00", "119.95", "75.00");

    private final long seed;

    EventGenerator(long seed) {
        this.seed = seed;
    }

    Event<?> event(long sequence) {
        int place = (int) (sequence % CYCLE);
        SplittableRandom random = random(sequence);
        String userId = userId(random);
        Instant timestamp = timestamp(random);
        if (place < SIGNUPS_PER_CYCLE) {
            return dated("signup", sequence, timestamp, signup(sequence, userId, random));
        }
        return place < CYCLE - PURCHASES_PER_CYCLE
                ? dated("view", sequence, timestamp, pageView(userId, random))
                : dated("purchase", sequence, timestamp, purchase(sequence, userId, random));
    }

    private Event<?> dated(String kind, long sequence, Instant timestamp, Record payload) {
        return Event.of(payload).withId(id(kind, sequence)).withTimestamp(timestamp);
    }

    private static UserSignup signup(long sequence, String userId, SplittableRandom random) {
        Optional<String> email =
                random.nextInt(100) < EMAIL_KNOWN_PERCENT ? Optional.of(userId + "@example.com") : Optional.empty();
        Map<String, Object> metadata = new LinkedHashMap<>(); // Map.of has another order in every process
        metadata.put("source", pick(SOURCES, random));
        metadata.put("sequence", sequence);
        return new UserSignup(userId, email, plan(random), metadata);
    }

    private static PageView pageView(String userId, SplittableRandom random) {
        Optional<String> referrer =
                random.nextInt(100) < REFERRER_KNOWN_PERCENT ? Optional.of(pick(REFERRERS, random)) : Optional.empty();
        return new PageView(userId, pick(PAGES, random), referrer);
    }

    private static Purchase purchase(long sequence, String userId, SplittableRandom random) {
        List<Purchase.Item> items = new ArrayList<>();
        BigDecimal amount = BigDecimal.ZERO;
        int lines = 1 + random.nextInt(MOST_ITEMS);
        for (int line = 0; line < lines; line++) {
            int product = random.nextInt(PRODUCTS.size());
            int quantity = 1 + random.nextInt(MOST_OF_AN_ITEM);
            BigDecimal price = new BigDecimal(PRICES.get(product));
            items.add(new Purchase.Item(PRODUCTS.get(product), quantity, price));
            amount = amount.add(price.multiply(BigDecimal.valueOf(quantity)));
        }
        Purchase.Currency[] currencies = Purchase.Currency.values();
        return new Purchase(userId, "order-" + sequence, amount, currencies[random.nextInt(currencies.length)], items);
    }

    /** Whether the event is sent a second time. */
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

    /**
     * A sign-up without a plan, or with a number in its place, at some sequence numbers. Every second one has headers,
     * so that a router passes it on unread.
     */
    Optional<ForeignRecord> violating(long sequence) {
        if (!isLastOf(VIOLATING_EVERY, sequence)) {
            return Optional.empty();
        }
        SplittableRandom random = random(sequence);
        String userId = userId(random);
        String plan = random.nextBoolean() ? "null" : "42";
        String id = id("violating", sequence);
        ForeignRecord record = ForeignRecord.of(userId, foreignSignup(id, userId, plan));
        boolean withHeaders = (sequence + 1) / VIOLATING_EVERY % 2 == 0;
        return Optional.of(withHeaders ? record.withHeaders(foreignHeaders(id)) : record);
    }

    /** What is sent for the sequence numbers from the first up to, but without, the last. */
    Numbers numbers(long from, long to) {
        long signups = signupsBefore(to) - signupsBefore(from);
        long purchases = purchasesBefore(to) - purchasesBefore(from);
        return new Numbers(
                signups,
                to - from - signups - purchases,
                purchases,
                to / REPEATED_EVERY - from / REPEATED_EVERY,
                to / MALFORMED_EVERY - from / MALFORMED_EVERY,
                to / VIOLATING_EVERY - from / VIOLATING_EVERY);
    }

    private static long signupsBefore(long sequence) {
        return sequence / CYCLE * SIGNUPS_PER_CYCLE + Math.min(sequence % CYCLE, SIGNUPS_PER_CYCLE);
    }

    private static long purchasesBefore(long sequence) {
        return sequence / CYCLE * PURCHASES_PER_CYCLE + Math.max(0, sequence % CYCLE - (CYCLE - PURCHASES_PER_CYCLE));
    }

    /** The wire format, as a program in another language writes it. */
    private static String foreignSignup(String id, String userId, String plan) {
        return """
                {"event_id":"%s","event_type":"user_signup","schema_version":"v1","timestamp":"%s",\
                "user_id":"%s","plan":%s,"metadata":{"source":"foreign"}}""".formatted(id, WEEK, userId, plan);
    }

    private static Map<String, String> foreignHeaders(String id) {
        return Map.of(
                "event_id", id, "event_type", "user_signup", "schema_version", "v1", "timestamp", WEEK.toString());
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

    private static Instant timestamp(SplittableRandom random) {
        int day = random.nextInt(DAYS);
        int traffic = random.nextInt(TRAFFIC_PER_DAY);
        int hour = 0;
        while (traffic >= TRAFFIC[hour]) {
            traffic -= TRAFFIC[hour];
            hour++;
        }
        return WEEK.plus(Duration.ofDays(day)).plus(Duration.ofHours(hour)).plusMillis(random.nextInt(MILLIS_PER_HOUR));
    }

    private static String pick(List<String> values, SplittableRandom random) {
        return values.get(random.nextInt(values.size()));
    }

    private SplittableRandom random(long sequence) {
        return new SplittableRandom(seed * SEED_STEP + sequence);
    }

    private static boolean isLastOf(long every, long sequence) {
        return (sequence + 1) % every == 0;
    }

    /** How many records of each kind. */
    record Numbers(long signups, long pageViews, long purchases, long duplicates, long malformed, long violating) {

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "%,d sign-ups, %,d page views, %,d purchases + %,d duplicates + %,d malformed + %,d violations",
                    signups,
                    pageViews,
                    purchases,
                    duplicates,
                    malformed,
                    violating);
        }
    }
}
