package io.eventplatform.processor.testkit;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Who has shown which fencing token to the outside, also in attempts that were never committed. */
final class Tokens {

    private record Shown(int partition, long token) {}

    private final Map<Shown, Doing> owners = new HashMap<>();
    private Optional<String> sharedToken = Optional.empty();

    void shown(int partition, long token, Doing owner) {
        Doing first = owners.putIfAbsent(new Shown(partition, token), owner);
        if (first != null && first != owner) {
            sharedToken = Optional.of("two owners of partition " + partition + " have the token " + token);
        }
    }

    void check() {
        sharedToken.ifPresent(what -> {
            throw new Violation(what);
        });
    }
}
