package io.eventplatform.examples.quickstart;

import io.eventplatform.event.Event;
import io.eventplatform.processor.CachedReference;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the company knows about its users; stands for a database or a service that a pipeline asks. */
final class Profiles {

    /** The name under which a pipeline adds a profile to an event. */
    static final String NAME = "profile";

    private static final List<String> COMPANIES = List.of("Acme", "Globex", "Initech", "Umbrella", "Hooli");
    private static final List<String> COUNTRIES = List.of("DE", "US", "JP", "BR", "KE", "IN", "FR");
    private static final List<String> SEGMENTS = List.of("consumer", "small_business", "enterprise");

    /** Seven in ten users pay nothing. */
    private static final List<String> PLANS =
            List.of("free", "pro", "free", "free", "premium", "free", "free", "pro", "free", "free");

    /** One user in ten came from nowhere. */
    private static final int UNKNOWN_EVERY = 10;

    private static final long MAX_REMEMBERED = 10_000;
    private static final Duration TIME_TO_LIVE = Duration.ofMinutes(10);

    private Profiles() {}

    /** The profiles, each looked up once in a while. */
    static CachedReference<String, Map<String, Object>> cached() {
        return CachedReference.of(Profiles::lookUp, MAX_REMEMBERED, TIME_TO_LIVE);
    }

    /** The company an event was enriched with, null if its user is unknown. */
    static @Nullable String companyOf(Event<?> event) {
        return valueOf(event, "company");
    }

    /** The plan an event was enriched with, {@code unknown} if its user is. */
    static String planOf(Event<?> event) {
        String plan = valueOf(event, "plan");
        return plan == null ? "unknown" : plan;
    }

    private static @Nullable String valueOf(Event<?> event, String name) {
        return event.enriched().get(NAME) instanceof Map<?, ?> profile && profile.get(name) instanceof String value
                ? value
                : null;
    }

    private static Optional<Map<String, Object>> lookUp(String userId) {
        int number = userId.hashCode();
        if (Math.floorMod(number, UNKNOWN_EVERY) == 0) {
            return Optional.empty();
        }
        return Optional.of(Map.of(
                "company", pick(COMPANIES, number),
                "country", pick(COUNTRIES, number),
                "segment", pick(SEGMENTS, number),
                "plan", pick(PLANS, number)));
    }

    private static String pick(List<String> values, int number) {
        return values.get(Math.floorMod(number, values.size()));
    }
}
