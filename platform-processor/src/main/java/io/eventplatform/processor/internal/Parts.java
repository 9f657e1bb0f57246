package io.eventplatform.processor.internal;

import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;

/** What a worker is made of, and what differs between a pipeline and a sink. */
record Parts(
        Consumer<byte[], byte[]> consumer, Intake intake, TaskFactory tasks, Restorer restorer, Committer committer) {

    @FunctionalInterface
    interface TaskFactory {
        Task create(TopicPartition partition);
    }
}
