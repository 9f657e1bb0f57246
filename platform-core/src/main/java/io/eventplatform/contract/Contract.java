package io.eventplatform.contract;

import io.eventplatform.contract.internal.ContractModel;
import java.util.Objects;
import java.util.Set;

/**
 * The contract of one version of an event type, derived from a record with {@link EventContract}.
 *
 * <p>Immutable and thread-safe. Two contracts are equal when they are of the same record.
 */
public final class Contract<T extends Record> {

    private final ContractModel<T> model;

    private Contract(ContractModel<T> model) {
        this.model = model;
    }

    /**
     * The contract of {@code payloadType}. The record is examined on first use and remembered.
     *
     * @throws ContractDefinitionException if the record cannot be a contract
     * @throws IllegalStateException if jackson-annotations on the class path are older than Jackson needs; the message
     *     tells the fix
     */
    public static <T extends Record> Contract<T> of(Class<T> payloadType) {
        Objects.requireNonNull(payloadType, "payloadType");
        return new Contract<>(ContractModel.of(payloadType));
    }

    public String type() {
        return model.type();
    }

    public int version() {
        return model.version();
    }

    /** See {@link EventContract#domain}. */
    public String domain() {
        return model.domain();
    }

    public Class<T> payloadType() {
        return model.payloadType();
    }

    /**
     * The JSON Schema (2020-12) of the whole event, envelope and payload in one flat object, as a document that ends
     * with a newline. The same record gives the same text on every machine.
     */
    public String schema() {
        return model.schema();
    }

    /**
     * The key of the Kafka record for this payload.
     *
     * @throws InvalidEventException if the component marked {@link EventKey} is null
     */
    public String key(T payload) {
        return model.key(Objects.requireNonNull(payload, "payload"));
    }

    /** The fields marked {@link Pii} by their wire names; a field inside another is {@code address.street}. */
    public Set<String> piiFields() {
        return model.piiFields();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Contract<?> contract && contract.model == model;
    }

    @Override
    public int hashCode() {
        return model.hashCode();
    }

    /** The type and version, such as {@code user_signup v1}. */
    @Override
    public String toString() {
        return model.toString();
    }
}
