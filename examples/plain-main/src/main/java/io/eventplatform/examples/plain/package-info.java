/** A whole program with nothing but the library: {@link io.eventplatform.examples.plain.PlainMain}. */
@NullMarked
package io.eventplatform.examples.plain;

import org.jspecify.annotations.NullMarked;
