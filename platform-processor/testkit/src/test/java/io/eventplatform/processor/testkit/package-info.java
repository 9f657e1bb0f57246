@NullMarked
package io.eventplatform.processor.testkit;

import org.jspecify.annotations.NullMarked;
