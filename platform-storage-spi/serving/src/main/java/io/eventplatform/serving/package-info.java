/**
 * Serves views over HTTP, to programs as JSON and streams of events and to people on a live page.
 * Start with {@link io.eventplatform.serving.ViewServer}.
 */
@NullMarked
package io.eventplatform.serving;

import org.jspecify.annotations.NullMarked;
