package io.eventplatform.contract;

import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

@NullMarked
@EventContract(type = "user_signup", version = 1)
public record UserSignup(
        @EventKey String userId,
        @Pii String email,
        Plan plan,
        Optional<String> referrer,
        @Nullable Integer age,
        Optional<Map<String, Object>> metadata) {

    public enum Plan {
        FREE,
        PREMIUM
    }

    public static UserSignup of(String userId) {
        return new UserSignup(userId, userId + "@example.com", Plan.PREMIUM, Optional.empty(), null, Optional.empty());
    }
}
