package io.eventplatform.contract.internal;

import io.eventplatform.contract.ContractDefinitionException;
import io.eventplatform.contract.EventKey;
import io.eventplatform.contract.Pii;
import io.eventplatform.contract.internal.RecordType.Member;
import io.eventplatform.contract.internal.RecordType.Presence;
import java.lang.annotation.Annotation;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.AccessibleObject;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Constructor;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Derives {@link RecordType}s from record classes. The world of types is closed: what is not known is refused. */
final class RecordTypes {

    private static final Pattern WORD_START = Pattern.compile("(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])");
    private static final Pattern FIELD_NAME = Pattern.compile("[a-z][a-z0-9_]{0,62}");

    private static final String KNOWN_TYPES = "Use String, int, long, double, boolean, BigDecimal, Instant, LocalDate,"
            + " UUID, an enum, a record, List, Set, Map<String, V> or Map<String, Object>.";

    /** The records being derived, the outermost first. */
    private final Deque<Class<?>> enclosing = new ArrayDeque<>();

    /** Whether the outermost record lies flat in the body of an event, beside its envelope. */
    private final boolean inEvent;

    private RecordTypes(boolean inEvent) {
        this.inEvent = inEvent;
    }

    static RecordType ofPayload(Class<?> payloadType) {
        return new RecordTypes(true).of(payloadType);
    }

    /**
     * The type of values that are stored on their own: what a component can hold and its class alone tells. A record
     * may be a payload; its key then has no meaning.
     *
     * @throws ContractDefinitionException if values of this class cannot be stored
     */
    static WireType ofStored(Class<?> type) {
        Optional<Scalar> scalar = Scalar.of(type);
        if (scalar.isPresent()) {
            return scalar.get();
        }
        if (type.isEnum() && type.getEnumConstants().length > 0) {
            return Scalar.ofEnum(type);
        }
        if (type.isRecord()) {
            return new RecordTypes(false).of(type);
        }
        throw new ContractDefinitionException(type.getName()
                + " cannot be stored. Use String, Integer, Long, Double, Boolean, BigDecimal, Instant, LocalDate, UUID,"
                + " an enum or a record.");
    }

    private RecordType of(Class<?> type) {
        enclosing.addLast(type);
        Map<String, Member> members = new LinkedHashMap<>();
        for (RecordComponent component : type.getRecordComponents()) {
            Member member = member(component);
            if (members.putIfAbsent(member.name(), member) != null) {
                throw refused(component, "another component is " + member.name() + " on the wire, too. Rename one.");
            }
        }
        enclosing.removeLast();
        return new RecordType(List.copyOf(members.values()), constructor(type));
    }

    private Member member(RecordComponent component) {
        String name = wireName(component);
        Presence presence = presence(component);
        AnnotatedType declared = component.getAnnotatedType();
        WireType type =
                wireType(presence == Presence.OPTIONAL ? argument(declared, 0, component) : declared, component);
        boolean key = inEvent && component.isAnnotationPresent(EventKey.class);
        if (key) {
            requireKey(type, presence, component);
        }
        boolean pii = component.isAnnotationPresent(Pii.class);
        return new Member(name, type, presence, key, pii, accessor(component));
    }

    private String wireName(RecordComponent component) {
        String name = WORD_START.matcher(component.getName()).replaceAll("_").toLowerCase(Locale.ROOT);
        if (!FIELD_NAME.matcher(name).matches()) {
            throw refused(
                    component,
                    "it would be \"" + name + "\" on the wire. Give it a name of at most 63 ASCII letters and digits"
                            + " that starts with a letter.");
        }
        if (isPayload() && EnvelopeFields.ALL.contains(name)) {
            throw refused(component, "every event has a field " + name + " of its own. Rename the component.");
        }
        return name;
    }

    private static Presence presence(RecordComponent component) {
        boolean nullable = isNullable(component.getAnnotatedType()) || isNullable(component.getAnnotations());
        if (component.getType() == Optional.class) {
            if (nullable) {
                throw refused(component, "an Optional cannot be @Nullable. Remove the annotation.");
            }
            return Presence.OPTIONAL;
        }
        if (nullable && component.getType().isPrimitive()) {
            throw refused(component, "a primitive cannot be @Nullable. Use its box, or remove the annotation.");
        }
        return nullable ? Presence.NULLABLE : Presence.REQUIRED;
    }

    private WireType wireType(AnnotatedType annotated, RecordComponent component) {
        Class<?> type = rawType(annotated.getType());
        Optional<Scalar> scalar = Scalar.of(type);
        if (scalar.isPresent()) {
            return scalar.get();
        }
        if (type.isEnum()) {
            return enumType(type, component);
        }
        if (type.isRecord()) {
            return nested(type, component);
        }
        if (type == List.class) {
            return new Containers.ListOf(wireType(argument(annotated, 0, component), component));
        }
        if (type == Set.class) {
            return setType(wireType(argument(annotated, 0, component), component), component);
        }
        if (type == Map.class) {
            return mapType(argument(annotated, 0, component), argument(annotated, 1, component), component);
        }
        if (type == Optional.class) {
            throw refused(component, "Optional can only be the type of a component. Leave out what is absent.");
        }
        throw refused(
                component, annotated.getType().getTypeName() + " is not a type of the wire format. " + KNOWN_TYPES);
    }

    private static WireType enumType(Class<?> type, RecordComponent component) {
        if (type.getEnumConstants().length == 0) {
            throw refused(component, "the enum " + type.getName() + " has no constants. Give it one.");
        }
        return Scalar.ofEnum(type);
    }

    private WireType nested(Class<?> type, RecordComponent component) {
        if (enclosing.contains(type)) {
            throw refused(
                    component, "the record " + type.getName() + " contains itself. Refer to the other one by an id.");
        }
        return of(type);
    }

    private static WireType setType(WireType element, RecordComponent component) {
        if (!(element instanceof Scalar scalar && scalar.isDistinct())) {
            throw refused(
                    component,
                    "a Set holds String, Integer, Long, LocalDate, UUID or an enum, which are equal exactly when their"
                            + " texts are. Use a List.");
        }
        return new Containers.SetOf(element);
    }

    private WireType mapType(AnnotatedType key, AnnotatedType value, RecordComponent component) {
        if (key.getType() != String.class) {
            throw refused(component, "the keys of a Map are String on the wire. Use Map<String, V>.");
        }
        if (value.getType() == Object.class) {
            return FreeJson.OBJECT;
        }
        return new Containers.MapOf(wireType(value, component));
    }

    private void requireKey(WireType type, Presence presence, RecordComponent component) {
        if (!isPayload()) {
            throw refused(component, "only a component of the payload itself can be the @EventKey.");
        }
        if (presence != Presence.REQUIRED) {
            throw refused(component, "the @EventKey is required. Make it neither Optional nor @Nullable.");
        }
        if (!(type instanceof Scalar scalar && scalar.isKey())) {
            throw refused(component, "the @EventKey is a String, int, long, UUID or enum. Choose one of these.");
        }
    }

    private boolean isPayload() {
        return inEvent && enclosing.size() == 1;
    }

    /** The class behind a type; for type variables, wildcards and generic arrays {@code void}, which is no wire type. */
    private static Class<?> rawType(Type type) {
        if (type instanceof ParameterizedType parameterized) {
            return (Class<?>) parameterized.getRawType();
        }
        return type instanceof Class<?> plain ? plain : void.class;
    }

    private static AnnotatedType argument(AnnotatedType type, int index, RecordComponent component) {
        if (!(type instanceof AnnotatedParameterizedType parameterized)) {
            throw refused(
                    component,
                    type.getType().getTypeName() + " does not say what it holds. Give it its type arguments.");
        }
        AnnotatedType argument = parameterized.getAnnotatedActualTypeArguments()[index];
        if (isNullable(argument)) {
            throw refused(component, "what another type holds cannot be @Nullable. Leave out what is absent.");
        }
        return argument;
    }

    private static boolean isNullable(AnnotatedType type) {
        return isNullable(type.getAnnotations());
    }

    /** By simple name: libraries have their own {@code @Nullable}, all with this meaning. */
    private static boolean isNullable(Annotation[] annotations) {
        return Arrays.stream(annotations)
                .anyMatch(annotation ->
                        annotation.annotationType().getSimpleName().equals("Nullable"));
    }

    private static MethodHandle accessor(RecordComponent component) {
        Method accessor = component.getAccessor();
        open(accessor, component.getDeclaringRecord());
        try {
            return MethodHandles.lookup().unreflect(accessor).asType(MethodType.methodType(Object.class, Object.class));
        } catch (IllegalAccessException e) {
            throw new IllegalStateException("accessible since opened: " + accessor, e);
        }
    }

    private static MethodHandle constructor(Class<?> type) {
        Class<?>[] parameters = Arrays.stream(type.getRecordComponents())
                .map(RecordComponent::getType)
                .toArray(Class<?>[]::new);
        try {
            Constructor<?> constructor = type.getDeclaredConstructor(parameters);
            open(constructor, type);
            return MethodHandles.lookup()
                    .unreflectConstructor(constructor)
                    .asSpreader(Object[].class, parameters.length)
                    .asType(MethodType.methodType(Object.class, Object[].class));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("every record has its canonical constructor: " + type.getName(), e);
        }
    }

    private static void open(AccessibleObject member, Class<?> type) {
        try {
            member.setAccessible(true);
        } catch (InaccessibleObjectException e) {
            throw new ContractDefinitionException(
                    type.getName() + ": its module does not open the package. Add \"opens " + type.getPackageName()
                            + ";\" to the module-info.");
        }
    }

    private static ContractDefinitionException refused(RecordComponent component, String message) {
        return new ContractDefinitionException(
                component.getDeclaringRecord().getName() + "." + component.getName() + ": " + message);
    }
}
