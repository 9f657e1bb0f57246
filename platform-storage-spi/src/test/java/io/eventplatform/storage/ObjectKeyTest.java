package io.eventplatform.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class ObjectKeyTest {

    @Test
    void aKeyThatIsNoPathIsRefusedByName() {
        Map<String, String> refused = Map.of(
                "",
                "has an empty segment",
                "/a",
                "has an empty segment",
                "a/",
                "has an empty segment",
                "a//b",
                "has an empty segment",
                "a/../b",
                "has a segment that begins with a dot",
                ".tmp/a",
                "has a segment that begins with a dot",
                "a\\b",
                "has a control character or a backslash",
                "a\nb",
                "has a control character or a backslash",
                "a/" + "x".repeat(201),
                "has a segment of more than 200 bytes",
                "half \uD83D pair",
                "is no Unicode text");

        refused.forEach((key, why) ->
                assertThatThrownBy(() -> new ObjectKey(key)).hasMessage("object key \"" + key + "\" " + why));
        assertThatThrownBy(() -> new ObjectKey("abcdefghi/".repeat(100) + "j"))
                .hasMessageEndingWith("has more than 1000 bytes");
    }

    @Test
    void keysAreOrderedByTheirBytes() {
        TreeSet<ObjectKey> keys = new TreeSet<>();
        for (String key : new String[] {"b", "a/b", "a-b", "a", "\uFF5E", "😀"}) {
            keys.add(new ObjectKey(key));
        }

        assertThat(keys).extracting(ObjectKey::value).containsExactly("a", "a-b", "a/b", "b", "\uFF5E", "😀");
    }
}
