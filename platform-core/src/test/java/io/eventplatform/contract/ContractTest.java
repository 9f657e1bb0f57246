package io.eventplatform.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.eventplatform.contract.InvalidEventException.Reason;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ContractTest {

    @EventContract(type = "small", version = 7)
    record Small(@EventKey @Pii String userID, Optional<Boolean> isNew, int line2Count, int httpURLPath) {}

    @EventContract(type = "by_long", version = 1)
    record ByLong(@EventKey long id) {}

    @EventContract(type = "by_uuid", version = 1)
    record ByUuid(@EventKey UUID id) {}

    @EventContract(type = "by_enum", version = 1)
    record ByEnum(@EventKey UserSignup.Plan id) {}

    @EventContract(type = "by_long", version = 2, domain = "numbers")
    record InDomain(@EventKey long id) {}

    @Test
    void theDomainIsPartOfTheSchemaOnceItIsDeclared() {
        assertThat(Contract.of(InDomain.class).domain()).isEqualTo("numbers");
        assertThat(Contract.of(InDomain.class).schema()).contains("\"x-domain\": \"numbers\"");
        assertThat(Contract.of(ByLong.class).domain()).isEqualTo("general");
        assertThat(Contract.of(ByLong.class).schema()).doesNotContain("x-domain");
    }

    @Test
    void versionsOfATypeInDifferentDomainsAreRefused() {
        assertThatThrownBy(() -> Contracts.of(ByLong.class, InDomain.class))
                .isInstanceOf(ContractDefinitionException.class)
                .hasMessage("by_long v1 has domain general but by_long v2 has numbers."
                        + " All versions of a type need one domain.");
    }

    @Test
    void theSchemaIsTheWholeEventInOneFlatObject() {
        assertThat(Contract.of(Small.class).schema()).isEqualTo("""
                        {
                          "$schema": "https://json-schema.org/draft/2020-12/schema",
                          "additionalProperties": true,
                          "properties": {
                            "event_id": {
                              "maxLength": 128,
                              "minLength": 1,
                              "type": "string"
                            },
                            "event_type": {
                              "const": "small"
                            },
                            "schema_version": {
                              "pattern": "^v[1-9][0-9]*$",
                              "type": "string"
                            },
                            "timestamp": {
                              "format": "date-time",
                              "type": "string"
                            },
                            "correlation_id": {
                              "maxLength": 128,
                              "minLength": 1,
                              "type": "string"
                            },
                            "causation_id": {
                              "maxLength": 128,
                              "minLength": 1,
                              "type": "string"
                            },
                            "user_id": {
                              "type": "string",
                              "x-key": true,
                              "x-pii": true
                            },
                            "is_new": {
                              "type": "boolean"
                            },
                            "line2_count": {
                              "maximum": 2147483647,
                              "minimum": -2147483648,
                              "type": "integer"
                            },
                            "http_url_path": {
                              "maximum": 2147483647,
                              "minimum": -2147483648,
                              "type": "integer"
                            },
                            "processed_at": {
                              "format": "date-time",
                              "type": "string"
                            },
                            "enriched": {
                              "type": "object"
                            }
                          },
                          "required": [
                            "event_id",
                            "event_type",
                            "schema_version",
                            "timestamp",
                            "user_id",
                            "line2_count",
                            "http_url_path"
                          ],
                          "type": "object",
                          "x-content-model": "reader-open/writer-closed"
                        }
                        """);
    }

    /** The file shows what each Java type becomes; to write it anew: {@code -Dcontracts.update=true}. */
    @Test
    void everyTypeHasItsPlaceInTheSchema() {
        ContractSnapshots.verify(Path.of("src/test/resources/contracts"), AllTypes.class, UserSignup.class);
    }

    @Test
    void aContractKnowsItsTypeVersionAndRecord() {
        Contract<UserSignup> contract = Contract.of(UserSignup.class);

        assertThat(contract.type()).isEqualTo("user_signup");
        assertThat(contract.version()).isEqualTo(1);
        assertThat(contract.payloadType()).isEqualTo(UserSignup.class);
        assertThat(contract).hasToString("user_signup v1").isEqualTo(Contract.of(UserSignup.class));
    }

    @Test
    void thePersonalDataOfRecordsInsideIsKnownByItsPath() {
        assertThat(Contract.of(UserSignup.class).piiFields()).containsExactly("email");
        assertThat(Contract.of(AllTypes.class).piiFields())
                .containsExactly(
                        "address.street", "addresses.street", "maybe_addresses.street", "nullable_addresses.street");
    }

    @Test
    void theKeyIsTheTextOfItsComponent() {
        UUID id = UUID.fromString("0198A1B2-0000-7000-8000-00000000000F");

        assertThat(Contract.of(UserSignup.class).key(UserSignup.of("u-1"))).isEqualTo("u-1");
        assertThat(Contract.of(ByLong.class).key(new ByLong(-5))).isEqualTo("-5");
        assertThat(Contract.of(ByUuid.class).key(new ByUuid(id))).isEqualTo("0198a1b2-0000-7000-8000-00000000000f");
        assertThat(Contract.of(ByEnum.class).key(new ByEnum(UserSignup.Plan.FREE)))
                .isEqualTo("FREE");
    }

    @Test
    @SuppressWarnings("NullAway") // a key that is null although it must not be
    void aKeyThatIsNullIsRefused() {
        InvalidEventException refusal = catchThrowableOfType(
                InvalidEventException.class, () -> Contract.of(ByUuid.class).key(new ByUuid(null)));

        assertThat(refusal).hasMessage("Event does not match contract by_uuid v1: /id (required). Fix the producer.");
        assertThat(refusal.reason()).isEqualTo(Reason.CONTRACT_VIOLATED);
    }

    @EventContract(type = "small", version = 7)
    record SmallToo(@EventKey String id) {}

    @EventContract(type = "small", version = 8)
    record SmallLater(@EventKey String id) {}

    @Test
    void contractsAreFoundByTypeAndVersion() {
        Contracts contracts = Contracts.of(Small.class, SmallLater.class, Small.class);

        assertThat(contracts.all()).containsExactly(Contract.of(Small.class), Contract.of(SmallLater.class));
        assertThat(contracts.find("small", 8)).contains(Contract.of(SmallLater.class));
        assertThat(contracts.find("small", 9)).isEmpty();
        assertThat(contracts.knowsType("small")).isTrue();
        assertThat(contracts.knowsType("large")).isFalse();
    }

    @Test
    void contractsWithoutARecordAreRefused() {
        assertThatThrownBy(() -> Contracts.of())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("contracts must not be empty: every event would be unknown. Name the records of the events,"
                        + " as in Contracts.of(OrderPlaced.class)");
    }

    @Test
    void twoRecordsCannotDeclareTheSameVersionOfAType() {
        assertThatThrownBy(() -> Contracts.of(Small.class, SmallToo.class))
                .isInstanceOf(ContractDefinitionException.class)
                .hasMessage("io.eventplatform.contract.ContractTest$Small and"
                        + " io.eventplatform.contract.ContractTest$SmallToo both declare small v7. Give one of them"
                        + " another type or version.");
    }

    @Test
    void reasonsHaveStableCodes() {
        assertThat(Map.of(
                        Reason.BODY_MALFORMED, "body.malformed",
                        Reason.BODY_TOO_LARGE, "body.too_large",
                        Reason.ENVELOPE_INVALID, "envelope.invalid",
                        Reason.ENVELOPE_MISMATCH, "envelope.mismatch",
                        Reason.TYPE_UNKNOWN, "contract.type_unknown",
                        Reason.VERSION_UNSUPPORTED, "contract.version_unsupported",
                        Reason.CONTRACT_VIOLATED, "contract.violated"))
                .hasSize(Reason.values().length)
                .allSatisfy((reason, code) -> assertThat(reason.code()).isEqualTo(code));
    }
}
