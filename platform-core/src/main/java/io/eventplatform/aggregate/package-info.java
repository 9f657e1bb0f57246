/**
 * The algebra by which values become one: count, sum, smallest, largest. Views fold events with it and
 * merge what several shards folded. Start with {@link io.eventplatform.aggregate.Aggregate}.
 */
@NullMarked
package io.eventplatform.aggregate;

import org.jspecify.annotations.NullMarked;
