/**
 * A Spring Boot 4 application around a pipeline. Start with {@link io.eventplatform.examples.boot4.EventsConfiguration}.
 */
package io.eventplatform.examples.boot4;
