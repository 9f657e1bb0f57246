/**
 * Turns events into the bytes of Kafka records and back: flat JSON in the value, the envelope repeated in the headers.
 * Start with {@link io.eventplatform.codec.EventCodec}.
 */
@NullMarked
package io.eventplatform.codec;

import org.jspecify.annotations.NullMarked;
