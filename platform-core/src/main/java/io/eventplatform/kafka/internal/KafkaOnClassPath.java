package io.eventplatform.kafka.internal;

import java.security.CodeSource;
import java.util.Objects;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.SharePartitionOffsetInfo;
import org.apache.kafka.common.utils.AppInfoParser;

/**
 * Whether Kafka's clients are recent enough. An application's dependency management may hold them back: before 4.1 they
 * lack methods that we call only on the way out, and before 4.2 an event larger than its topic takes is sent again
 * without end, and its send never completes.
 */
final class KafkaOnClassPath {

    static final String RECOMMENDED = "4.3.1";

    private static final String NEEDED = "4.2";

    private KafkaOnClassPath() {}

    /** @throws IllegalStateException with the fix, if they are older */
    static void requireUsable() {
        try {
            // It came with 4.2. Vendors number their versions in their own ways, so a class tells more surely.
            Objects.requireNonNull(SharePartitionOffsetInfo.class);
        } catch (LinkageError e) {
            throw new IllegalStateException(
                    "kafka-clients " + found() + " is too old for this library, which needs " + NEEDED
                            + " or later. Another BOM, such as Spring Boot's, holds it back. Maven: set"
                            + " org.apache.kafka:kafka-clients to " + RECOMMENDED
                            + " in <dependencyManagement>, or with"
                            + " spring-boot-starter-parent the property <kafka.version> to " + RECOMMENDED
                            + ". Gradle: ext['kafka.version'] = '" + RECOMMENDED
                            + "', or a constraint on kafka-clients:" + RECOMMENDED + ".",
                    e);
        }
    }

    private static String found() {
        CodeSource source = Admin.class.getProtectionDomain().getCodeSource();
        return AppInfoParser.getVersion() + (source == null ? "" : " (" + source.getLocation() + ")");
    }
}
