package io.eventplatform.examples.quickstart;

import io.eventplatform.contract.EventContract;
import io.eventplatform.contract.EventKey;
import io.eventplatform.contract.Pii;
import java.util.Map;
import java.util.Optional;

/**
 * Somebody signed up.
 *
 * @param plan such as {@code free} or {@code pro}
 * @param metadata whatever the sign-up page knew
 */
@EventContract(type = "user_signup", version = 1, domain = "user")
public record UserSignup(
        @EventKey String userId, @Pii Optional<String> email, String plan, Map<String, Object> metadata) {}
