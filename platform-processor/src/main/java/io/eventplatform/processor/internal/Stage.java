package io.eventplatform.processor.internal;

import io.eventplatform.contract.Contract;
import io.eventplatform.processor.Processor;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A named step and how to make its processor. Payload types were checked by the compiler when the pipeline
 * was built, so from here on they are erased.
 *
 * @param onlyType the event type it applies to; events of other types pass by
 */
public record Stage(String name, Optional<String> onlyType, Supplier<? extends Processor<?, ?>> processor) {

    public Stage {
        Objects.requireNonNull(processor, "processor");
    }

    public static Stage forAll(String name, Supplier<? extends Processor<?, ?>> processor) {
        return new Stage(name, Optional.empty(), processor);
    }

    public static <S extends Record> Stage forType(
            String name, Class<S> type, Supplier<? extends Processor<?, ?>> processor) {
        return new Stage(name, Optional.of(Contract.of(type).type()), processor);
    }

    @SuppressWarnings("unchecked")
    Processor<Object, Object> newProcessor() {
        return (Processor<Object, Object>)
                Objects.requireNonNull(processor.get(), () -> "the supplier of stage " + name + " returned null");
    }

    boolean takes(String eventType) {
        return onlyType.isEmpty() || onlyType.get().equals(eventType);
    }
}
