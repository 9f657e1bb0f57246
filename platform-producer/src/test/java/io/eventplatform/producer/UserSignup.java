package io.eventplatform.producer;

import io.eventplatform.contract.EventContract;
import io.eventplatform.contract.EventKey;
import io.eventplatform.contract.Pii;

@EventContract(type = "user_signup", version = 1)
public record UserSignup(@EventKey String userId, @Pii String email, String plan) {

    static UserSignup of(String userId) {
        return new UserSignup(userId, userId + "@example.com", "premium");
    }
}
