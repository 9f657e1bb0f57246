/**
 * How requests are checked, answered as JSON and kept within bounds. Not API.
 * Start with {@link io.eventplatform.serving.internal.ViewsHandler}.
 */
@NullMarked
package io.eventplatform.serving.internal;

import org.jspecify.annotations.NullMarked;
