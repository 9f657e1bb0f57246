/**
 * The one implementation of {@link io.eventplatform.event.Event}. Not API; start with
 * {@link io.eventplatform.event.internal.EnvelopedEvent}.
 */
@NullMarked
package io.eventplatform.event.internal;

import org.jspecify.annotations.NullMarked;
