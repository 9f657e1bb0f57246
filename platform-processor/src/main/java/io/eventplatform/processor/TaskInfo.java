package io.eventplatform.processor;

/**
 * Where an instance of a {@link Processor} is at work.
 *
 * @param partition the number of the partitions that the task reads
 */
public record TaskInfo(String pipeline, String stage, int partition) {}
