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

    /** One user in ten came from nowhere. */
    private static final int UNKNOWN_EVERY = 10;

    private static final long MAX_REMEMBERED = 10_000;
    private static final Duration TIME_TO_LIVE = Duration.ofMinutes(10);

    private Profiles() {}

    /** The profiles, each looked up once in a while. */
    static CachedReference<String, Map<String, Object>> cached() {
        return CachedReference.of(Profiles::lookUp, MAX_REMEMBERED, TIME_TO_LIVE);
    }

    /** The company a sign-up was enriched with, null if its user is unknown. */
    static @Nullable String companyOf(Event<UserSignup> signup) {
        return signup.enriched().get(NAME) instanceof Map<?, ?> profile
                        && profile.get("company") instanceof String company
                ? company
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
                "segment", pick(SEGMENTS, number)));
    }

    private static String pick(List<String> values, int number) {
        return values.get(Math.floorMod(number, values.size()));
    }
}
