package io.eventplatform.examples.boot4;

import io.eventplatform.contract.EventContract;
import io.eventplatform.contract.EventKey;

@EventContract(type = "order_placed", version = 1)
record OrderPlaced(@EventKey String customer, long cents) {}
