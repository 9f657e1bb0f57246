/** What the library's own modules share to talk to Kafka. Not API: it changes without notice. */
@NullMarked
package io.eventplatform.kafka.internal;

import org.jspecify.annotations.NullMarked;
