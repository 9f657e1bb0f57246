package io.eventplatform.contract.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.eventplatform.classpath.OlderLibrary;
import io.eventplatform.contract.Contract;
import io.eventplatform.contract.UserSignup;
import org.junit.jupiter.api.Test;
import tools.jackson.core.json.PackageVersion;

class JacksonOnClassPathTest {

    public static final class FirstContract implements Runnable {
        @Override
        public void run() {
            Contract.of(UserSignup.class);
        }
    }

    @Test
    void theFirstContractIsRefusedWithTheFixIfTheAnnotationsAreTooOldForJackson() throws Exception {
        try (OlderLibrary older = OlderLibrary.of("jackson-annotations", "2.20")) {
            assertThatThrownBy(() -> older.run(FirstContract.class))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("jackson-annotations 2.20 (" + older.location() + ") is too old for Jackson "
                            + PackageVersion.VERSION
                            + ", which needs 2.21 or later. Another BOM, such as Spring Boot's,"
                            + " holds it back. Maven: set com.fasterxml.jackson.core:jackson-annotations to 2.21 in"
                            + " <dependencyManagement>, or with spring-boot-starter-parent the property"
                            + " <jackson-bom.version> (Boot 3) or <jackson-2-bom.version> (Boot 4) to 2.21.0 or later."
                            + " Gradle: the same as ext['jackson-bom.version'] or ext['jackson-2-bom.version'], or a"
                            + " constraint on jackson-annotations:2.21.");
        }
    }

    @Test
    void theAnnotationsWeBuildWithAreThoseTheMessageAsksFor() {
        JacksonOnClassPath.requireUsable();

        assertThat(JsonProperty.class.getPackage().getImplementationVersion())
                .isEqualTo(JacksonOnClassPath.NEEDED_ANNOTATIONS);
    }
}
