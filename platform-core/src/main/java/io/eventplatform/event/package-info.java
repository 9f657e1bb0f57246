/**
 * An event: its envelope, its payload and what processing added to it. Start with {@link io.eventplatform.event.Event}.
 */
@NullMarked
package io.eventplatform.event;

import org.jspecify.annotations.NullMarked;
