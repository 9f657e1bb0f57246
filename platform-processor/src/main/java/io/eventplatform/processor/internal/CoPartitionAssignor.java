package io.eventplatform.processor.internal;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Keeps partitions of equal number together: what of all topics has one number goes to one member.
 *
 * <p>It shares out numbers instead of partitions, as those of one topic, by Kafka's cooperative sticky assignor:
 * balanced within one, moving no more than needed, and in two steps, so that nothing has two owners. While
 * members differ in their topics, in a rolling upgrade, each gets those of its topics; the rest of a number
 * waits until the number is with a member that reads it.
 */
public final class CoPartitionAssignor implements ConsumerPartitionAssignor {

    private static final String NUMBERS = "numbers";

    private final CooperativeStickyAssignor sharing = new CooperativeStickyAssignor();

    @Override
    public String name() {
        return "event-platform-co-partition";
    }

    @Override
    public List<RebalanceProtocol> supportedProtocols() {
        return sharing.supportedProtocols();
    }

    @Override
    public ByteBuffer subscriptionUserData(Set<String> topics) {
        return sharing.subscriptionUserData(topics);
    }

    @Override
    public void onAssignment(Assignment assignment, ConsumerGroupMetadata metadata) {
        sharing.onAssignment(assignment, metadata);
    }

    @Override
    public GroupAssignment assign(Cluster cluster, GroupSubscription group) {
        Map<String, Subscription> members = group.groupSubscription();
        Map<String, Integer> partitions = new HashMap<>();
        members.values().stream()
                .flatMap(member -> member.topics().stream())
                .forEach(topic -> partitions.computeIfAbsent(topic, key -> partitions(cluster, key)));
        Map<String, Subscription> inNumbers = new HashMap<>();
        members.forEach((member, subscription) -> inNumbers.put(member, inNumbers(subscription)));
        int numbers =
                partitions.values().stream().mapToInt(Integer::intValue).max().orElse(0);

        Map<String, List<TopicPartition>> shares = sharing.assign(Map.of(NUMBERS, numbers), inNumbers);
        Owners owners = new Owners(members);
        Map<String, Assignment> assignments = new HashMap<>();
        members.forEach((member, subscription) -> {
            List<TopicPartition> assigned = new ArrayList<>();
            for (TopicPartition share : shares.getOrDefault(member, List.of())) {
                List<TopicPartition> together = together(share.partition(), subscription.topics(), partitions);
                if (together.stream().allMatch(partition -> owners.isFreeFor(member, partition))) {
                    assigned.addAll(together);
                }
            }
            assignments.put(member, new Assignment(assigned));
        });
        return new GroupAssignment(assignments);
    }

    private static int partitions(Cluster cluster, String topic) {
        Integer count = cluster.partitionCountForTopic(topic);
        return count == null ? 0 : count;
    }

    private static Subscription inNumbers(Subscription subscription) {
        Set<Integer> owned = new TreeSet<>();
        subscription.ownedPartitions().forEach(partition -> owned.add(partition.partition()));
        Subscription inNumbers = new Subscription(
                List.of(NUMBERS),
                subscription.userData(),
                owned.stream()
                        .map(number -> new TopicPartition(NUMBERS, number))
                        .toList(),
                subscription.generationId().orElse(-1),
                subscription.rackId());
        inNumbers.setGroupInstanceId(subscription.groupInstanceId());
        return inNumbers;
    }

    private static List<TopicPartition> together(int number, List<String> topics, Map<String, Integer> partitions) {
        return topics.stream()
                .filter(topic -> number < Objects.requireNonNull(partitions.get(topic)))
                .map(topic -> new TopicPartition(topic, number))
                .toList();
    }

    /**
     * Who holds a partition now. Numbers alone do not tell, where parts of one number are with several members,
     * left there by another assignor.
     */
    private static final class Owners {

        private final Map<TopicPartition, Owner> owners = new HashMap<>();

        Owners(Map<String, Subscription> members) {
            members.forEach((member, subscription) -> {
                int generation = subscription.generationId().orElse(-1);
                for (TopicPartition partition : subscription.ownedPartitions()) {
                    owners.merge(
                            partition,
                            new Owner(member, generation),
                            (a, b) -> a.generation() >= b.generation() ? a : b); // an older claim has lapsed
                }
            });
        }

        boolean isFreeFor(String member, TopicPartition partition) {
            @Nullable Owner owner = owners.get(partition);
            return owner == null || owner.member().equals(member);
        }

        private record Owner(String member, int generation) {}
    }
}
