package io.eventplatform.examples.quickstart.audit;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What an audit found. Immutable; its text is made for people. */
public final class AuditReport {

    private static final List<String> HEADINGS =
            List.of("", "raw", "= enriched", "+ unroutable", "+ dead", "+ dropped", "", "table", "lake", "views", "");
    private static final String COLUMN_GAP = "  ";

    private final List<TypeBalance> balances;
    private final List<String> problems;

    /** @param others what else is wrong, beside counts that do not balance */
    AuditReport(List<TypeBalance> balances, List<String> others) {
        this.balances = List.copyOf(balances);
        List<String> all = new ArrayList<>();
        balances.forEach(balance -> all.addAll(balance.problems()));
        all.addAll(others);
        this.problems = List.copyOf(all);
    }

    /** Whether every record is accounted for, and stored and counted exactly once. */
    public boolean holds() {
        return problems.isEmpty();
    }

    /** What is wrong, a line for each; empty if the audit holds. */
    public List<String> problems() {
        return problems;
    }

    @Override
    public String toString() {
        StringBuilder text =
                new StringBuilder("Audit: records by type, recounted from the topics, the store and the lake\n");
        List<List<String>> lines = new ArrayList<>();
        lines.add(HEADINGS);
        balances.forEach(balance -> lines.add(line(balance)));
        for (List<String> line : lines) {
            text.append(COLUMN_GAP);
            for (int column = 0; column < HEADINGS.size(); column++) {
                text.append(padded(line.get(column), column, lines)).append(COLUMN_GAP);
            }
            text.setLength(text.toString().stripTrailing().length());
            text.append('\n');
        }
        problems.forEach(problem -> text.append("  - ").append(problem).append('\n'));
        return text.append(
                        holds()
                                ? "The audit holds: nothing is lost, nothing is counted twice."
                                : "The audit does not hold.")
                .toString();
    }

    private static List<String> line(TypeBalance balance) {
        TypeBalance.Stored stored = balance.stored();
        String views = stored == null
                ? "-"
                : stored.views().values().stream().map(AuditReport::number).collect(Collectors.joining(", "));
        return List.of(
                balance.type(),
                number(balance.raw()),
                "= " + number(balance.enriched()),
                "+ " + number(balance.unroutable()),
                "+ " + number(balance.dead()),
                "+ " + number(balance.dropped()),
                "|",
                stored == null ? "-" : number(stored.rows()),
                stored == null ? "-" : number(stored.lakeRows()),
                views,
                balance.problems().isEmpty() ? "holds" : "DIFFERS");
    }

    private static String number(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    /** Names to the left, numbers to the right. */
    private static String padded(String cell, int column, List<List<String>> lines) {
        int width =
                lines.stream().mapToInt(line -> line.get(column).length()).max().orElse(0);
        String blanks = " ".repeat(width - cell.length());
        return column == 0 ? cell + blanks : blanks + cell;
    }
}
