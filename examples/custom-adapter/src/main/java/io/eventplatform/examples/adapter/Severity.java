package io.eventplatform.examples.adapter;

import io.eventplatform.event.Event;
import io.eventplatform.processor.Processor;
import io.eventplatform.processor.ProcessorContext;
import java.util.Map;

/** Says in {@code enriched.severity.level} how bad a temperature is; drops what no sensor can measure. */
public final class Severity implements Processor<SensorRead, SensorRead> {

    private static final double ABSOLUTE_ZERO = -273.15;

    // region processor
    @Override
    public void process(Event<SensorRead> event, ProcessorContext<SensorRead> context) {
        double celsius = event.payload().celsius();
        if (celsius >= ABSOLUTE_ZERO) {
            String level = celsius >= 90 ? "critical" : celsius >= 70 ? "warning" : "normal";
            context.forward(event.withEnriched("severity", Map.of("level", level)));
        }
    }
    // endregion

    /** The level of an event that passed here. */
    static String levelOf(Event<SensorRead> event) {
        if (event.enriched().get("severity") instanceof Map<?, ?> severity
                && severity.get("level") instanceof String level) {
            return level;
        }
        throw new IllegalArgumentException("the event has no enriched.severity.level");
    }
}
