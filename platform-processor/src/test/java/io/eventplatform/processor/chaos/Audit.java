package io.eventplatform.processor.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.eventplatform.processor.KafkaWorld;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Recounts from the topics alone what had to come out: the source is the truth. Of each key the distinct
 * ids in the order of their first record, each once, with the counts 1, 2, 3 …; and a dead letter for each
 * record that cannot be processed.
 */
final class Audit {

    private static final Pattern ID = Pattern.compile("\"event_id\":\"([^\"]+)\"");
    private static final Pattern COUNT = Pattern.compile("\"n\":(\\d+)");

    private final Map<String, List<String>> expected = new TreeMap<>();
    private final Set<String> expectedLetters = new TreeSet<>();
    private long records;

    private Audit() {}

    static void assertExact(KafkaWorld kafka, String what) {
        Audit audit = new Audit();
        audit.readSource(kafka);
        audit.checkOutputs(kafka, what);
        audit.checkDeadLetters(kafka, what);
        long events = audit.expected.values().stream().mapToLong(List::size).sum();
        System.out.println("Audit: " + audit.records + " records, " + events + " events, "
                + audit.expectedLetters.size() + " dead letters: lost 0, doubled 0, in order, counts exact");
    }

    private void readSource(KafkaWorld kafka) {
        Set<String> seen = new HashSet<>();
        for (ConsumerRecord<byte[], byte[]> record :
                kafka.read(ChaosPipeline.PIPELINE.sources().get(0).topic())) {
            records++;
            String id = find(ID, record);
            if (id.endsWith(ChaosPipeline.POISON)) {
                expectedLetters.add(record.partition() + "@" + record.offset());
            } else if (seen.add(id)) {
                expected.computeIfAbsent(key(id), key -> new ArrayList<>()).add(id);
            }
        }
    }

    private void checkOutputs(KafkaWorld kafka, String what) {
        Map<String, List<String>> actual = new TreeMap<>();
        Map<String, List<Long>> counts = new HashMap<>();
        for (ConsumerRecord<byte[], byte[]> record :
                kafka.read(ChaosPipeline.PIPELINE.targetTopics().get(0))) {
            String id = find(ID, record);
            actual.computeIfAbsent(key(id), key -> new ArrayList<>()).add(id);
            counts.computeIfAbsent(key(id), key -> new ArrayList<>()).add(Long.valueOf(find(COUNT, record)));
        }
        assertThat(actual.keySet()).as(what).isEqualTo(expected.keySet());
        expected.forEach((key, ids) -> {
            assertThat(actual.get(key))
                    .as("%s: %s, each once and in order", what, key)
                    .isEqualTo(ids);
            List<Long> ofKey = counts.getOrDefault(key, List.of());
            for (int i = 0; i < ids.size(); i++) {
                assertThat(ofKey.get(i))
                        .as("%s: count of %s at %s", what, key, ids.get(i))
                        .isEqualTo(i + 1);
            }
        });
    }

    private void checkDeadLetters(KafkaWorld kafka, String what) {
        List<String> letters = kafka
                .read(ChaosPipeline.PIPELINE.deadLetterTopics().get(0))
                .stream()
                .map(letter -> KafkaWorld.header(letter, "dead_letter.partition") + "@"
                        + KafkaWorld.header(letter, "dead_letter.offset"))
                .toList();
        assertThat(letters)
                .as("%s: dead letters, each once", what)
                .containsExactlyInAnyOrderElementsOf(expectedLetters);
    }

    private static String key(String id) {
        return id.substring(0, id.indexOf(':'));
    }

    private static String find(Pattern pattern, ConsumerRecord<byte[], byte[]> record) {
        Matcher matcher = pattern.matcher(new String(record.value(), UTF_8));
        assertThat(matcher.find()).as("%s in %s", pattern, record).isTrue();
        return matcher.group(1);
    }
}
