package io.eventplatform.processor.internal;

import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;

/** What a worker is made of, and what differs between a pipeline and a sink. */
record Parts(
        Consumer<byte[], byte[]> consumer, Intake intake, TaskFactory tasks, Restorer restorer, Committer committer) {

    interface TaskFactory {

        /** The task of a partition number, without any input yet. */
        Task create(int number);

        /** Gives a task the input of a partition of its number, and what state goes with it. */
        Input addInput(Task task, TopicPartition partition);
    }
}
