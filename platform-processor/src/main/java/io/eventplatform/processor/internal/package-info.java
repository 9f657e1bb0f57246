/**
 * The one runtime under pipelines and sinks: a {@link io.eventplatform.processor.internal.Worker} polls,
 * its {@link io.eventplatform.processor.internal.Task}s turn records into effects, and a {@link
 * io.eventplatform.processor.internal.Committer} makes them durable. Not API.
 */
@NullMarked
package io.eventplatform.processor.internal;

import org.jspecify.annotations.NullMarked;
