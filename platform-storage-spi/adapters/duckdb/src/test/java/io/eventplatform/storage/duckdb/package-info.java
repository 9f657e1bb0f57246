/** Runs the kit against DuckDB, and what is special about it. */
@NullMarked
package io.eventplatform.storage.duckdb;

import org.jspecify.annotations.NullMarked;
