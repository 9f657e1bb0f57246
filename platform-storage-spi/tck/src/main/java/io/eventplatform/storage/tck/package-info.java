/**
 * Tests that a store keeps its promises. An adapter's author implements {@link
 * io.eventplatform.storage.tck.StoreFixture} and extends {@link
 * io.eventplatform.storage.tck.TableStoreVerification}.
 */
@NullMarked
package io.eventplatform.storage.tck;

import org.jspecify.annotations.NullMarked;
