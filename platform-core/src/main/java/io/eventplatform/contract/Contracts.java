package io.eventplatform.contract;

import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The contracts an application knows, found by event type and version. Immutable and thread-safe. */
public final class Contracts {

    private record TypeAndVersion(String type, int version) {}

    private final Map<TypeAndVersion, Contract<?>> contracts;
    private final Set<String> types;

    private Contracts(Map<TypeAndVersion, Contract<?>> contracts) {
        this.contracts = Collections.unmodifiableMap(contracts);
        this.types = contracts.keySet().stream().map(TypeAndVersion::type).collect(Collectors.toUnmodifiableSet());
    }

    /**
     * The contracts of these records; naming a record twice is the same as naming it once.
     *
     * @throws IllegalArgumentException if no record is named
     * @throws ContractDefinitionException if a record cannot be a contract, two of them declare the same version of
     *     the same event type, or versions of one type declare different domains
     */
    @SafeVarargs
    public static Contracts of(Class<? extends Record>... payloadTypes) {
        if (payloadTypes.length == 0) {
            throw new IllegalArgumentException(
                    "contracts must not be empty: every event would be unknown. Name the records of the events, as in"
                            + " Contracts.of(OrderPlaced.class)");
        }
        Map<TypeAndVersion, Contract<?>> contracts = new LinkedHashMap<>();
        Map<String, Contract<?>> firstOfType = new HashMap<>();
        for (Class<? extends Record> payloadType : payloadTypes) {
            Contract<?> contract = Contract.of(payloadType);
            Contract<?> earlier =
                    contracts.putIfAbsent(new TypeAndVersion(contract.type(), contract.version()), contract);
            if (earlier != null && !earlier.equals(contract)) {
                throw new ContractDefinitionException(earlier.payloadType().getName() + " and " + payloadType.getName()
                        + " both declare " + contract + ". Give one of them another type or version.");
            }
            Contract<?> first = firstOfType.putIfAbsent(contract.type(), contract);
            if (first != null && !first.domain().equals(contract.domain())) {
                throw new ContractDefinitionException(first + " has domain " + first.domain() + " but " + contract
                        + " has " + contract.domain() + ". All versions of a type need one domain.");
            }
        }
        return new Contracts(contracts);
    }

    public Optional<Contract<?>> find(String type, int version) {
        Objects.requireNonNull(type, "type");
        return Optional.ofNullable(contracts.get(new TypeAndVersion(type, version)));
    }

    /** Whether there is a contract of any version of this event type. */
    public boolean knowsType(String type) {
        return types.contains(Objects.requireNonNull(type, "type"));
    }

    /** All contracts, in the order given. */
    public Collection<Contract<?>> all() {
        return contracts.values();
    }

    @Override
    public String toString() {
        return contracts.values().toString();
    }
}
