@NullMarked
package io.eventplatform.storage.duckdb.internal;

import org.jspecify.annotations.NullMarked;
