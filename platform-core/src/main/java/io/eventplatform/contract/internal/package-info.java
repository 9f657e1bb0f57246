/**
 * How a record becomes a schema, and how payloads are read, checked and written. Not API; start with
 * {@link io.eventplatform.contract.internal.ContractModel}.
 */
@NullMarked
package io.eventplatform.contract.internal;

import org.jspecify.annotations.NullMarked;
