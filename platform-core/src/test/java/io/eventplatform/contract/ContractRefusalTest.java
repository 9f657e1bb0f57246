package io.eventplatform.contract;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.math.BigDecimal;
import java.time.LocalDateTime;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each record that cannot be a contract is refused with class, component and way out. */
@SuppressWarnings({"rawtypes", "NullAway", "NullablePrimitive", "NullableOptional", "ArrayRecordComponent"
}) // mistakes are the subject
class ContractRefusalTest {

    private static final String USE = " is not a type of the wire format. Use String, int, long, double, boolean,"
            + " BigDecimal, Instant, LocalDate, UUID, an enum, a record, List, Set, Map<String, V> or Map<String,"
            + " Object>.";

    record NotAnnotated(@EventKey String id) {}

    @EventContract(type = "User Signup", version = 1)
    record BadType(@EventKey String id) {}

    @EventContract(type = "../escape", version = 1)
    record PathType(@EventKey String id) {}

    @EventContract(type = "x", version = 0)
    record BadVersion(@EventKey String id) {}

    @EventContract(type = "x", version = 1, domain = "Web Shop")
    record BadDomain(@EventKey String id) {}

    @EventContract(type = "x", version = 1)
    record NoKey(String id) {}

    @EventContract(type = "x", version = 1)
    record TwoKeys(@EventKey String id, @EventKey String other) {}

    @EventContract(type = "x", version = 1)
    record OptionalKey(@EventKey Optional<String> id) {}

    @EventContract(type = "x", version = 1)
    record NullableKey(@EventKey @Nullable String id) {}

    @EventContract(type = "x", version = 1)
    record DoubleKey(@EventKey double id) {}

    record Inner(@EventKey String id) {}

    @EventContract(type = "x", version = 1)
    record KeyInside(@EventKey String id, Inner inner) {}

    @EventContract(type = "x", version = 1)
    record Reserved(@EventKey String id, String eventType) {}

    @EventContract(type = "x", version = 1)
    record ReservedEnriched(@EventKey String id, String enriched) {}

    @EventContract(type = "x", version = 1)
    record SameName(@EventKey String userId, String user_id) {}

    @EventContract(type = "x", version = 1)
    record BadName(@EventKey String user$id) {}

    @EventContract(type = "x", version = 1)
    record Underscore(@EventKey String _id) {}

    @EventContract(type = "x", version = 1)
    record FloatAmount(@EventKey String id, float amount) {}

    @EventContract(type = "x", version = 1)
    record ZoneLess(@EventKey String id, LocalDateTime at) {}

    @EventContract(type = "x", version = 1)
    record Array(@EventKey String id, String[] data) {}

    @EventContract(type = "x", version = 1)
    record Anything(@EventKey String id, Object any) {}

    @EventContract(type = "x", version = 1)
    record AnyCollection(@EventKey String id, Collection<String> names) {}

    @EventContract(type = "x", version = 1)
    record Wildcard(@EventKey String id, List<? extends Number> numbers) {}

    @EventContract(type = "x", version = 1)
    record Generic<V>(@EventKey String id, V value) {}

    @EventContract(type = "x", version = 1)
    record RawList(@EventKey String id, List names) {}

    @EventContract(type = "x", version = 1)
    record RawOptional(@EventKey String id, Optional name) {}

    @EventContract(type = "x", version = 1)
    record OptionalElements(@EventKey String id, List<Optional<String>> names) {}

    @EventContract(type = "x", version = 1)
    record OptionalTwice(@EventKey String id, Optional<Optional<String>> name) {}

    @EventContract(type = "x", version = 1)
    record NullableElements(@EventKey String id, List<@Nullable String> names) {}

    @EventContract(type = "x", version = 1)
    record NullableOptional(@EventKey String id, @Nullable Optional<String> name) {}

    @EventContract(type = "x", version = 1)
    record NullablePrimitive(@EventKey String id, @Nullable int count) {}

    @EventContract(type = "x", version = 1)
    record IntegerKeys(@EventKey String id, Map<Integer, String> names) {}

    @EventContract(type = "x", version = 1)
    record AnyValues(@EventKey String id, Map<String, ?> values) {}

    @EventContract(type = "x", version = 1)
    record SetOfDecimals(@EventKey String id, Set<BigDecimal> amounts) {}

    @EventContract(type = "x", version = 1)
    record Recursive(@EventKey String id, Optional<Recursive> parent) {}

    record Node(List<Node> children) {}

    @EventContract(type = "x", version = 1)
    record RecursiveInside(@EventKey String id, Node root) {}

    enum Nothing {}

    @EventContract(type = "x", version = 1)
    record EmptyEnum(@EventKey String id, Nothing nothing) {}

    static Stream<Arguments> refusals() {
        return Stream.of(
                arguments(
                        NotAnnotated.class,
                        ": it has no @EventContract. Annotate the record with its event type and version."),
                arguments(
                        BadType.class,
                        ": \"User Signup\" is not an event type. Use at most 100 characters: lower case words and"
                                + " digits, separated by _, . or -, as in user_signup."),
                arguments(
                        PathType.class,
                        ": \"../escape\" is not an event type. Use at most 100 characters: lower case words and"
                                + " digits, separated by _, . or -, as in user_signup."),
                arguments(BadVersion.class, ": version 0 is not a version. Use 1 or more."),
                arguments(
                        BadDomain.class,
                        ": \"Web Shop\" is not a domain. Use at most 50 characters: lower case words and digits,"
                                + " separated by _ or -, as in user."),
                arguments(
                        NoKey.class,
                        ": 0 components have @EventKey. Annotate one: events of the same key stay in order."),
                arguments(
                        TwoKeys.class,
                        ": 2 components have @EventKey. Annotate one: events of the same key stay in order."),
                arguments(OptionalKey.class, ".id: the @EventKey is required. Make it neither Optional nor @Nullable."),
                arguments(NullableKey.class, ".id: the @EventKey is required. Make it neither Optional nor @Nullable."),
                arguments(
                        DoubleKey.class,
                        ".id: the @EventKey is a String, int, long, UUID or enum. Choose one of these."),
                arguments(
                        Reserved.class,
                        ".eventType: every event has a field event_type of its own. Rename the component."),
                arguments(
                        ReservedEnriched.class,
                        ".enriched: every event has a field enriched of its own. Rename the component."),
                arguments(SameName.class, ".user_id: another component is user_id on the wire, too. Rename one."),
                arguments(
                        BadName.class,
                        ".user$id: it would be \"user$id\" on the wire. Give it a name of at most 63 ASCII letters and"
                                + " digits that starts with a letter."),
                arguments(
                        Underscore.class,
                        "._id: it would be \"_id\" on the wire. Give it a name of at most 63 ASCII letters and"
                                + " digits that starts with a letter."),
                arguments(FloatAmount.class, ".amount: float" + USE),
                arguments(ZoneLess.class, ".at: java.time.LocalDateTime" + USE),
                arguments(Array.class, ".data: java.lang.String[]" + USE),
                arguments(Anything.class, ".any: java.lang.Object" + USE),
                arguments(AnyCollection.class, ".names: java.util.Collection<java.lang.String>" + USE),
                arguments(Wildcard.class, ".numbers: ? extends java.lang.Number" + USE),
                arguments(Generic.class, ".value: V" + USE),
                arguments(
                        RawList.class,
                        ".names: java.util.List does not say what it holds. Give it its type arguments."),
                arguments(
                        RawOptional.class,
                        ".name: java.util.Optional does not say what it holds. Give it its type arguments."),
                arguments(
                        OptionalElements.class,
                        ".names: Optional can only be the type of a component. Leave out what is absent."),
                arguments(
                        OptionalTwice.class,
                        ".name: Optional can only be the type of a component. Leave out what is absent."),
                arguments(
                        NullableElements.class,
                        ".names: what another type holds cannot be @Nullable. Leave out what is absent."),
                arguments(NullableOptional.class, ".name: an Optional cannot be @Nullable. Remove the annotation."),
                arguments(
                        NullablePrimitive.class,
                        ".count: a primitive cannot be @Nullable. Use its box, or remove the annotation."),
                arguments(IntegerKeys.class, ".names: the keys of a Map are String on the wire. Use Map<String, V>."),
                arguments(AnyValues.class, ".values: ?" + USE),
                arguments(
                        SetOfDecimals.class,
                        ".amounts: a Set holds String, Integer, Long, LocalDate, UUID or an enum, which are equal"
                                + " exactly when their texts are. Use a List."),
                arguments(
                        Recursive.class,
                        ".parent: the record io.eventplatform.contract.ContractRefusalTest$Recursive contains itself."
                                + " Refer to the other one by an id."),
                arguments(
                        EmptyEnum.class,
                        ".nothing: the enum io.eventplatform.contract.ContractRefusalTest$Nothing has no constants."
                                + " Give it one."));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void aRecordThatCannotBeAContractIsRefused(Class<? extends Record> type, String message) {
        assertRefused(type, type.getName() + message);
    }

    static Stream<Arguments> refusalsOfRecordsInside() {
        return Stream.of(
                arguments(
                        KeyInside.class,
                        Inner.class.getName() + ".id: only a component of the payload itself can be the @EventKey."),
                arguments(
                        RecursiveInside.class,
                        Node.class.getName() + ".children: the record " + Node.class.getName()
                                + " contains itself. Refer to the other one by an id."));
    }

    @ParameterizedTest
    @MethodSource("refusalsOfRecordsInside")
    void aMistakeInARecordInsideIsReportedThere(Class<? extends Record> type, String message) {
        assertRefused(type, message);
    }

    private static void assertRefused(Class<? extends Record> type, String message) {
        assertThatThrownBy(() -> Contract.of(type))
                .isInstanceOf(ContractDefinitionException.class)
                .hasMessage(message);
        assertThatThrownBy(() -> Contract.of(type)).hasMessage(message);
    }
}
