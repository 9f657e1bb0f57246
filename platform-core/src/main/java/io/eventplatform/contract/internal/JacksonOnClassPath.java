package io.eventplatform.contract.internal;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.security.CodeSource;
import tools.jackson.core.json.PackageVersion;
import tools.jackson.databind.introspect.JacksonAnnotationIntrospector;

/**
 * Whether Jackson can work with the annotations beside it. Jackson 3 uses the annotations of Jackson 2, whose version an
 * application's dependency management may hold back; Jackson itself then fails on its first use, far from the cause.
 */
final class JacksonOnClassPath {

    static final String NEEDED_ANNOTATIONS = "2.21";

    private JacksonOnClassPath() {}

    /** @throws IllegalStateException with the fix, if it cannot */
    static void requireUsable() {
        try {
            // It names every annotation that Jackson reads, and any mapper begins with it.
            new JacksonAnnotationIntrospector();
        } catch (LinkageError e) {
            throw new IllegalStateException(
                    "jackson-annotations " + found() + " is too old for Jackson " + PackageVersion.VERSION
                            + ", which needs "
                            + NEEDED_ANNOTATIONS
                            + " or later. Another BOM, such as Spring Boot's, holds it back. Maven: set"
                            + " com.fasterxml.jackson.core:jackson-annotations to " + NEEDED_ANNOTATIONS
                            + " in <dependencyManagement>, or with spring-boot-starter-parent the property"
                            + " <jackson-bom.version> (Boot 3) or <jackson-2-bom.version> (Boot 4) to "
                            + NEEDED_ANNOTATIONS + ".0 or later. Gradle: the same as ext['jackson-bom.version'] or"
                            + " ext['jackson-2-bom.version'], or a constraint on jackson-annotations:"
                            + NEEDED_ANNOTATIONS + ".",
                    e);
        }
    }

    private static String found() {
        String version = JsonProperty.class.getPackage().getImplementationVersion();
        CodeSource source = JsonProperty.class.getProtectionDomain().getCodeSource();
        return (version == null ? "of an unknown version" : version)
                + (source == null ? "" : " (" + source.getLocation() + ")");
    }
}
