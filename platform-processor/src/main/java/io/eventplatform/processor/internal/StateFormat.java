package io.eventplatform.processor.internal;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.eventplatform.processor.StateSpec;
import io.eventplatform.processor.Timer;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;

/**
 * The stored form of keyed state and timers, version 1, big-endian. A key is the key of a changelog record, a value its
 * value; a tombstone deletes.
 *
 * <pre>
 * entry   key    version 1 | 'v', 'm' or 'l' | stage | state | record key | item
 *                item: nothing in a value, the name (UTF-8) in a map, the place (8) in a list
 *         value  version 1 | event time of the task when it was written (ms, 8) | JSON
 * timer   key    version 1 | 't' | stage | record key | name (UTF-8)
 *         value  version 1 | 'e' or 'w' for the clock | time (ms, 8)
 * marker  key    version 1 | 'i'
 *         value  version 1
 *
 * stage, state   length (1), UTF-8
 * record key     length (4), bytes as they are in Kafka
 * JSON           as StoredValues writes it
 * </pre>
 *
 * <p>The marker is written by the first commit, so that a changelog which was emptied differs from one that nothing has
 * been written to yet. Versions and kinds it does not know are refused, never skipped: state would be forgotten.
 */
final class StateFormat {

    private static final byte VERSION = 1;
    private static final byte VALUE = 'v';
    private static final byte MAP = 'm';
    private static final byte LIST = 'l';
    private static final byte TIMER = 't';
    private static final byte MARK = 'i';
    private static final byte EVENT_TIME = 'e';
    private static final byte WALL_CLOCK = 'w';
    private static final int ENTRY_HEADER_BYTES = 1 + Long.BYTES;
    private static final int TIMER_BYTES = 2 + Long.BYTES;

    static final StateKey MARKER = new StateKey(new byte[] {VERSION, MARK});

    private StateFormat() {}

    /** What the marker's record holds. */
    static byte[] markerValue() {
        return new byte[] {VERSION};
    }

    // ---- keys

    /** What a stored key names. */
    sealed interface Parsed {

        /** An entry of a state. */
        record Entry(String stage, StateSpec.Kind kind, String state) implements Parsed {}

        /** A timer; {@code recordKey} is never changed. */
        @SuppressWarnings("ArrayRecordComponent") // a part of a key on its way to a processor; never compared
        record SetTimer(String stage, byte[] recordKey, String name) implements Parsed {}

        /** The marker. */
        record Marker() implements Parsed {}
    }

    /** What all entries of a state have in common for one record key; for a value it is the entry's key. */
    static StateKey prefix(String stage, StateSpec<?> state, byte[] recordKey) {
        byte[] stageBytes = stage.getBytes(UTF_8);
        byte[] stateBytes = state.name().getBytes(UTF_8);
        return new StateKey(
                ByteBuffer.allocate(4 + stageBytes.length + stateBytes.length + Integer.BYTES + recordKey.length)
                        .put(VERSION)
                        .put(kind(state.kind()))
                        .put((byte) stageBytes.length)
                        .put(stageBytes)
                        .put((byte) stateBytes.length)
                        .put(stateBytes)
                        .putInt(recordKey.length)
                        .put(recordKey)
                        .array());
    }

    static StateKey mapEntry(StateKey prefix, String name) {
        return plus(prefix, name.getBytes(UTF_8));
    }

    static String nameInMap(StateKey prefix, StateKey key) {
        int from = prefix.bytes().length;
        return new String(key.bytes(), from, key.bytes().length - from, UTF_8);
    }

    static StateKey listEntry(StateKey prefix, long place) {
        return plus(prefix, ByteBuffer.allocate(Long.BYTES).putLong(place).array());
    }

    static long placeInList(StateKey key) {
        return ByteBuffer.wrap(key.bytes()).getLong(key.bytes().length - Long.BYTES);
    }

    static StateKey timer(String stage, byte[] recordKey, String name) {
        byte[] stageBytes = stage.getBytes(UTF_8);
        byte[] nameBytes = name.getBytes(UTF_8);
        return new StateKey(
                ByteBuffer.allocate(3 + stageBytes.length + Integer.BYTES + recordKey.length + nameBytes.length)
                        .put(VERSION)
                        .put(TIMER)
                        .put((byte) stageBytes.length)
                        .put(stageBytes)
                        .putInt(recordKey.length)
                        .put(recordKey)
                        .put(nameBytes)
                        .array());
    }

    private static StateKey plus(StateKey prefix, byte[] item) {
        return new StateKey(ByteBuffer.allocate(prefix.bytes().length + item.length)
                .put(prefix.bytes())
                .put(item)
                .array());
    }

    private static byte kind(StateSpec.Kind kind) {
        return switch (kind) {
            case VALUE -> VALUE;
            case MAP -> MAP;
            case LIST -> LIST;
        };
    }

    /** @throws UnreadableStateException if it is of a version or kind this one does not know, or is cut short */
    static Parsed parse(StateKey key) {
        ByteBuffer bytes = ByteBuffer.wrap(key.bytes());
        try {
            requireVersion(bytes.get());
            byte kind = bytes.get();
            return switch (kind) {
                case VALUE -> entry(StateSpec.Kind.VALUE, bytes);
                case MAP -> entry(StateSpec.Kind.MAP, bytes);
                case LIST -> entry(StateSpec.Kind.LIST, bytes);
                case TIMER -> setTimer(bytes);
                case MARK -> new Parsed.Marker();
                default -> throw new UnreadableStateException("a record of a kind this library does not know");
            };
        } catch (BufferUnderflowException | NegativeArraySizeException e) {
            throw new UnreadableStateException("a key that is cut short");
        }
    }

    private static Parsed entry(StateSpec.Kind kind, ByteBuffer bytes) {
        Parsed.Entry entry = new Parsed.Entry(name(bytes), kind, name(bytes));
        recordKey(bytes);
        int item = bytes.remaining();
        if ((kind == StateSpec.Kind.VALUE && item > 0) || (kind == StateSpec.Kind.LIST && item != Long.BYTES)) {
            throw new UnreadableStateException("a key with a wrong length");
        }
        return entry;
    }

    private static Parsed setTimer(ByteBuffer bytes) {
        String stage = name(bytes);
        byte[] recordKey = recordKey(bytes);
        return new Parsed.SetTimer(stage, recordKey, UTF_8.decode(bytes).toString());
    }

    private static String name(ByteBuffer bytes) {
        return new String(take(bytes, Byte.toUnsignedInt(bytes.get())), UTF_8);
    }

    private static byte[] recordKey(ByteBuffer bytes) {
        return take(bytes, bytes.getInt());
    }

    private static byte[] take(ByteBuffer bytes, int length) {
        if (length > bytes.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] taken = new byte[length];
        bytes.get(taken);
        return taken;
    }

    // ---- values

    static byte[] entryValue(long writtenMillis, byte[] json) {
        return ByteBuffer.allocate(ENTRY_HEADER_BYTES + json.length)
                .put(VERSION)
                .putLong(writtenMillis)
                .put(json)
                .array();
    }

    static long writtenMillis(byte[] value) {
        return ByteBuffer.wrap(value).getLong(1);
    }

    static byte[] json(byte[] value) {
        return Arrays.copyOfRange(value, ENTRY_HEADER_BYTES, value.length);
    }

    static byte[] timerValue(Timer.Clock clock, long timeMillis) {
        return ByteBuffer.allocate(TIMER_BYTES)
                .put(VERSION)
                .put(clock == Timer.Clock.EVENT_TIME ? EVENT_TIME : WALL_CLOCK)
                .putLong(timeMillis)
                .array();
    }

    static Timer.Clock timerClock(byte[] value) {
        return value[1] == EVENT_TIME ? Timer.Clock.EVENT_TIME : Timer.Clock.WALL_CLOCK;
    }

    static long timerMillis(byte[] value) {
        return ByteBuffer.wrap(value).getLong(2);
    }

    static Timer timer(String name, byte[] value) {
        return new Timer(name, timerClock(value), Instant.ofEpochMilli(timerMillis(value)));
    }

    /** @throws UnreadableStateException if it is not the value of such a key in a version this one knows */
    static void check(Parsed key, byte[] value) {
        requireVersion(value.length == 0 ? 0 : value[0]);
        boolean known = true;
        if (key instanceof Parsed.Entry) {
            known = value.length > ENTRY_HEADER_BYTES;
        } else if (key instanceof Parsed.SetTimer) {
            known = value.length == TIMER_BYTES && (value[1] == EVENT_TIME || value[1] == WALL_CLOCK);
        }
        if (!known) {
            throw new UnreadableStateException("a value that is cut short, or of a kind this library does not know");
        }
    }

    private static void requireVersion(int version) {
        if (version != VERSION) {
            throw new UnreadableStateException("a record of version " + version + " this library does not know");
        }
    }
}
