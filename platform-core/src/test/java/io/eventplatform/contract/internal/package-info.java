@NullMarked
package io.eventplatform.contract.internal;

import org.jspecify.annotations.NullMarked;
