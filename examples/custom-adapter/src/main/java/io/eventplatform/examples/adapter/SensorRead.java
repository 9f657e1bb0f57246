package io.eventplatform.examples.adapter;

import io.eventplatform.contract.EventContract;
import io.eventplatform.contract.EventKey;

/** A sensor told its temperature. */
@EventContract(type = "sensor_read", version = 1)
public record SensorRead(@EventKey String sensor, double celsius) {}
