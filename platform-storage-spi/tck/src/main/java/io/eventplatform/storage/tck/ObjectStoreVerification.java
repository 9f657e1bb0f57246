package io.eventplatform.storage.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.eventplatform.storage.ObjectInfo;
import io.eventplatform.storage.ObjectKey;
import io.eventplatform.storage.ObjectStore;
import io.eventplatform.storage.StoreException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The rules of an {@link ObjectStore} as tests: extend it and say how to open the store. Names of tests begin
 * with the rule, see {@code docs/storage-rules.md}.
 *
 * <p>Not verified, since a store cannot be brought to it from outside: that {@code putIfAbsent} calls an
 * outcome ambiguous when an answer is lost, and that objects survive a loss of power. An adapter tests the
 * first with a fault of its own.
 */
@Timeout(300)
public abstract class ObjectStoreVerification {

    private static final int RACERS = 16;
    private static final int ROUNDS = 20;
    private static final int BIG_BYTES = 4 << 20;

    private final List<ObjectStore> opened = new ArrayList<>();

    @TempDir
    private Path directory;

    private ObjectStore store;

    /** Opens the store that belongs to {@code home}; the first call for a directory finds it empty. */
    protected abstract ObjectStore open(Path home);

    /** Opens it a second time, as another process would. */
    private ObjectStore openAgain() {
        ObjectStore fresh = open(directory.resolve("home"));
        opened.add(fresh);
        return fresh;
    }

    @BeforeEach
    void openFreshStore() throws IOException {
        Files.createDirectories(directory.resolve("home"));
        store = openAgain();
    }

    @AfterEach
    void closeStores() {
        opened.forEach(ObjectStore::close);
    }

    @Test
    void o1_ofManyWritersOfOneNewKeyExactlyOneWins() throws Exception {
        List<ObjectStore> stores =
                IntStream.range(0, RACERS).mapToObj(racer -> openAgain()).toList();
        for (int round = 0; round < ROUNDS; round++) {
            ObjectKey key = ObjectKey.of("log", "entry-" + round);

            List<Boolean> won =
                    race(racer -> stores.get(racer).putIfAbsent(key, content("racer " + racer, 10_000 + racer)));

            assertThat(won)
                    .as(
                            "answers of %d writers of one new key: look at what makes the key and fails if it exists",
                            RACERS)
                    .containsOnlyOnce(true);
            int winner = won.indexOf(true);
            assertThat(read(store, key))
                    .as("the object of the writer that won")
                    .isEqualTo(content("racer " + winner, 10_000 + winner));
        }
    }

    @Test
    void o1_aKeyThatExistsIsLeftAsItIs() {
        ObjectKey key = ObjectKey.of("log", "1");
        assertThat(store.putIfAbsent(key, content("first", 5))).isTrue();

        assertThat(store.putIfAbsent(key, content("second", 6))).isFalse();
        assertThat(openAgain().putIfAbsent(key, content("third", 5)))
                .as("by another instance, with as many bytes")
                .isFalse();

        assertThat(read(store, key)).isEqualTo(content("first", 5));
    }

    @Test
    void o1_aDeletedKeyIsAbsent() {
        ObjectKey key = ObjectKey.of("log", "1");
        store.putIfAbsent(key, content("first", 5));
        store.delete(key);

        assertThat(store.putIfAbsent(key, content("second", 6))).isTrue();
        assertThat(read(store, key)).isEqualTo(content("second", 6));
    }

    @Test
    void o2_aReaderNeverSeesPartOfAnObject() throws Exception {
        ObjectKey created = ObjectKey.of("data", "created");
        ObjectKey replaced = ObjectKey.of("data", "replaced");
        byte[] old = content("old", BIG_BYTES);
        byte[] fresh = content("fresh", BIG_BYTES + 1);
        store.put(replaced, file(old));
        Path freshFile = file(fresh);
        ObjectStore reader = openAgain();
        CountDownLatch written = new CountDownLatch(1);
        ExecutorService pool = Executors.newSingleThreadExecutor();
        try {
            Future<?> looking = pool.submit(() -> {
                do {
                    assertThat(reader.list("data/created", ""))
                            .as("a listing while the object is being made")
                            .isSubsetOf(new ObjectInfo(created, fresh.length));
                    assertThat(reader.read(created)
                                    .map(bytes -> Arrays.equals(bytes, fresh))
                                    .orElse(true))
                            .as("an object that is being made is absent or whole")
                            .isTrue();
                    byte[] seen = reader.read(replaced).orElseThrow();
                    assertThat(Arrays.equals(seen, old) || Arrays.equals(seen, fresh))
                            .as("an object that is being replaced is the whole old or the whole new one")
                            .isTrue();
                } while (written.getCount() > 0);
            });

            for (int i = 0; i < 5; i++) {
                store.put(created, freshFile);
                store.put(replaced, i % 2 == 0 ? freshFile : file(old));
                store.delete(created);
                store.putIfAbsent(created, fresh);
                store.delete(created);
            }

            written.countDown();
            looking.get(60, TimeUnit.SECONDS);
        } finally {
            written.countDown();
            pool.shutdownNow();
        }
    }

    @Test
    void o3_whatWasWrittenIsReadAndListedAtOnce() {
        ObjectStore other = openAgain();
        for (int i = 0; i < 20; i++) {
            ObjectKey made = ObjectKey.of("a", "made-" + i);
            ObjectKey put = ObjectKey.of("a", "put-" + i);
            store.putIfAbsent(made, content("made", i));
            store.put(put, file(content("put", i)));

            assertThat(read(other, made)).isEqualTo(content("made", i));
            assertThat(read(other, put)).isEqualTo(content("put", i));
            assertThat(other.head(put)).contains(new ObjectInfo(put, i));
            assertThat(other.list("a/", "")).hasSize(2 * (i + 1));
        }
    }

    @Test
    void o3_putReplacesAnObject() {
        ObjectKey key = ObjectKey.of("a");
        store.put(key, file(content("first", 100)));

        store.put(key, file(content("second", 7)));

        assertThat(read(store, key)).isEqualTo(content("second", 7));
        assertThat(store.list("", "")).containsExactly(new ObjectInfo(key, 7));
    }

    @Test
    void o3_objectsAreThereWhenTheStoreIsOpenedAgain() {
        ObjectKey key = ObjectKey.of("a", "b", "c");
        store.putIfAbsent(key, content("kept", 1_000));
        store.close();

        assertThat(read(openAgain(), key)).isEqualTo(content("kept", 1_000));
    }

    @Test
    void o4_whatIsAbsentIsNotAnError() {
        store.putIfAbsent(ObjectKey.of("a", "b"), content("x", 1));

        for (String absent : List.of("a", "a/c", "a/b/c", "nowhere")) {
            ObjectKey key = new ObjectKey(absent);
            assertThat(store.get(key)).as("get of %s", absent).isEmpty();
            assertThat(store.head(key)).as("head of %s", absent).isEmpty();
        }
        assertThat(store.list("nowhere/", "")).isEmpty();
    }

    @Test
    void o5_anObjectMayHaveNoBytesOrManyAndAnyOfThem() {
        byte[] all = new byte[256];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) i;
        }
        for (byte[] content : List.of(new byte[0], all, content("big", BIG_BYTES))) {
            ObjectKey made = ObjectKey.of("made-" + content.length);
            ObjectKey put = ObjectKey.of("put-" + content.length);
            store.putIfAbsent(made, content);
            store.put(put, file(content));

            assertThat(Arrays.equals(read(store, made), content))
                    .as("%d bytes", content.length)
                    .isTrue();
            assertThat(Arrays.equals(read(store, put), content))
                    .as("%d bytes", content.length)
                    .isTrue();
            assertThat(store.head(put)).contains(new ObjectInfo(put, content.length));
        }
    }

    @Test
    void o6_keysAreKeptAsTheyAreWritten() {
        List<ObjectKey> keys = List.of(
                ObjectKey.of("dt=2026-11-23", "a+b c.parquet"),
                ObjectKey.of("dt=2026-11-23", "a%2Bb%20c.parquet"),
                ObjectKey.of("dt=2026-11-23", "%", "&=#;'~$,@!()"),
                ObjectKey.of("zażółć", "漢字", "😀"),
                ObjectKey.of("_delta_log", "0".repeat(200)),
                ObjectKey.of("a..b", "c."));
        keys.forEach(key -> store.putIfAbsent(key, key.value().getBytes(StandardCharsets.UTF_8)));

        for (ObjectKey key : keys) {
            assertThat(new String(read(store, key), StandardCharsets.UTF_8)).isEqualTo(key.value());
            assertThat(store.list(key.value(), ""))
                    .as("listing of %s", key)
                    .extracting(ObjectInfo::key)
                    .containsExactly(key);
        }
        assertThat(store.list("", "")).extracting(ObjectInfo::key).containsExactlyElementsOf(new TreeSet<>(keys));
    }

    @Test
    void o7_aListingOfAnyLengthComesInPagesInTheOrderOfKeys() {
        TreeSet<ObjectKey> expected = new TreeSet<>();
        int objects = 2 * ObjectStore.PAGE_SIZE + 3;
        for (int i = 0; i < objects; i++) {
            ObjectKey key = ObjectKey.of("many", String.valueOf(i));
            store.put(key, file(new byte[0]));
            expected.add(key);
        }

        List<ObjectKey> listed = new ArrayList<>();
        List<ObjectInfo> page = store.list("many/", "");
        while (!page.isEmpty()) {
            assertThat(page).hasSizeLessThanOrEqualTo(ObjectStore.PAGE_SIZE);
            page.forEach(object -> listed.add(object.key()));
            page = store.list("many/", listed.get(listed.size() - 1).value());
        }

        assertThat(listed).containsExactlyElementsOf(expected);
    }

    @Test
    void o7_aPrefixIsTextAndNotADirectory() {
        for (String key : List.of("a/b", "a/bc", "a/b-/c", "ab", "b", "A/b", "a/b-c")) {
            store.putIfAbsent(new ObjectKey(key), content(key, 1));
        }

        Map<String, List<String>> expected = Map.of(
                "a/b", List.of("a/b", "a/b-/c", "a/b-c", "a/bc"),
                "a/b-/", List.of("a/b-/c"),
                "a", List.of("a/b", "a/b-/c", "a/b-c", "a/bc", "ab"),
                "c", List.of());
        expected.forEach((prefix, keys) -> assertThat(store.list(prefix, ""))
                .as("objects whose keys begin with %s", prefix)
                .extracting(object -> object.key().value())
                .containsExactlyElementsOf(keys));
    }

    @Test
    void o7_aPageStartsAfterAnyText() {
        for (String key : List.of("log/1", "log/2", "log/3", "other")) {
            store.putIfAbsent(new ObjectKey(key), content(key, 1));
        }

        assertThat(store.list("log/", "log/1"))
                .extracting(object -> object.key().value())
                .containsExactly("log/2", "log/3");
        assertThat(store.list("log/", "log/15"))
                .as("after a key that does not exist")
                .extracting(object -> object.key().value())
                .containsExactly("log/2", "log/3");
        assertThat(store.list("log/", "log/3")).isEmpty();
    }

    @Test
    void o8_deletingTwiceIsNoError() {
        ObjectKey key = ObjectKey.of("a", "b");
        store.putIfAbsent(key, content("x", 1));

        store.delete(key);
        store.delete(key);
        store.delete(ObjectKey.of("never", "there"));

        assertThat(store.get(key)).isEmpty();
        assertThat(store.list("", "")).isEmpty();
    }

    @Test
    void o9_aClosedStoreRefusesByName() throws IOException {
        ObjectKey key = ObjectKey.of("a");
        Path file = file(new byte[1]);
        store.close();
        store.close();

        Map<String, ThrowingCallable> calls = Map.of(
                "putIfAbsent", () -> store.putIfAbsent(key, new byte[1]),
                "put", () -> store.put(key, file),
                "get", () -> store.get(key),
                "head", () -> store.head(key),
                "list", () -> store.list("", ""),
                "delete", () -> store.delete(key));
        calls.forEach((name, call) -> assertThat(catchThrowable(call))
                .as("%s after close", name)
                .isInstanceOf(StoreException.Configuration.class));
    }

    @Test
    void localPath_isWhereTheObjectIs() throws IOException {
        ObjectKey key = ObjectKey.of("a", "b c=%");
        store.putIfAbsent(key, content("here", 9));
        assumeTrue(store.localPath(key).isPresent(), "the store is not a directory of this machine");

        assertThat(Files.readAllBytes(store.localPath(key).orElseThrow())).isEqualTo(content("here", 9));
    }

    // Shorthands

    private interface Turn {
        boolean take(int racer) throws Exception;
    }

    private static List<Boolean> race(Turn turn) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(RACERS);
        try {
            CountDownLatch start = new CountDownLatch(1);
            List<Future<Boolean>> running = new ArrayList<>();
            for (int i = 0; i < RACERS; i++) {
                int racer = i;
                running.add(pool.submit(() -> {
                    start.await();
                    return turn.take(racer);
                }));
            }
            start.countDown();
            List<Boolean> answers = new ArrayList<>();
            for (Future<Boolean> one : running) {
                answers.add(one.get(60, TimeUnit.SECONDS));
            }
            return answers;
        } finally {
            pool.shutdownNow();
        }
    }

    private static byte[] read(ObjectStore store, ObjectKey key) {
        return store.read(key).orElseThrow(() -> new AssertionError("object " + key + " was written but is absent"));
    }

    /** Bytes that tell their writer in every part. */
    private static byte[] content(String writer, int length) {
        byte[] pattern = (writer + "|").getBytes(StandardCharsets.UTF_8);
        byte[] content = new byte[length];
        for (int i = 0; i < length; i++) {
            content[i] = pattern[i % pattern.length];
        }
        return content;
    }

    private int files;

    private Path file(byte[] content) {
        try {
            return Files.write(directory.resolve("file-" + files++), content);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
