package io.eventplatform.storage.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventplatform.storage.LocalObjectStore;
import io.eventplatform.storage.ObjectInfo;
import io.eventplatform.storage.ObjectKey;
import io.eventplatform.storage.ObjectStore;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Each test of the object stores' kit that matters most can fail, and says the right thing then. */
class BrokenObjectStoresTest {

    /** Less than any object of the test that is made to fail. */
    private static final int PART_BYTES = 1_000;

    @Test
    void lookingBeforeWritingFailsO1() {
        assertFails(
                store -> new BrokenObjectStore(store) {
                    @Override
                    public boolean putIfAbsent(ObjectKey key, byte[] content) {
                        return head(key).isEmpty() && overwrite(key, content);
                    }
                },
                "o1_ofManyWritersOfOneNewKeyExactlyOneWins",
                "look at what makes the key and fails if it exists");
    }

    @Test
    void replacingWhatExistsFailsO1() {
        assertFails(
                store -> new BrokenObjectStore(store) {
                    @Override
                    public boolean putIfAbsent(ObjectKey key, byte[] content) {
                        overwrite(key, content);
                        return true;
                    }
                },
                "o1_aKeyThatExistsIsLeftAsItIs",
                "Expecting value to be false but was true");
    }

    @Test
    void writingInPlaceFailsO2() {
        AtomicInteger puts = new AtomicInteger();
        CountDownLatch partSeen = new CountDownLatch(1);
        assertFails(
                store -> new BrokenObjectStore(store) {
                    @Override
                    public void put(ObjectKey key, Path content) {
                        if (puts.getAndIncrement() != 1) { // the first is made before there is a reader
                            super.put(key, content);
                            return;
                        }
                        try (OutputStream out =
                                Files.newOutputStream(localPath(key).orElseThrow())) {
                            byte[] all = Files.readAllBytes(content);
                            out.write(all, 0, PART_BYTES);
                            if (!partSeen.await(60, TimeUnit.SECONDS)) {
                                throw new IllegalStateException("nobody looks");
                            }
                            out.write(all, PART_BYTES, all.length - PART_BYTES);
                        } catch (IOException | InterruptedException e) {
                            throw new IllegalStateException(e);
                        }
                    }

                    @Override
                    public Optional<InputStream> get(ObjectKey key) {
                        Optional<byte[]> content = super.get(key).map(BrokenObjectStoresTest::bytes);
                        content.ifPresent(bytes -> tell(bytes.length));
                        return content.map(ByteArrayInputStream::new);
                    }

                    @Override
                    public List<ObjectInfo> list(String prefix, String startAfter) {
                        List<ObjectInfo> listed = super.list(prefix, startAfter);
                        listed.forEach(object -> tell(object.size()));
                        return listed;
                    }

                    private void tell(long bytes) {
                        if (bytes <= PART_BYTES) {
                            partSeen.countDown();
                        }
                    }
                },
                "o2_aReaderNeverSeesPartOfAnObject",
                "being made");
    }

    private static byte[] bytes(InputStream content) {
        try (content) {
            return content.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aListingOfOnePageFailsO7() {
        assertFails(
                store -> new BrokenObjectStore(store) {
                    @Override
                    public List<ObjectInfo> list(String prefix, String startAfter) {
                        return startAfter.isEmpty() ? super.list(prefix, startAfter) : List.of();
                    }
                },
                "o7_aListingOfAnyLengthComesInPagesInTheOrderOfKeys",
                "many/");
    }

    @Test
    void decodedKeysFailO6() {
        assertFails(
                store -> new BrokenObjectStore(store) {
                    @Override
                    public boolean putIfAbsent(ObjectKey key, byte[] content) {
                        return super.putIfAbsent(new ObjectKey(key.value().replace("%20", " ")), content);
                    }
                },
                "o6_keysAreKeptAsTheyAreWritten",
                "object dt=2026-11-23/a%2Bb%20c.parquet was written but is absent");
    }

    private static Function<ObjectStore, ObjectStore> underTest = sound -> sound;

    static class Kit extends ObjectStoreVerification {
        @Override
        protected ObjectStore open(Path home) {
            return underTest.apply(LocalObjectStore.open(home));
        }
    }

    private static void assertFails(Function<ObjectStore, ObjectStore> broken, String test, String words) {
        underTest = broken;
        List<String> messages;
        try {
            messages = KitRunner.failuresOf(Kit.class, test);
        } finally {
            underTest = sound -> sound;
        }

        assertThat(messages).as("failures of %s", test).hasSize(1);
        assertThat(messages.get(0)).contains(words);
    }

    /** The local store with one promise broken by a subclass. */
    private static class BrokenObjectStore implements ObjectStore {

        private final ObjectStore sound;

        BrokenObjectStore(ObjectStore sound) {
            this.sound = sound;
        }

        boolean overwrite(ObjectKey key, byte[] content) {
            try {
                Path file = Files.write(Files.createTempFile("content", ""), content);
                sound.put(key, file);
                Files.delete(file);
                return true;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public boolean putIfAbsent(ObjectKey key, byte[] content) {
            return sound.putIfAbsent(key, content);
        }

        @Override
        public void put(ObjectKey key, Path content) {
            sound.put(key, content);
        }

        @Override
        public Optional<InputStream> get(ObjectKey key) {
            return sound.get(key);
        }

        @Override
        public Optional<ObjectInfo> head(ObjectKey key) {
            return sound.head(key);
        }

        @Override
        public List<ObjectInfo> list(String prefix, String startAfter) {
            return sound.list(prefix, startAfter);
        }

        @Override
        public void delete(ObjectKey key) {
            sound.delete(key);
        }

        @Override
        public Optional<Path> localPath(ObjectKey key) {
            return sound.localPath(key);
        }

        @Override
        public void close() {
            sound.close();
        }
    }
}
