package io.eventplatform.processor;

/** What a stage says about itself beside its name and processor. */
public sealed interface StageOption permits StateSpec, OutsideCalls {}
