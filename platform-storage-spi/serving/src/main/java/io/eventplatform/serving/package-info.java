/**
 * Answers reads of views over HTTP, for people and programs on the same machine.
 * Start with {@link io.eventplatform.serving.ViewServer}.
 */
@NullMarked
package io.eventplatform.serving;

import org.jspecify.annotations.NullMarked;
