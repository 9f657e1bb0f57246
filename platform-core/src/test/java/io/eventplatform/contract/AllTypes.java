package io.eventplatform.contract;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

/** Every type the wire format knows, each way a component can be absent, and records inside of collections. */
@NullMarked
@EventContract(type = "all.types", version = 3)
public record AllTypes(
        @EventKey long id,
        String text,
        int count,
        Integer boxedCount,
        Long boxedId,
        double ratio,
        Double boxedRatio,
        boolean active,
        Boolean boxedActive,
        BigDecimal amount,
        Instant seenAt,
        LocalDate birthday,
        UUID token,
        Colour colour,
        Address address,
        List<String> tags,
        List<Address> addresses,
        List<List<Long>> matrix,
        Set<UUID> tokens,
        Map<String, BigDecimal> prices,
        Map<String, Object> extra,
        Optional<Instant> maybeSeenAt,
        @Nullable BigDecimal nullableAmount,
        Optional<List<Address>> maybeAddresses,
        @Nullable Map<String, Address> nullableAddresses) {

    public enum Colour {
        RED,
        GREEN_BLUE
    }

    public record Address(
            @Pii String street,
            String city,
            Optional<String> zipCode,
            @Nullable Integer floor) {}
}
