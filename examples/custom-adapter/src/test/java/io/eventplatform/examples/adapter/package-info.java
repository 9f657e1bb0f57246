/** Shows that the store keeps the rules, and that the application does what it says. */
@NullMarked
package io.eventplatform.examples.adapter;

import org.jspecify.annotations.NullMarked;
