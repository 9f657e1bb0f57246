package io.eventplatform.contract;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Declares a record as the payload of one version of an event type.
 *
 * <p>The record is the single source of the contract: {@link Contract#schema()} is derived from it. A component
 * {@code userId} is the field {@code user_id} on the wire. A component is required unless its type is
 * {@link java.util.Optional} or annotated {@code @Nullable}; exactly one is the {@link EventKey}.
 *
 * <p>Component types: {@code String}, {@code int}, {@code long}, {@code double}, {@code boolean} and their boxes,
 * {@code BigDecimal}, {@code Instant} (written in UTC with microseconds; finer parts are cut off), {@code LocalDate},
 * {@code UUID}, enums (by name), records, {@code List}, {@code Set} (of {@code String}, {@code Integer}, {@code Long},
 * {@code LocalDate}, {@code UUID} or an enum), {@code Map<String, V>} and, for a free JSON object,
 * {@code Map<String, Object>}. Collections hold no null. Anything else is a {@link ContractDefinitionException}.
 */
@Documented
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface EventContract {

    /** The event type on the wire: lower case words and digits, separated by {@code _}, {@code .} or {@code -}. */
    String type();

    /** The version of the schema, from 1; {@code 2} is {@code "v2"} on the wire. */
    int version();

    /**
     * The part of the business the event belongs to, such as {@code user}: a router sends it to the topic
     * {@code domain.user}. Lower case words and digits, separated by {@code _} or {@code -}; the same in all versions
     * of a type. Default: {@value #DEFAULT_DOMAIN}.
     */
    String domain() default DEFAULT_DOMAIN;

    /** The domain of events that declare none. */
    String DEFAULT_DOMAIN = "general";
}
