/** DuckDB as an engine: values, queries and errors, for this store and for others that read and write with it. Not API. */
@NullMarked
package io.eventplatform.storage.duckdb.internal;

import org.jspecify.annotations.NullMarked;
