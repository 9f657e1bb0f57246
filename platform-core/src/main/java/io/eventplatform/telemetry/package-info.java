/**
 * Traces of what happens to an event, and the names under which log lines carry its identity.
 * Start with {@link io.eventplatform.telemetry.Telemetry}; log patterns use
 * {@link io.eventplatform.telemetry.MdcKeys}.
 */
@NullMarked
package io.eventplatform.telemetry;

import org.jspecify.annotations.NullMarked;
