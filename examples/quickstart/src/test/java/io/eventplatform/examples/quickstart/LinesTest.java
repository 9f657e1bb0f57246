package io.eventplatform.examples.quickstart;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LinesTest {

    @Test
    void lineEndsAndBlankLinesAreLeftOut() throws Exception {
        assertThat(linesOf("a\n\n  \t\nb\r\n\r\nc")).containsExactly("1:a", "4:b", "6:c");
        assertThat(linesOf("a\n")).containsExactly("1:a");
        assertThat(linesOf("")).isEmpty();
    }

    @Test
    void theBytesOfALineStayAsTheyAre() throws Exception {
        assertThat(linesOf("\u00ff\u0000 x \r y\n")).containsExactly("1:\u00ff\u0000 x \r y");
    }

    @Test
    void aLineMayBeLongerThanTheBuffer() throws Exception {
        String longLine = "x".repeat(200_000);

        assertThat(linesOf(longLine + "\n" + longLine)).containsExactly("1:" + longLine, "2:" + longLine);
    }

    private static List<String> linesOf(String text) throws Exception {
        List<String> found = new ArrayList<>();
        try (Lines lines = new Lines(new ByteArrayInputStream(text.getBytes(ISO_8859_1)))) {
            byte[] line;
            while ((line = lines.next()) != null) {
                found.add(lines.number() + ":" + new String(line, ISO_8859_1));
            }
        }
        return found;
    }
}
