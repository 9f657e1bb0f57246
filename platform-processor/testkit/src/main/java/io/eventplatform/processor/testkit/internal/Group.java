package io.eventplatform.processor.testkit.internal;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.jspecify.annotations.Nullable;

/**
 * A consumer group and its coordinator: the classic protocol with cooperative rebalances. A rebalance ends when
 * every member has joined it, each inside a poll of its own; a partition that moves is given away only after its
 * owner has let go of it and joined again. Equal partition numbers of all topics go to the same member.
 */
final class Group {

    private final String id;
    private final SimKafka kafka;
    private final Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    private final List<Member> members = new ArrayList<>();
    private final Set<Member> joined = new LinkedHashSet<>();
    private int generation;
    private int memberIds;
    private int shift;
    private boolean rebalancing;

    /** A member as the coordinator knows it. */
    static final class Member {

        private final String id;
        private final Optional<String> instanceId;
        private final Set<String> topics;
        private final int sessionTimeoutMillis;
        private Set<TopicPartition> owned = Set.of();
        private Set<TopicPartition> assignment = Set.of();
        private int generation = -1;
        private long silentSinceMillis = Long.MAX_VALUE;
        private boolean informed;
        private boolean removed;
        private boolean fenced;

        private Member(String id, Optional<String> instanceId, Set<String> topics, int sessionTimeoutMillis) {
            this.id = id;
            this.instanceId = instanceId;
            this.topics = topics;
            this.sessionTimeoutMillis = sessionTimeoutMillis;
        }

        String id() {
            return id;
        }

        Set<TopicPartition> assignment() {
            return assignment;
        }

        /** It has learnt of its assignment. */
        void informed() {
            informed = true;
        }

        /** The last one that it took part in. */
        int generation() {
            return generation;
        }

        /** Whether the group goes on without it. */
        boolean isRemoved() {
            return removed;
        }

        /** Whether another has taken its place under the same instance id. */
        boolean isFenced() {
            return fenced;
        }

        /** Whether the last rebalance took something away from it, for another. */
        private boolean wasToLetGo() {
            return !assignment.containsAll(owned);
        }

        @Override
        public String toString() {
            return id + (silentSinceMillis == Long.MAX_VALUE ? "" : " (silent)") + " with " + assignment;
        }
    }

    Group(String id, SimKafka kafka) {
        this.id = id;
        this.kafka = kafka;
    }

    String id() {
        return id;
    }

    int generation() {
        return generation;
    }

    boolean isRebalancing() {
        return rebalancing;
    }

    /** Whether each member has what the last rebalance gave it. */
    boolean isSettled() {
        return !rebalancing && members.stream().allMatch(member -> member.informed);
    }

    boolean hasMembers() {
        return !members.isEmpty();
    }

    // ---- members

    Member join(Optional<String> instanceId, Set<String> topics, int sessionTimeoutMillis) {
        Member member = new Member(id + "-member-" + ++memberIds, instanceId, topics, sessionTimeoutMillis);
        Member predecessor = staticMember(instanceId);
        if (predecessor == null) {
            members.add(member);
            startRebalance();
            return member;
        }
        // A named member that comes back takes over what its predecessor had, without a rebalance.
        predecessor.fenced = true;
        joined.remove(predecessor);
        member.assignment = predecessor.assignment;
        member.generation = predecessor.generation;
        members.set(members.indexOf(predecessor), member);
        if (!rebalancing && predecessor.wasToLetGo()) {
            startRebalance(); // nobody else would ask for it any more
        }
        return member;
    }

    private @Nullable Member staticMember(Optional<String> instanceId) {
        return members.stream()
                .filter(member -> instanceId.isPresent() && member.instanceId.equals(instanceId))
                .findFirst()
                .orElse(null);
    }

    /** A member joins the rebalance under way and tells what it owns. */
    void rejoin(Member member, Set<TopicPartition> owned) {
        if (!rebalancing || !members.contains(member) || !joined.add(member)) {
            return;
        }
        member.owned = Set.copyOf(owned);
        completeIfAllJoined();
    }

    /** It no longer sends heartbeats. */
    void silent(Member member) {
        if (member.silentSinceMillis == Long.MAX_VALUE) {
            member.silentSinceMillis = kafka.nowMillis();
        }
    }

    void remove(Member member) {
        if (!members.remove(member)) {
            return;
        }
        member.removed = true;
        joined.remove(member);
        startRebalance();
    }

    void expire(long nowMillis) {
        for (Member member : List.copyOf(members)) {
            if (member.silentSinceMillis != Long.MAX_VALUE
                    && nowMillis - member.silentSinceMillis > member.sessionTimeoutMillis) {
                remove(member);
            }
        }
    }

    // ---- rebalances

    void startRebalance() {
        rebalancing = !members.isEmpty();
        joined.clear();
    }

    /** Deals the partitions out anew, so that with several members they move. */
    void shuffle() {
        shift++;
        startRebalance();
    }

    private void completeIfAllJoined() {
        if (joined.size() < members.size()) {
            return;
        }
        rebalancing = false;
        generation++;
        Map<TopicPartition, Member> owners = new HashMap<>();
        members.forEach(member -> member.owned.forEach(partition -> owners.put(partition, member)));
        Map<Member, Set<TopicPartition>> assignments = new HashMap<>();
        for (TopicPartition partition : kafka.partitionsOf(members.get(0).topics)) {
            Member target = members.get((partition.partition() + shift) % members.size());
            Member owner = owners.getOrDefault(partition, target);
            if (owner == target) {
                assignments.computeIfAbsent(target, absent -> new HashSet<>()).add(partition);
            }
        }
        for (Member member : members) {
            member.assignment = Set.copyOf(assignments.getOrDefault(member, Set.of()));
            member.generation = generation;
            member.informed = false;
        }
    }

    // ---- offsets

    void commit(Map<TopicPartition, OffsetAndMetadata> more) {
        offsets.putAll(more);
    }

    @Nullable
    OffsetAndMetadata committed(TopicPartition partition) {
        return offsets.get(partition);
    }

    /** Refuses a commit of one who is no member any more, or not of this generation. */
    void requireCurrent(ConsumerGroupMetadata sender) {
        if (sender.generationId() < 0 && sender.memberId().isEmpty() && members.isEmpty()) {
            return;
        }
        boolean known = members.stream().anyMatch(member -> member.id.equals(sender.memberId()));
        if (!known && staticMember(sender.groupInstanceId()) != null) {
            throw new FencedInstanceIdException("instance " + sender.groupInstanceId() + " has another member id now");
        }
        if (!known || sender.generationId() != generation) {
            throw new CommitFailedException(
                    "group " + id + " is at generation " + generation + " with " + members.size()
                            + " members; the commit is of generation " + sender.generationId() + " and member "
                            + sender.memberId());
        }
    }

    @Override
    public String toString() {
        return "generation " + generation + (rebalancing ? ", rebalancing, joined " + joined : "") + ", members "
                + members;
    }
}
