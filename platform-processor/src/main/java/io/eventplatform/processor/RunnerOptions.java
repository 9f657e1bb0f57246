package io.eventplatform.processor;

import io.eventplatform.telemetry.Telemetry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;

/** How a {@link Runner} works; immutable, with a default for everything. */
public final class RunnerOptions {

    /** 100 ms: what a reader of committed records waits at most for the commit. */
    public static final Duration DEFAULT_COMMIT_INTERVAL = Duration.ofMillis(100);

    /** 10 s, below the 15 s after which Kafka aborts a transaction. */
    public static final Duration LONGEST_TRANSACTION_INTERVAL = Duration.ofSeconds(10);

    /** 10,000 records. */
    public static final int DEFAULT_MAX_COMMIT_RECORDS = 10_000;

    /** 16 MiB. */
    public static final long DEFAULT_MAX_COMMIT_BYTES = 16L * 1024 * 1024;

    /** 30 s. */
    public static final Duration DEFAULT_STUCK_AFTER = Duration.ofSeconds(30);

    /** 10 s. */
    public static final Duration DEFAULT_START_TIMEOUT = Duration.ofSeconds(10);

    /** 4,000 records. */
    public static final int DEFAULT_MAX_QUEUED_RECORDS = 4_000;

    /** 4 MiB. */
    public static final long DEFAULT_MAX_QUEUED_BYTES = 4L * 1024 * 1024;

    private static final Duration LONGEST_INTERVAL = Duration.ofMinutes(10);

    private static final RunnerOptions DEFAULTS = new RunnerOptions(new Builder());

    private final Optional<String> instance;
    private final Duration commitInterval;
    private final int maxCommitRecords;
    private final long maxCommitBytes;
    private final Optional<Path> stateDirectory;
    private final RetryPolicy retryPolicy;
    private final Telemetry telemetry;
    private final InstantSource clock;
    private final Ticker ticker;
    private final GroupProtocol groupProtocol;
    private final Duration stuckAfter;
    private final Duration startTimeout;
    private final int maxQueuedRecords;
    private final long maxQueuedBytes;
    private final StepListener stepListener;

    private RunnerOptions(Builder builder) {
        this.instance = builder.instance;
        this.commitInterval = builder.commitInterval;
        this.maxCommitRecords = builder.maxCommitRecords;
        this.maxCommitBytes = builder.maxCommitBytes;
        this.stateDirectory = builder.stateDirectory;
        this.retryPolicy = builder.retryPolicy;
        this.telemetry = builder.telemetry;
        this.clock = builder.clock;
        this.ticker = builder.ticker;
        this.groupProtocol = builder.groupProtocol;
        this.stuckAfter = builder.stuckAfter;
        this.startTimeout = builder.startTimeout;
        this.maxQueuedRecords = builder.maxQueuedRecords;
        this.maxQueuedBytes = builder.maxQueuedBytes;
        this.stepListener = builder.stepListener;
    }

    /** Every option at its default. */
    public static RunnerOptions defaults() {
        return DEFAULTS;
    }

    public static Builder builder() {
        return new Builder();
    }

    /** The name of this instance, see {@link Builder#instance}. */
    public Optional<String> instance() {
        return instance;
    }

    public Duration commitInterval() {
        return commitInterval;
    }

    public int maxCommitRecords() {
        return maxCommitRecords;
    }

    public long maxCommitBytes() {
        return maxCommitBytes;
    }

    /** Where snapshots of state are kept, see {@link Builder#stateDirectory}. */
    public Optional<Path> stateDirectory() {
        return stateDirectory;
    }

    public RetryPolicy retryPolicy() {
        return retryPolicy;
    }

    public Telemetry telemetry() {
        return telemetry;
    }

    public InstantSource clock() {
        return clock;
    }

    public Ticker ticker() {
        return ticker;
    }

    public GroupProtocol groupProtocol() {
        return groupProtocol;
    }

    public Duration stuckAfter() {
        return stuckAfter;
    }

    public Duration startTimeout() {
        return startTimeout;
    }

    public int maxQueuedRecords() {
        return maxQueuedRecords;
    }

    public long maxQueuedBytes() {
        return maxQueuedBytes;
    }

    public StepListener stepListener() {
        return stepListener;
    }

    /** Who shares out partitions among the instances of a group. */
    public enum GroupProtocol {

        /** One of the instances, by Kafka's protocol of old. */
        CLASSIC,

        /**
         * The broker (KIP-848): instances that join or leave hold up no other. Brokers of Kafka 4.3 or newer; older ones
         * fence healthy instances.
         */
        CONSUMER
    }

    /** Collects options; each setter checks its own argument. */
    public static final class Builder {

        private Optional<String> instance = Optional.empty();
        private Duration commitInterval = DEFAULT_COMMIT_INTERVAL;
        private int maxCommitRecords = DEFAULT_MAX_COMMIT_RECORDS;
        private long maxCommitBytes = DEFAULT_MAX_COMMIT_BYTES;
        private Optional<Path> stateDirectory = Optional.empty();
        private RetryPolicy retryPolicy = RetryPolicy.DEFAULT;
        private Telemetry telemetry = Telemetry.noop();
        private InstantSource clock = InstantSource.system();
        private Ticker ticker = Ticker.SYSTEM;
        private GroupProtocol groupProtocol = GroupProtocol.CLASSIC;
        private Duration stuckAfter = DEFAULT_STUCK_AFTER;
        private Duration startTimeout = DEFAULT_START_TIMEOUT;
        private int maxQueuedRecords = DEFAULT_MAX_QUEUED_RECORDS;
        private long maxQueuedBytes = DEFAULT_MAX_QUEUED_BYTES;
        private StepListener stepListener = StepListener.NONE;

        private Builder() {}

        /**
         * A name that this instance keeps over restarts and shares with no other, such as a pod's ordinal.
         * With it a restart takes over at once from the process that died; without it, after Kafka's
         * session timeout of 10 s.
         */
        public Builder instance(String name) {
            if (!name.matches("[a-zA-Z0-9._-]{1,100}")) {
                throw new IllegalArgumentException(
                        "instance must be 1 to 100 letters, digits, '.', '_' and '-' but was \"" + name + "\"");
            }
            instance = Optional.of(name);
            return this;
        }

        /**
         * How long finished records wait for a commit; default {@link #DEFAULT_COMMIT_INTERVAL}. A pipeline takes at
         * most {@link #LONGEST_TRANSACTION_INTERVAL}, a sink 10 minutes: one into a lake writes files, and
         * few large ones read better than many small ones. What is collected stays in memory: see
         * {@link #maxCommitRecords} and {@link #maxCommitBytes}, which end the wait early.
         */
        public Builder commitInterval(Duration interval) {
            if (interval.isNegative() || interval.isZero() || interval.compareTo(LONGEST_INTERVAL) > 0) {
                throw new IllegalArgumentException(
                        "commitInterval must be above 0 and at most " + LONGEST_INTERVAL + " but was " + interval);
            }
            commitInterval = interval;
            return this;
        }

        /** A commit is made earlier when it holds this many records. */
        public Builder maxCommitRecords(int records) {
            if (records < 1) {
                throw new IllegalArgumentException("maxCommitRecords must be at least 1 but was " + records);
            }
            maxCommitRecords = records;
            return this;
        }

        /** A commit is made earlier when the records in it, their outputs and what they wrote to state had this many bytes. */
        public Builder maxCommitBytes(long bytes) {
            if (bytes < 1) {
                throw new IllegalArgumentException("maxCommitBytes must be at least 1 but was " + bytes);
            }
            maxCommitBytes = bytes;
            return this;
        }

        /**
         * A directory of this runner alone, where snapshots of keyed state are kept: at a clean close, and after
         * commits now and then. A restart on the same disk then reads only what the state topic got since, instead
         * of all of it. It is made if it is missing, and may be deleted while the runner is stopped. Default none.
         */
        public Builder stateDirectory(Path directory) {
            stateDirectory = Optional.of(directory);
            return this;
        }

        public Builder retryPolicy(RetryPolicy policy) {
            retryPolicy = Objects.requireNonNull(policy, "policy");
            return this;
        }

        /** Where spans go; default nowhere. */
        public Builder telemetry(Telemetry telemetry) {
            this.telemetry = Objects.requireNonNull(telemetry, "telemetry");
            return this;
        }

        /** The wall clock, to which event times are compared and timers set; default the system's. */
        public Builder clock(InstantSource clock) {
            this.clock = Objects.requireNonNull(clock, "clock");
            return this;
        }

        /** What waits and deadlines are measured with, such as commit interval and backoff; default the system's. */
        public Builder ticker(Ticker ticker) {
            this.ticker = Objects.requireNonNull(ticker, "ticker");
            return this;
        }

        /**
         * How the group shares out partitions; default {@link GroupProtocol#CLASSIC}. With
         * {@link GroupProtocol#CONSUMER} the session timeout is the broker's. A group changes it by a rolling
         * restart.
         */
        public Builder groupProtocol(GroupProtocol protocol) {
            groupProtocol = Objects.requireNonNull(protocol, "protocol");
            return this;
        }

        /**
         * A call of user code that runs longer shows as {@link Health.Stuck}; default {@link #DEFAULT_STUCK_AFTER}. It is
         * not interrupted; after Kafka's {@code max.poll.interval.ms}, 5 minutes, the partitions go to another instance.
         */
        public Builder stuckAfter(Duration duration) {
            stuckAfter = positive("stuckAfter", duration);
            return this;
        }

        /** How long Kafka may take to answer when a runner is started; default {@link #DEFAULT_START_TIMEOUT}. */
        public Builder startTimeout(Duration timeout) {
            startTimeout = positive("startTimeout", timeout);
            return this;
        }

        private static Duration positive(String name, Duration duration) {
            if (duration.isNegative() || duration.isZero()) {
                throw new IllegalArgumentException(name + " must be above 0 but was " + duration);
            }
            return duration;
        }

        /**
         * How many records of a partition are fetched ahead of processing, at most; default
         * {@link #DEFAULT_MAX_QUEUED_RECORDS}. Only a partition that has come up to it is held back, others go on.
         */
        public Builder maxQueuedRecords(int records) {
            if (records < 2) {
                throw new IllegalArgumentException("maxQueuedRecords must be at least 2 but was " + records);
            }
            maxQueuedRecords = records;
            return this;
        }

        /**
         * As {@link #maxQueuedRecords}, in bytes; default {@link #DEFAULT_MAX_QUEUED_BYTES}. One more fetch of a partition,
         * Kafka's {@code max.partition.fetch.bytes}, may come on top.
         */
        public Builder maxQueuedBytes(long bytes) {
            if (bytes < 1) {
                throw new IllegalArgumentException("maxQueuedBytes must be at least 1 but was " + bytes);
            }
            maxQueuedBytes = bytes;
            return this;
        }

        /** Is told of each step, for crash tests. */
        public Builder stepListener(StepListener listener) {
            stepListener = Objects.requireNonNull(listener, "listener");
            return this;
        }

        public RunnerOptions build() {
            return new RunnerOptions(this);
        }
    }
}
