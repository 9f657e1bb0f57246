@NullMarked
package io.eventplatform.processor.testkit.internal;

import org.jspecify.annotations.NullMarked;
