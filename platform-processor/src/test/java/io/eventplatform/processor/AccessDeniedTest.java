package io.eventplatform.processor;

import static org.assertj.core.api.Assertions.assertThat;

import io.eventplatform.contract.Contracts;
import io.eventplatform.kafka.testkit.EmbeddedKafka;
import java.util.List;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A right that a pipeline lacks stops it, with the right to grant in the message. */
class AccessDeniedTest {

    private static final EmbeddedKafka BROKER = EmbeddedKafka.builder()
            .property("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer")
            .property("allow.everyone.if.no.acl.found", "true")
            .start();

    @AfterAll
    static void stop() {
        BROKER.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GROUP            | READ  | guarded-group       | Grant READ on group guarded-group",
                "TOPIC            | READ  | guarded-topic-in    | Grant access to topics [guarded-topic-in]: READ and",
                "TRANSACTIONAL_ID | WRITE | guarded-id.one-0    | Grant WRITE and DESCRIBE on the transactional ids"
            })
    void theRightToGrantIsNamed(ResourceType type, AclOperation operation, String resource, String fix)
            throws Exception {
        String name = resource.replace("-in", "").replace(".one-0", "");
        Pipeline pipeline = Pipeline.named(name)
                .from(Source.topic(name + "-in", Contracts.of(OrderPlaced.class)))
                .to(name + "-out");
        try (KafkaWorld kafka = new KafkaWorld(BROKER)) {
            kafka.create(pipeline.topics(1));
            kafka.send(name + "-in", "k", OrderPlaced.json("a", "ada", 1));
            kafka.admin()
                    .createAcls(List.of(
                            rule(type, resource, AclOperation.ALL, AclPermissionType.ALLOW),
                            rule(type, resource, operation, AclPermissionType.DENY)))
                    .all()
                    .get();

            RunnerOptions options = RunnerOptions.builder().instance("one").build();
            try (Runner runner = Runner.start(pipeline, kafka.config(), options)) {
                KafkaWorld.await(() -> runner.health() instanceof Health.Failed);
                assertThat(((Health.Failed) runner.health()).cause()).hasMessageContaining(fix);
                assertThat(kafka.read(name + "-out")).isEmpty();
            }
        }
    }

    private static AclBinding rule(
            ResourceType type, String resource, AclOperation operation, AclPermissionType effect) {
        return new AclBinding(
                new ResourcePattern(type, resource, PatternType.LITERAL),
                new AccessControlEntry("User:ANONYMOUS", "*", operation, effect));
    }
}
