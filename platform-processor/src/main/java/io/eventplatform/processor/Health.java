package io.eventplatform.processor;

/** What a {@link Runner} is doing, at the moment of asking. */
public sealed interface Health {

    /** Joining its group, or reading state back; no record is processed yet. */
    record Starting() implements Health {}

    /** Processing. */
    record Running() implements Health {}

    /** Processing, but this record or commit failed and is being tried again. */
    record Retrying(String what) implements Health {}

    /** Stopped by {@link Runner#close}. */
    record Closed() implements Health {}

    /** Stopped by this error; nothing was lost, a restart continues at the last commit. */
    record Failed(Throwable cause) implements Health {}
}
