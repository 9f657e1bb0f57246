package io.eventplatform.contract;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks the component that is the key of the Kafka record: events of one key stay in order.
 *
 * <p>Exactly one component of a contract has it; that component is required and a {@code String}, {@code int},
 * {@code long}, {@code UUID} or enum.
 */
@Documented
@Target(ElementType.RECORD_COMPONENT)
@Retention(RetentionPolicy.RUNTIME)
public @interface EventKey {}
