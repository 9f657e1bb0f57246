/**
 * Traces of what happens to an event, the names under which log lines carry its identity, and the status of
 * the stages that process it. Start with {@link io.eventplatform.telemetry.Telemetry}; log patterns use
 * {@link io.eventplatform.telemetry.MdcKeys}; a page or probe reads
 * {@link io.eventplatform.telemetry.PlatformStatus}.
 */
@NullMarked
package io.eventplatform.telemetry;

import org.jspecify.annotations.NullMarked;
