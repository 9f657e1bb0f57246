@NullMarked
package io.eventplatform.processor.internal;

import org.jspecify.annotations.NullMarked;
