package io.eventplatform.examples.boot3;

import io.eventplatform.examples.boot3.OrderRated.Tier;
import java.util.Set;
import org.springframework.stereotype.Service;

/** Knows customers; any bean that a processor may ask. Tasks of several partitions share it, so it must be thread-safe. */
@Service
class CustomerTiers {

    private final Set<String> gold = Set.of("ada", "grace");

    Tier tierOf(String customer) {
        return gold.contains(customer) ? Tier.GOLD : Tier.REGULAR;
    }
}
