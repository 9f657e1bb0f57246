package io.eventplatform.processor.internal;

import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * What a worker is made of, and what differs between a pipeline and a sink.
 *
 * @param snapshots null if it keeps none
 */
record Parts(
        Consumer<byte[], byte[]> consumer,
        Intake intake,
        TaskFactory tasks,
        Restorer restorer,
        Committer committer,
        @Nullable Snapshots snapshots) {

    interface TaskFactory {

        /**
         * Looks at a partition that was assigned.
         *
         * @throws StoppedException if the topics that go with it have none of its number
         */
        void requireCompanions(TopicPartition partition);

        /** The task of a partition number, without any input yet. */
        Task create(int number);

        /** Gives a task the input of a partition of its number, and what state goes with it. */
        Input addInput(Task task, TopicPartition partition);
    }
}
