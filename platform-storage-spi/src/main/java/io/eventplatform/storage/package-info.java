/**
 * What a store promises, and the model of tables, positions and views that sinks and readers share.
 * An adapter implements {@link io.eventplatform.storage.TableStore}; start there.
 */
@NullMarked
package io.eventplatform.storage;

import org.jspecify.annotations.NullMarked;
