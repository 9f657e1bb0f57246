package io.eventplatform.processor.testkit;

import io.eventplatform.contract.EventContract;
import io.eventplatform.contract.EventKey;

/** The event of most tests. */
@EventContract(type = "payment", version = 1)
record Payment(@EventKey String account, long cents) {}
