/**
 * A Spring Boot 3 application around a pipeline. Start with {@link io.eventplatform.examples.boot3.EventsConfiguration}.
 */
package io.eventplatform.examples.boot3;
