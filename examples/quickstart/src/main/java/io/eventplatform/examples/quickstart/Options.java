package io.eventplatform.examples.quickstart;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the command line asks for; {@link #USAGE} explains each option.
 *
 * @param roles what this process does
 * @param bootstrap the broker of all processes; empty if it is in this one
 * @param kafkaPort where the broker in this process listens, 0 for a free one
 * @param instance the name of this process among those of its role
 * @param events how many events to generate
 * @param rate records per second, {@link #AS_FAST_AS_POSSIBLE} for no limit
 * @param input the file to replay instead of the earthquakes
 * @param data where data is kept; a temporary directory if empty
 * @param port for HTTP, 0 for a free one
 */
record Options(
        boolean help,
        Set<Role> roles,
        Optional<String> bootstrap,
        int kafkaPort,
        String instance,
        long events,
        int rate,
        Optional<Path> input,
        long seed,
        Optional<Path> data,
        int port,
        boolean exitWhenDone) {

    static final int AS_FAST_AS_POSSIBLE = 0;

    static final String USAGE = """
            Usage: java -jar quickstart.jar [options]

            Starts a Kafka broker in this process and sends events all the way: generated sign-ups, page views and
            purchases, and real earthquakes, through router and pipelines into tables, views and a lake, which a
            dashboard shows. Then goes on until Ctrl-C.

              --events N        events to generate, 0 to 10000000; default 20000, or 0 with --input
              --rate R          records to send per second, 0 to 1000000; 0 is as fast as possible; default 2000
              --input FILE      replays the events of this file, one JSON object a line, instead of the earthquakes;
                                lines are sent as they are, also those that are not events
              --seed S          other events for another number; default 1
              --data DIR        keeps topics and tables in this directory: the next run there continues with the next
                                events, and a run that was killed is sent again from its first; default: a temporary
                                directory, deleted at the end
              --port P          of HTTP on 127.0.0.1, 0 to 65535; 0 takes a free one; default 8080
              --exit-when-done  ends when every event is stored, after an audit: recounts topics and tables, and exits
                                with 1 if an event was lost or counted twice
              --help            prints this

            As separate processes, on one broker and, to be simple, one --data directory:

              --role LIST       what this process does, of: broker, ingest, process, sink, serve, audit; sink and serve
                                only together, for the store, DuckDB, is private to a process; audit recounts when
                                the others have stopped, all but the broker; default: everything but audit
              --bootstrap H:P   the broker, if it is not in this process
              --kafka-port P    where the broker in this process listens on 127.0.0.1; default 0, a free one
              --instance NAME   of this process, if several of a role run at once; default quickstart

            Exit codes: 0 done, or stopped by Ctrl-C; 1 failed, or the audit does not hold; 2 an option is wrong.
            """;

    private static final String HELP = "--help";
    private static final String EXIT_WHEN_DONE = "--exit-when-done";
    private static final List<String> FLAGS = List.of(EXIT_WHEN_DONE, HELP);

    private static final String EVENTS = "--events";
    private static final String RATE = "--rate";
    private static final String INPUT = "--input";
    private static final String SEED = "--seed";
    private static final String DATA = "--data";
    private static final String PORT = "--port";
    private static final String ROLE = "--role";
    private static final String BOOTSTRAP = "--bootstrap";
    private static final String KAFKA_PORT = "--kafka-port";
    private static final String INSTANCE = "--instance";
    private static final List<String> VALUES =
            List.of(EVENTS, RATE, INPUT, SEED, DATA, PORT, ROLE, BOOTSTRAP, KAFKA_PORT, INSTANCE);

    private static final long DEFAULT_EVENTS = 20_000;
    private static final long MAX_EVENTS = 10_000_000;
    private static final long DEFAULT_RATE = 2_000;
    private static final long MAX_RATE = 1_000_000;
    private static final long DEFAULT_PORT = 8080;
    private static final long MAX_PORT = 65_535;
    private static final long DEFAULT_SEED = 1;
    private static final String DEFAULT_INSTANCE = "quickstart";

    /** Whether this process has the role. */
    boolean has(Role role) {
        return roles.contains(role);
    }

    /**
     * Reads a command line; a value follows its option as the next argument or after {@code =}.
     *
     * @throws UsageException if an option is unknown, lacks a value or has one it cannot have
     */
    static Options parse(String... arguments) {
        Map<String, String> given = collect(arguments);
        if (given.containsKey(HELP)) {
            given = Map.of(HELP, "");
        }
        Optional<Path> input = Optional.ofNullable(given.get(INPUT)).map(Options::existingFile);
        Optional<String> bootstrap = Optional.ofNullable(given.get(BOOTSTRAP)).map(Options::address);
        Set<Role> roles = roles(given, bootstrap);
        return new Options(
                given.containsKey(HELP),
                roles,
                bootstrap,
                (int) number(given, KAFKA_PORT, 0, MAX_PORT, 0, "Give 0 to take a free one."),
                instance(given.getOrDefault(INSTANCE, DEFAULT_INSTANCE)),
                number(
                        given,
                        EVENTS,
                        0,
                        MAX_EVENTS,
                        input.isPresent() ? 0 : DEFAULT_EVENTS,
                        "Give fewer, or several runs on one --data."),
                (int) number(given, RATE, 0, MAX_RATE, DEFAULT_RATE, "Give 0 to send as fast as possible."),
                input,
                number(given, SEED, Long.MIN_VALUE, Long.MAX_VALUE, DEFAULT_SEED, "Leave it out for the default."),
                Optional.ofNullable(given.get(DATA)).map(Options::directory),
                (int) number(given, PORT, 0, MAX_PORT, DEFAULT_PORT, "Give 0 to take a free one."),
                given.containsKey(EXIT_WHEN_DONE));
    }

    private static Set<Role> roles(Map<String, String> given, Optional<String> bootstrap) {
        String text = given.get(ROLE);
        Set<Role> roles =
                text != null ? Role.parse(text) : bootstrap.isPresent() ? Role.ALL_ON_A_BROKER : Role.ALL_IN_ONE;
        if (roles.contains(Role.BROKER) == bootstrap.isPresent()) {
            throw new UsageException(
                    bootstrap.isPresent()
                            ? "--role broker starts a broker and --bootstrap names another. Leave one out."
                            : "--role " + Role.describe(roles)
                                    + " needs the broker of the other processes. Name it with"
                                    + " --bootstrap HOST:PORT; --role broker --kafka-port 9092 starts one.");
        }
        if (given.containsKey(KAFKA_PORT) && bootstrap.isPresent()) {
            throw new UsageException(
                    "--kafka-port is of a broker in this process and --bootstrap names another." + " Leave one out.");
        }
        if (roles.contains(Role.SINK) != roles.contains(Role.SERVE)) {
            Role alone = roles.contains(Role.SINK) ? Role.SINK : Role.SERVE;
            throw new UsageException(
                    "--role " + alone + " cannot run alone: the store, DuckDB, is private to a process,"
                            + " so who fills it must serve it. Use --role sink,serve.");
        }
        if (roles.contains(Role.AUDIT) && roles.size() > 1) {
            throw new UsageException("--role audit recounts what the others have done, so it runs alone. Use"
                    + " --role audit when they have stopped.");
        }
        if (roles.contains(Role.AUDIT) && !given.containsKey(DATA)) {
            throw new UsageException("--role audit needs --data DIR, where the stores of the others are.");
        }
        boolean ends = roles.containsAll(Role.ALL_ON_A_BROKER) || roles.equals(Set.of(Role.INGEST));
        if (given.containsKey(EXIT_WHEN_DONE) && !ends) {
            throw new UsageException("--exit-when-done needs a process that knows when all is done: one with every"
                    + " role, or --role ingest, which then ends when all is sent. Leave it out.");
        }
        return roles;
    }

    private static String address(String text) {
        if (!text.matches("[^:,\\s]+:[0-9]{1,5}(,[^:,\\s]+:[0-9]{1,5})*")) {
            throw new UsageException(
                    BOOTSTRAP + " must be HOST:PORT, as in 127.0.0.1:9092, but was \"" + text + "\". Give that.");
        }
        return text;
    }

    private static String instance(String text) {
        if (!text.matches("[a-zA-Z0-9_-]{1,50}")) {
            throw new UsageException(
                    INSTANCE + " must be 1 to 50 letters, digits, _ and - but was \"" + text + "\". Give another.");
        }
        return text;
    }

    private static Map<String, String> collect(String... arguments) {
        Map<String, String> given = new HashMap<>();
        for (int i = 0; i < arguments.length; i++) {
            int equals = arguments[i].indexOf('=');
            boolean inline = equals >= 0 && arguments[i].startsWith("--");
            String option = inline ? arguments[i].substring(0, equals) : arguments[i];
            String value = "";
            if (VALUES.contains(option)) {
                if (!inline && i + 1 == arguments.length) {
                    throw new UsageException(option + " needs a value, as in " + option + " VALUE.");
                }
                value = inline ? arguments[i].substring(equals + 1) : arguments[++i];
            } else if (!FLAGS.contains(option)) {
                List<String> known = new ArrayList<>(VALUES);
                known.addAll(FLAGS);
                throw new UsageException(
                        "\"" + option + "\" is not an option. The options are " + String.join(", ", known) + ".");
            } else if (inline) {
                throw new UsageException(option + " takes no value but was given \""
                        + arguments[i].substring(equals + 1) + "\". Leave the value out.");
            }
            if (given.put(option, value) != null) {
                throw new UsageException(option + " was given twice. Give it once.");
            }
        }
        return given;
    }

    private static long number(
            Map<String, String> given, String option, long least, long most, long otherwise, String instead) {
        String text = given.get(option);
        if (text == null) {
            return otherwise;
        }
        try {
            long number = Long.parseLong(text);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // falls through to the message that names the limits
        }
        throw new UsageException(option + " must be a whole number from " + least + " to " + most + " but was \"" + text
                + "\". " + instead);
    }

    private static Path existingFile(String text) {
        Path file = path(INPUT, text);
        if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
            throw new UsageException(INPUT + " must be a file that can be read but was \"" + text + "\" ("
                    + file.toAbsolutePath() + "). Check the path.");
        }
        return file;
    }

    private static Path directory(String text) {
        Path directory = path(DATA, text);
        if (text.isBlank() || (Files.exists(directory) && !Files.isDirectory(directory))) {
            throw new UsageException(DATA + " must be a directory but was \"" + text
                    + "\". Name another; it is created if it does not exist.");
        }
        return directory;
    }

    private static Path path(String option, String text) {
        try {
            return Path.of(text);
        } catch (java.nio.file.InvalidPathException e) {
            throw new UsageException(
                    option + " must be a path but was \"" + text + "\": " + e.getReason() + ". Give another.");
        }
    }
}
