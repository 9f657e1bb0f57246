package io.eventplatform.storage.duckdb;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How a {@link DuckDbTableStore} uses its machine. */
public final class DuckDbOptions {

    /** 64 MiB; below it DuckDB can hardly commit a batch. */
    public static final long MIN_MEMORY_LIMIT_BYTES = 64L << 20;

    private final long memoryLimitBytes;
    private final int threads;
    private final @Nullable Path tempDirectory;
    private final InstantSource clock;

    private DuckDbOptions(Builder builder) {
        this.memoryLimitBytes = builder.memoryLimitBytes;
        this.threads = builder.threads;
        this.tempDirectory = builder.tempDirectory;
        this.clock = builder.clock;
    }

    /** The options of a builder on which nothing was set. */
    public static DuckDbOptions defaults() {
        return builder().build();
    }

    public static Builder builder() {
        return new Builder();
    }

    public long memoryLimitBytes() {
        return memoryLimitBytes;
    }

    public int threads() {
        return threads;
    }

    /** Empty if DuckDB chooses it: the file's name with {@code .tmp} at the end. */
    public Optional<Path> tempDirectory() {
        return Optional.ofNullable(tempDirectory);
    }

    public InstantSource clock() {
        return clock;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof DuckDbOptions that
                && memoryLimitBytes == that.memoryLimitBytes
                && threads == that.threads
                && Objects.equals(tempDirectory, that.tempDirectory)
                && clock.equals(that.clock);
    }

    @Override
    public int hashCode() {
        return Objects.hash(memoryLimitBytes, threads, tempDirectory, clock);
    }

    @Override
    public String toString() {
        return "DuckDbOptions[memoryLimitBytes=" + memoryLimitBytes + ", threads=" + threads + ", tempDirectory="
                + tempDirectory + "]";
    }

    /** Collects options; a setter refuses a value that can never be right. */
    public static final class Builder {

        private long memoryLimitBytes = Math.max(MIN_MEMORY_LIMIT_BYTES, machineMemoryBytes() / 4);
        private int threads = Runtime.getRuntime().availableProcessors();
        private @Nullable Path tempDirectory;
        private InstantSource clock = InstantSource.system();

        private Builder() {}

        /**
         * Memory DuckDB may take outside the Java heap; beyond it, it spills to disk, then refuses. Default: a
         * quarter of the memory of the machine, or of the container the JVM runs in.
         */
        public Builder memoryLimitBytes(long bytes) {
            if (bytes < MIN_MEMORY_LIMIT_BYTES) {
                throw new IllegalArgumentException(
                        "memoryLimitBytes must be at least " + MIN_MEMORY_LIMIT_BYTES + " but was " + bytes);
            }
            this.memoryLimitBytes = bytes;
            return this;
        }

        /** Threads of DuckDB's own, which all queries and commits share. Default: the processors of the JVM. */
        public Builder threads(int count) {
            if (count < 1) {
                throw new IllegalArgumentException("threads must be at least 1 but was " + count);
            }
            this.threads = count;
            return this;
        }

        /** Where DuckDB spills what does not fit in memory. Default: beside the file. */
        public Builder tempDirectory(Path directory) {
            this.tempDirectory = Objects.requireNonNull(directory, "directory");
            return this;
        }

        /** The wall clock that stamps commits. Default: the system's. */
        public Builder clock(InstantSource source) {
            this.clock = Objects.requireNonNull(source, "source");
            return this;
        }

        public DuckDbOptions build() {
            return new DuckDbOptions(this);
        }

        private static long machineMemoryBytes() {
            return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class)
                    .getTotalMemorySize();
        }
    }
}
