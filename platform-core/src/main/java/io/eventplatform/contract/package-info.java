/**
 * Declares event types as records and checks payloads against the schema derived from them.
 * Start with {@link io.eventplatform.contract.EventContract}; {@link io.eventplatform.contract.ContractSnapshots}
 * keeps the published schemas in step with the records.
 */
@NullMarked
package io.eventplatform.contract;

import org.jspecify.annotations.NullMarked;
