package io.eventplatform.examples.quickstart;

import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** What a process of the quickstart does. */
enum Role {
    /** Is the Kafka broker of the others. */
    BROKER,
    /** Sends events. */
    INGEST,
    /** Runs the router and the pipelines. */
    PROCESS,
    /** Drains the enriched events into the stores. */
    SINK,
    /** Answers HTTP. */
    SERVE,
    /** Recounts what the others did, and ends. */
    AUDIT;

    /** Without {@code --role}, one process does everything. */
    static final Set<Role> ALL_IN_ONE = EnumSet.of(BROKER, INGEST, PROCESS, SINK, SERVE);

    /** With {@code --bootstrap} the broker is elsewhere. */
    static final Set<Role> ALL_ON_A_BROKER = EnumSet.of(INGEST, PROCESS, SINK, SERVE);

    /**
     * Reads a list such as {@code sink,serve}.
     *
     * @throws UsageException if one of them is no role
     */
    static Set<Role> parse(String text) {
        Set<Role> roles = EnumSet.noneOf(Role.class);
        for (String name : text.split(",", -1)) {
            roles.add(Arrays.stream(values())
                    .filter(role -> role.toString().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new UsageException("--role must be a list of "
                            + describe(Arrays.asList(values())) + " but was \"" + text + "\". Separate them by commas"
                            + " alone, as in --role sink,serve.")));
        }
        return roles;
    }

    static String describe(Collection<Role> roles) {
        return roles.stream().map(Role::toString).collect(Collectors.joining(", "));
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
