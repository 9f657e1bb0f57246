/** What the library's own modules share to write spans. Not API: it changes without notice. */
@NullMarked
package io.eventplatform.telemetry.internal;

import org.jspecify.annotations.NullMarked;
