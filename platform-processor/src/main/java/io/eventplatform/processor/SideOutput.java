package io.eventplatform.processor;

import io.eventplatform.processor.internal.Identity;
import java.util.Objects;

/**
 * A second way out of a stage, for what does not go on with the rest: rejected, late, suspicious events. The
 * processor forwards to it by {@link ProcessorContext#forward(SideOutput, io.eventplatform.event.Event)}, the
 * pipeline says where that goes by {@link Steps#sideOutput}.
 *
 * @param name its identity, unique in the pipeline
 * @param type payload of its events
 */
public record SideOutput<S>(String name, Class<S> type) {

    public SideOutput {
        Identity.check("side output", name);
        Objects.requireNonNull(type, "type");
    }

    public static <S> SideOutput<S> of(String name, Class<S> type) {
        return new SideOutput<>(name, type);
    }
}
