package io.eventplatform.storage;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A store failed; the subtype says what the caller may do next. */
public abstract sealed class StoreException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private StoreException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** Nothing happened; the same call may succeed later. */
    public static final class Transient extends StoreException {
        private static final long serialVersionUID = 1L;

        public Transient(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    /** The commit may or may not have happened; read the position before doing anything else. */
    public static final class AmbiguousCommit extends StoreException {
        private static final long serialVersionUID = 1L;

        public AmbiguousCommit(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    /** The target table refuses these rows; the others may be tried without them. */
    public static final class RowsRejected extends StoreException {
        private static final long serialVersionUID = 1L;

        private final String table;
        private final transient List<Integer> indices;

        /** @param indices places in the batch's rows of that table; empty if the store cannot tell which */
        public RowsRejected(String table, List<Integer> indices, String message, @Nullable Throwable cause) {
            super(message, cause);
            this.table = table;
            this.indices = List.copyOf(indices);
        }

        public String table() {
            return table;
        }

        public List<Integer> indices() {
            return indices;
        }
    }

    /** A table that exists has another shape than the one declared. */
    public static final class SchemaIncompatible extends StoreException {
        private static final long serialVersionUID = 1L;

        public SchemaIncompatible(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    /** Disk, memory, a quota or a row limit is used up: pause, then try again, or ask for less. */
    public static final class Capacity extends StoreException {
        private static final long serialVersionUID = 1L;

        public Capacity(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    /** The stored data cannot be trusted: stop. */
    public static final class Corruption extends StoreException {
        private static final long serialVersionUID = 1L;

        public Corruption(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    /** The store was set up or called wrongly; repeating it will not help. */
    public static final class Configuration extends StoreException {
        private static final long serialVersionUID = 1L;

        public Configuration(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    /** The store lacks a {@link Capability} this call needs. */
    public static final class UnsupportedCapability extends StoreException {
        private static final long serialVersionUID = 1L;

        public UnsupportedCapability(Capability capability, String message) {
            super(message + " (needs " + capability + ")", null);
        }
    }
}
