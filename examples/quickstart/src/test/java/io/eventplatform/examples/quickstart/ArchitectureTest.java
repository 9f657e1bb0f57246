package io.eventplatform.examples.quickstart;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import java.net.URI;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Holds the arrows between the modules, and what belongs where; of all modules, since this one sees them all. */
@AnalyzeClasses(packages = "io.eventplatform", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    private static final DescribedPredicate<JavaClass> OURS = resideInAPackage("io.eventplatform..");
    private static final DescribedPredicate<JavaClass> KAFKA_TESTKIT =
            resideInAPackage("io.eventplatform.kafka.testkit..").as("kafka-testkit");
    private static final DescribedPredicate<JavaClass> CORE = resideInAnyPackage(
                    "io.eventplatform.aggregate..",
                    "io.eventplatform.codec..",
                    "io.eventplatform.contract..",
                    "io.eventplatform.event..",
                    "io.eventplatform.kafka..",
                    "io.eventplatform.telemetry..")
            .and(not(KAFKA_TESTKIT))
            .as("core");
    private static final DescribedPredicate<JavaClass> PRODUCER =
            resideInAPackage("io.eventplatform.producer..").as("producer");
    private static final DescribedPredicate<JavaClass> DUCKDB =
            resideInAPackage("io.eventplatform.storage.duckdb..").as("duckdb");
    private static final DescribedPredicate<JavaClass> LAKE =
            resideInAPackage("io.eventplatform.storage.lake..").as("lake");
    private static final DescribedPredicate<JavaClass> TCK =
            resideInAPackage("io.eventplatform.storage.tck..").as("tck");
    private static final DescribedPredicate<JavaClass> STORAGE_SPI = resideInAPackage("io.eventplatform.storage..")
            .and(not(DUCKDB))
            .and(not(LAKE))
            .and(not(TCK))
            .as("storage-spi");
    private static final DescribedPredicate<JavaClass> SERVING =
            resideInAPackage("io.eventplatform.serving..").as("serving");
    private static final DescribedPredicate<JavaClass> TESTKIT =
            resideInAPackage("io.eventplatform.processor.testkit..").as("testkit");
    private static final DescribedPredicate<JavaClass> PROCESSOR =
            resideInAPackage("io.eventplatform.processor..").and(not(TESTKIT)).as("processor");
    private static final DescribedPredicate<JavaClass> EXAMPLES =
            resideInAPackage("io.eventplatform.examples..").as("examples");

    @ArchTest
    static final ArchRule CORE_USES_NONE_OF_US = arrow(CORE, CORE);

    @ArchTest
    static final ArchRule KAFKA_TESTKIT_USES_NONE_OF_US = arrow(KAFKA_TESTKIT, KAFKA_TESTKIT);

    @ArchTest
    static final ArchRule PRODUCER_USES_CORE = arrow(PRODUCER, PRODUCER.or(CORE));

    @ArchTest
    static final ArchRule STORAGE_SPI_USES_CORE = arrow(STORAGE_SPI, STORAGE_SPI.or(CORE));

    @ArchTest
    static final ArchRule DUCKDB_USES_STORAGE_SPI =
            arrow(DUCKDB, DUCKDB.or(STORAGE_SPI).or(CORE));

    @ArchTest
    static final ArchRule LAKE_USES_DUCKDB =
            arrow(LAKE, LAKE.or(DUCKDB).or(STORAGE_SPI).or(CORE));

    @ArchTest
    static final ArchRule SERVING_USES_STORAGE_SPI =
            arrow(SERVING, SERVING.or(STORAGE_SPI).or(CORE));

    @ArchTest
    static final ArchRule TCK_USES_STORAGE_SPI = arrow(TCK, TCK.or(STORAGE_SPI).or(CORE));

    @ArchTest
    static final ArchRule PROCESSOR_USES_STORAGE_SPI_AND_CORE =
            arrow(PROCESSOR, PROCESSOR.or(STORAGE_SPI).or(CORE));

    @ArchTest
    static final ArchRule TESTKIT_USES_PROCESSOR_AND_CORE =
            arrow(TESTKIT, TESTKIT.or(PROCESSOR).or(CORE));

    @ArchTest
    static final ArchRule EVERY_CLASS_IS_OF_A_MODULE = classes()
            .should(ArchCondition.from(CORE.or(KAFKA_TESTKIT)
                    .or(PRODUCER)
                    .or(STORAGE_SPI)
                    .or(DUCKDB)
                    .or(LAKE)
                    .or(TCK)
                    .or(SERVING)
                    .or(PROCESSOR)
                    .or(TESTKIT)
                    .or(EXAMPLES)
                    .as("be of a module that is named here")));

    @ArchTest
    static final ArchRule THIRD_PARTIES_APPEAR_IN_INTERNAL_PACKAGES_ONLY = noClasses()
            .that(not(resideInAPackage("..internal..").or(KAFKA_TESTKIT).or(EXAMPLES)))
            .should()
            .dependOnClassesThat(resideInAnyPackage(
                    "org.apache.kafka..", "kafka..", "tools.jackson..", "com.fasterxml.jackson..", "com.networknt.."))
            .because("a user must not meet them in our API, and we must be able to change them");

    @ArchTest
    static final ArchRule EXAMPLES_USE_API_ONLY =
            noClasses().that(EXAMPLES).should().dependOnClassesThat(OURS.and(resideInAPackage("..internal..")));

    @ArchTest
    static final ArchRule THE_AUDIT_USES_NONE_OF_US = arrow(
            resideInAPackage("io.eventplatform.examples.quickstart.audit..").as("the audit"),
            resideInAPackage("io.eventplatform.examples.quickstart.audit..").as("itself"));

    @ArchTest
    static void noPackageIsSplit(JavaClasses classes) {
        Map<String, Set<String>> modulesOfPackages = new TreeMap<>();
        for (JavaClass each : classes) {
            modulesOfPackages
                    .computeIfAbsent(each.getPackageName(), absent -> new TreeSet<>())
                    .add(moduleOf(each));
        }

        assertThat(modulesOfPackages)
                .allSatisfy((name, modules) ->
                        assertThat(modules).as("modules with package %s", name).hasSize(1));
        assertThat(modulesOfPackages.values().stream().flatMap(Set::stream).distinct())
                .as("modules on the class path")
                .hasSize(11);
    }

    /** The jar or directory a class was read from. */
    private static String moduleOf(JavaClass each) {
        URI source = each.getSource().orElseThrow().getUri();
        String path = each.getName().replace('.', '/');
        String uri = source.toString();
        return uri.substring(0, uri.indexOf(path.substring(0, path.lastIndexOf('/'))));
    }

    private static ArchRule arrow(DescribedPredicate<JavaClass> from, DescribedPredicate<JavaClass> to) {
        return classes()
                .that(from)
                .should()
                .onlyDependOnClassesThat(not(OURS).or(to).as("are of " + to.getDescription() + " or not ours"));
    }
}
