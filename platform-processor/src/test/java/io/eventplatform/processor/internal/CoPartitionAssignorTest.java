package io.eventplatform.processor.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Assignment;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.GroupSubscription;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Subscription;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Groups that members join and leave and whose topics grow, played as Kafka's cooperative protocol does it. */
class CoPartitionAssignorTest {

    private static final List<String> TOPICS = List.of("orders", "payments", "refunds");

    private final Map<String, Member> members = new TreeMap<>();
    private List<String> topics = TOPICS;
    private int partitions = 6;
    private int generation;
    private int named;
    private String seed = "";

    private static final class Member {
        private final CoPartitionAssignor assignor = new CoPartitionAssignor();
        private final List<String> topics;
        private Set<TopicPartition> owned = new HashSet<>();
        private int generation = -1;

        Member(List<String> topics) {
            this.topics = topics;
        }

        Set<Integer> numbers() {
            Set<Integer> numbers = new TreeSet<>();
            owned.forEach(partition -> numbers.add(partition.partition()));
            return numbers;
        }
    }

    @BeforeEach
    void oneMember() {
        join();
        settle();
    }

    static long[] seeds() {
        return new Random().longs(30).toArray();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void whateverHappensNumbersStayTogetherBalancedAndMoveNoMoreThanNeeded(long seedValue) {
        seed = "seed " + seedValue;
        Random random = new Random(seedValue);
        for (int step = 0; step < 40; step++) {
            Map<String, Set<Integer>> before = numbers();
            switch (random.nextInt(5)) {
                case 0, 1 -> join();
                case 2, 3 -> leave(random);
                default -> partitions = Math.min(40, partitions + random.nextInt(3));
            }
            settle();

            assertBalanced();
            assertNoMoreMovesThanNeeded(before);
        }
    }

    @Test
    void aTopicThatIsAddedByARollingUpgradeIsReadOnceItsNumbersAreWithUpgradedMembers() {
        topics = List.of("orders");
        members.clear();
        List.of("old-1", "old-2").forEach(name -> members.put(name, new Member(topics)));
        settle();
        topics = List.of("orders", "payments");

        for (String old : List.of("old-1", "old-2")) {
            members.remove(old);
            join();
            settle();
        }

        assertBalanced();
    }

    /** As another assignor may leave it: parts of a number with different members, of which one missed a rebalance. */
    @ParameterizedTest
    @ValueSource(ints = {3, 5})
    void partsOfANumberThatAreWithDifferentMembersComeTogetherWithoutASecondOwner(int generationOfSecond) {
        topics = List.of("orders", "payments");
        partitions = 2;
        members.clear();
        join();
        join();
        List<Member> two = List.copyOf(members.values());
        generation = 5;
        two.get(0).generation = 5;
        two.get(1).generation = generationOfSecond;
        two.get(0).owned = new HashSet<>(Set.of(new TopicPartition("orders", 0), new TopicPartition("payments", 1)));
        two.get(1).owned = new HashSet<>(Set.of(new TopicPartition("payments", 0), new TopicPartition("orders", 1)));

        settle();

        assertBalanced();
    }

    // ---- the group

    private void join() {
        members.put("member-" + named++, new Member(topics));
    }

    private void leave(Random random) {
        if (members.size() > 1) {
            List<String> names = List.copyOf(members.keySet());
            members.remove(names.get(random.nextInt(names.size())));
        }
    }

    /** Rebalances until nobody has to give anything up. */
    private void settle() {
        for (int round = 0; rebalance(); round++) {
            assertThat(round).as("%s: rounds until the group is stable", seed).isLessThan(4);
        }
    }

    /** One rebalance; whether a member gave something up, so that another one follows. */
    private boolean rebalance() {
        Map<String, Subscription> subscriptions = new HashMap<>();
        members.forEach((name, member) -> subscriptions.put(
                name,
                new Subscription(
                        member.topics,
                        member.assignor.subscriptionUserData(Set.copyOf(member.topics)),
                        List.copyOf(member.owned),
                        member.generation,
                        Optional.empty())));
        Member leader = members.values().iterator().next();
        Map<String, Assignment> assignments = leader.assignor
                .assign(cluster(), new GroupSubscription(subscriptions))
                .groupAssignment();
        generation++;

        requireOneOwner(assignments);
        boolean again = false;
        for (Map.Entry<String, Member> entry : members.entrySet()) {
            Member member = entry.getValue();
            Assignment assignment = Objects.requireNonNull(assignments.get(entry.getKey()));
            again |= !assignment.partitions().containsAll(member.owned);
            member.owned = new HashSet<>(assignment.partitions());
            member.generation = generation;
        }
        return again;
    }

    private Cluster cluster() {
        Node node = new Node(1, "localhost", 1);
        Node[] replicas = {node};
        List<PartitionInfo> infos = TOPICS.stream()
                .flatMap(topic -> IntStream.range(0, partitions)
                        .mapToObj(number -> new PartitionInfo(topic, number, node, replicas, replicas)))
                .toList();
        return new Cluster("cluster", List.of(node), infos, Set.of(), Set.of());
    }

    // ---- what must hold

    /** Nobody is given what another has, or is given, now. */
    private void requireOneOwner(Map<String, Assignment> assignments) {
        Map<TopicPartition, String> owners = new HashMap<>();
        members.forEach((name, member) -> member.owned.forEach(partition -> owners.put(partition, name)));
        Set<TopicPartition> given = new HashSet<>();
        assignments.forEach((name, assignment) -> assignment.partitions().forEach(partition -> {
            assertThat(given.add(partition))
                    .as("%s: %s is given once", seed, partition)
                    .isTrue();
            assertThat(owners.getOrDefault(partition, name))
                    .as("%s: who has %s while it is given to %s", seed, partition, name)
                    .isEqualTo(name);
        }));
    }

    private void assertBalanced() {
        List<Integer> sizes = new ArrayList<>();
        Set<TopicPartition> all = new HashSet<>();
        for (Member member : members.values()) {
            sizes.add(member.numbers().size());
            all.addAll(member.owned);
            assertThat(member.owned)
                    .as("%s: each number is whole", seed)
                    .hasSize(member.numbers().size() * topics.size());
        }
        assertThat(all).as("%s: everything has an owner", seed).hasSize(partitions * topics.size());
        assertThat(Collections.max(sizes) - Collections.min(sizes))
                .as("%s: balanced within one", seed)
                .isLessThanOrEqualTo(1);
    }

    private Map<String, Set<Integer>> numbers() {
        Map<String, Set<Integer>> numbers = new HashMap<>();
        members.forEach((name, member) -> numbers.put(name, member.numbers()));
        return numbers;
    }

    private void assertNoMoreMovesThanNeeded(Map<String, Set<Integer>> before) {
        List<Integer> had = members.keySet().stream()
                .map(name -> before.getOrDefault(name, Set.of()).size())
                .sorted(Comparator.reverseOrder())
                .toList();
        int larger = partitions % members.size();
        int share = partitions / members.size();
        int keepable = 0;
        for (int i = 0; i < had.size(); i++) {
            keepable += Math.min(had.get(i), i < larger ? share + 1 : share);
        }
        int kept = members.entrySet().stream()
                .mapToInt(entry -> common(
                        before.getOrDefault(entry.getKey(), Set.of()),
                        entry.getValue().numbers()))
                .sum();
        assertThat(kept).as("%s: numbers that stay where they were", seed).isEqualTo(keepable);
    }

    private static int common(Collection<Integer> a, Collection<Integer> b) {
        Set<Integer> common = new HashSet<>(a);
        common.retainAll(b);
        return common.size();
    }
}
