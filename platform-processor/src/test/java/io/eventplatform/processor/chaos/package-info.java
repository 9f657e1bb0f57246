/** Pipelines in processes of their own on a broker of their own, while everything breaks. Start with {@code ChaosTest}. */
@org.jspecify.annotations.NullMarked
package io.eventplatform.processor.chaos;
