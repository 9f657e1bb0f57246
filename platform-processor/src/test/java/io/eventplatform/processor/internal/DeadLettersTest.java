package io.eventplatform.processor.internal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.eventplatform.processor.internal.Effects.Output;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

/** A dead letter that its topic could not hold would stop the runner at its record for good. */
class DeadLettersTest {

    private static final int LIMIT = 2_000;

    private final DeadLetters letters = new DeadLetters("dead", "group", LIMIT);

    @Test
    void aLetterThatFitsIsTheRecordItself() {
        Output letter = letter(record(10, 10, 10));

        assertThat(letter.key()).hasSize(10);
        assertThat(letter.value()).hasSize(10);
        assertThat(letter.headers().lastHeader("own")).isNotNull();
    }

    @Test
    void aValueThatIsTooLargeIsLeftOut() {
        Output letter = letter(record(10, LIMIT, 10));

        assertThat(letter.key()).hasSize(10);
        assertThat(letter.value()).isNull();
        assertThat(text(letter, "dead_letter.omitted_bytes")).isEqualTo(Integer.toString(LIMIT));
    }

    @Test
    void aKeyOrHeadersThatAreTooLargeAreLeftOutTooAndThePlaceIsTold() {
        for (Output letter : new Output[] {letter(record(LIMIT, 10, 10)), letter(record(10, 10, LIMIT))}) {
            assertThat(letter.bytes()).isLessThanOrEqualTo(LIMIT);
            assertThat(letter.key()).isNull();
            assertThat(letter.headers().lastHeader("own")).isNull();
            assertThat(text(letter, "dead_letter.offset")).isEqualTo("7");
        }
    }

    private Output letter(ConsumerRecord<byte[], byte[]> record) {
        return letters.of(record, "processing.failed", "why", null, 1);
    }

    private static ConsumerRecord<byte[], byte[]> record(int key, int value, int header) {
        Headers headers = new RecordHeaders().add("own", new byte[header]);
        return new ConsumerRecord<>(
                "in",
                0,
                7,
                0,
                TimestampType.CREATE_TIME,
                key,
                value,
                new byte[key],
                new byte[value],
                headers,
                Optional.empty());
    }

    private static String text(Output letter, String header) {
        Header found = letter.headers().lastHeader(header);
        return new String(found.value(), UTF_8);
    }
}
