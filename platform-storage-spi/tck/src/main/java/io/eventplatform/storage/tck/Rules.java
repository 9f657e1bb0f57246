package io.eventplatform.storage.tck;

/** A group of rules, tested on the bench that the class around it provides. */
abstract class Rules {

    abstract Bench bench();
}
