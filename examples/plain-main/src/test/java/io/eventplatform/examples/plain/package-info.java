/** Runs the program as a process of its own. */
@NullMarked
package io.eventplatform.examples.plain;

import org.jspecify.annotations.NullMarked;
