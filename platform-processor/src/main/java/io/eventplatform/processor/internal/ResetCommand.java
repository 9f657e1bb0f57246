package io.eventplatform.processor.internal;

import io.eventplatform.kafka.KafkaAccessException;
import io.eventplatform.kafka.KafkaConfig;
import io.eventplatform.processor.Reset;
import io.eventplatform.processor.Reset.Offset;
import io.eventplatform.processor.Reset.Plan;
import io.eventplatform.processor.Reset.Target;
import java.io.IOException;
import java.io.PrintStream;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** {@link Reset} for the command line. */
public final class ResetCommand {

    private static final String HELP = """
            Lets a stopped pipeline process events again: sets its offsets, and empties its dedup windows, state and
            timers, in one transaction. Without --execute it only prints what it would do.

              --bootstrap-servers HOST:PORT,…   brokers to begin with
              --pipeline NAME                   name of the pipeline
              --source TOPIC                    a source topic of it; once for each, all of them

              --to-earliest                     to the oldest records the sources have; the default
              --to-time INSTANT                 to what was written since, such as 2026-01-31T00:00:00Z
              --to-offset TOPIC:PARTITION:OFFSET
                                                to this offset; once for each, for all sources of a partition
                                                number; numbers that are not named are left alone

              --execute                         do it
              --config FILE                     client properties, such as those of TLS and SASL
              --timeout SECONDS                 for each question to Kafka; default 30
              --help                            this text

            --execute is refused while an instance of the pipeline runs. If it is interrupted, run it again.
            Exit codes: 0 done or printed, 1 refused or failed, 2 wrong options.
            """;
    private static final Pattern OFFSET = Pattern.compile("(.+):(\\d{1,9}):(\\d{1,18})");

    private @Nullable String bootstrapServers;
    private @Nullable String pipeline;
    private final List<String> sources = new ArrayList<>();
    private final List<Offset> offsets = new ArrayList<>();
    private @Nullable Target place;
    private boolean execute;
    private @Nullable Path config;
    private Duration timeout = Duration.ofSeconds(30);

    private ResetCommand() {}

    /** Runs the command and returns its exit code. */
    public static int run(String[] arguments, PrintStream out, PrintStream err) {
        if (List.of(arguments).contains("--help")) {
            out.print(HELP);
            return 0;
        }
        try {
            ResetCommand command = new ResetCommand();
            command.parse(new ArrayDeque<>(List.of(arguments)));
            command.run(out);
            return 0;
        } catch (UsageException e) {
            err.println(e.getMessage());
            err.println("--help tells the options.");
            return 2;
        } catch (IllegalStateException | IllegalArgumentException | KafkaAccessException | IOException e) {
            err.println(e.getMessage());
            return 1;
        }
    }

    private void parse(Deque<String> arguments) {
        while (!arguments.isEmpty()) {
            String option = arguments.pop();
            switch (option) {
                case "--bootstrap-servers" -> bootstrapServers = value(option, arguments);
                case "--pipeline" -> pipeline = value(option, arguments);
                case "--source" -> sources.add(value(option, arguments));
                case "--to-earliest" -> to(new Target.Earliest());
                case "--to-time" -> to(new Target.Time(time(value(option, arguments))));
                case "--to-offset" -> offsets.add(offset(value(option, arguments)));
                case "--execute" -> execute = true;
                case "--config" -> config = Path.of(value(option, arguments));
                case "--timeout" -> timeout = seconds(value(option, arguments));
                default -> throw new UsageException("unknown option " + option);
            }
        }
        if (!offsets.isEmpty()) {
            to(new Target.Offsets(offsets));
        }
    }

    private void to(Target target) {
        if (place != null) {
            throw new UsageException("--to-earliest, --to-time and --to-offset exclude each other");
        }
        place = target;
    }

    private static String value(String option, Deque<String> arguments) {
        String value = arguments.poll();
        if (value == null || value.startsWith("--")) {
            throw new UsageException(option + " needs a value");
        }
        return value;
    }

    private static Instant time(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException e) {
            throw new UsageException("--to-time must be like 2026-01-31T00:00:00Z but was " + text);
        }
    }

    private static Offset offset(String text) {
        Matcher matcher = OFFSET.matcher(text);
        if (!matcher.matches()) {
            throw new UsageException("--to-offset must be like orders:0:1200 but was " + text);
        }
        return new Offset(matcher.group(1), Integer.parseInt(matcher.group(2)), Long.parseLong(matcher.group(3)));
    }

    private static Duration seconds(String text) {
        if (!text.matches("[1-9]\\d{0,5}")) {
            throw new UsageException("--timeout must be a number of seconds but was " + text);
        }
        return Duration.ofSeconds(Long.parseLong(text));
    }

    private void run(PrintStream out) throws IOException {
        String name = required("--pipeline", pipeline);
        KafkaConfig kafka = KafkaConfig.of(required("--bootstrap-servers", bootstrapServers));
        if (sources.isEmpty()) {
            throw new UsageException("--source is missing");
        }
        Path file = config;
        if (file != null) {
            Properties properties = new Properties();
            try (Reader reader = Files.newBufferedReader(file)) {
                properties.load(reader);
            }
            for (String property : properties.stringPropertyNames()) {
                kafka = kafka.with(property, properties.getProperty(property));
            }
        }
        Target target = place;
        Reset reset = Reset.of(name, sources).to(target == null ? new Target.Earliest() : target);
        Plan plan = execute ? reset.execute(kafka, timeout) : reset.plan(kafka, timeout);
        plan.describe().forEach(out::println);
        out.println(execute ? "Done." : "Nothing was changed. Add --execute to do it.");
    }

    private static String required(String option, @Nullable String value) {
        if (value == null) {
            throw new UsageException(option + " is missing");
        }
        return value;
    }

    private static final class UsageException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        UsageException(String message) {
            super(message);
        }
    }
}
