/**
 * An application that brings its own store, {@link io.eventplatform.examples.adapter.JournalStore}, and its own processor,
 * {@link io.eventplatform.examples.adapter.Severity}; {@link io.eventplatform.examples.adapter.CustomAdapter} runs both.
 */
@NullMarked
package io.eventplatform.examples.adapter;

import org.jspecify.annotations.NullMarked;
