package io.eventplatform.telemetry;

import io.opentelemetry.api.OpenTelemetry;
import java.util.Objects;

/**
 * Where spans go: to an OpenTelemetry instance of the application, or nowhere.
 *
 * <p>The instance belongs to the caller, who also closes it. Names and attributes follow OpenTelemetry's
 * semantic conventions for messaging. Message keys and payloads are never written.
 */
public final class Telemetry {

    private static final Telemetry NOOP = new Telemetry(OpenTelemetry.noop(), false);

    private final OpenTelemetry openTelemetry;
    private final boolean enabled;

    private Telemetry(OpenTelemetry openTelemetry, boolean enabled) {
        this.openTelemetry = openTelemetry;
        this.enabled = enabled;
    }

    /** Writes no spans; trace headers that an event already carries stay as they are. */
    public static Telemetry noop() {
        return NOOP;
    }

    public static Telemetry of(OpenTelemetry openTelemetry) {
        return new Telemetry(Objects.requireNonNull(openTelemetry, "openTelemetry"), true);
    }

    public OpenTelemetry openTelemetry() {
        return openTelemetry;
    }

    /** False for {@link #noop()}. */
    public boolean enabled() {
        return enabled;
    }
}
