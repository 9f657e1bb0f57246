package io.eventplatform.processor;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/**
 * Reference data looked up by key and remembered for a while, also that there is none. Safe for any number
 * of threads; concurrent misses of one key load it once. Share one among all tasks.
 *
 * @param <K> key, with value equality
 * @param <V> immutable value
 */
public final class CachedReference<K, V> {

    private final LoadingCache<K, Optional<V>> cache;

    private CachedReference(LoadingCache<K, Optional<V>> cache) {
        this.cache = cache;
    }

    /**
     * A cache over a lookup.
     *
     * @param lookup finds a value, or empty if there is none; may block; what it throws reaches {@link #find}
     * @param maxEntries how many keys are remembered; the least useful leaves first
     * @param timeToLive how long an answer is used before it is looked up again
     */
    public static <K, V> CachedReference<K, V> of(
            Function<? super K, Optional<V>> lookup, long maxEntries, Duration timeToLive) {
        Objects.requireNonNull(lookup, "lookup");
        return new CachedReference<>(Caffeine.newBuilder()
                .maximumSize(maxEntries)
                .expireAfterWrite(timeToLive)
                .build(lookup::apply));
    }

    /** The value of a key, from memory or looked up now. */
    public Optional<V> find(K key) {
        return cache.get(key);
    }
}
