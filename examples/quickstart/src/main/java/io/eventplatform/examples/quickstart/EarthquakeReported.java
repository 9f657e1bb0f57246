package io.eventplatform.examples.quickstart;

import io.eventplatform.contract.EventContract;
import io.eventplatform.contract.EventKey;
import java.time.Instant;
import java.util.Optional;

/**
 * A seismic network reported an earthquake, or reported it again.
 *
 * @param quakeId the network's id of the earthquake
 * @param network such as {@code ak} for Alaska
 * @param status {@code automatic} or {@code reviewed}
 * @param reportedAt when it was reported last; the event's timestamp is the time of the earthquake
 * @param magnitudeType the method by which the magnitude was determined, such as {@code ml}
 * @param feltReports how many people reported that they felt it
 * @param alertLevel {@code green} to {@code red}
 */
@EventContract(type = "earthquake_reported", version = 1, domain = "sensor")
public record EarthquakeReported(
        @EventKey String quakeId,
        String network,
        String place,
        double longitude,
        double latitude,
        double depthKm,
        String status,
        Instant reportedAt,
        Optional<Double> magnitude,
        Optional<String> magnitudeType,
        Optional<Integer> feltReports,
        Optional<String> alertLevel) {}
