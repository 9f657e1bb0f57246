package io.eventplatform.examples.boot3;

import io.eventplatform.contract.EventContract;
import io.eventplatform.contract.EventKey;

@EventContract(type = "order_rated", version = 1)
record OrderRated(@EventKey String customer, long cents, Tier tier) {

    enum Tier {
        REGULAR,
        GOLD
    }
}
