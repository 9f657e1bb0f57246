/**
 * A table store in one DuckDB file, private to one process. Start with {@link
 * io.eventplatform.storage.duckdb.DuckDbTableStore}.
 */
@NullMarked
package io.eventplatform.storage.duckdb;

import org.jspecify.annotations.NullMarked;
