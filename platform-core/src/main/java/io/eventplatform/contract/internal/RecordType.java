package io.eventplatform.contract.internal;

import java.lang.invoke.MethodHandle;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;

/** Records as JSON objects: each component a field, in the order of the record's header. */
final class RecordType implements WireType {

    /** How a component says that it may have no value. */
    enum Presence {
        REQUIRED,
        NULLABLE,
        OPTIONAL
    }

    /**
     * A component.
     *
     * @param accessor takes the record as an {@code Object}
     */
    record Member(String name, WireType type, Presence presence, boolean key, boolean pii, MethodHandle accessor) {

        Map<String, Object> schema() {
            Map<String, Object> schema = new LinkedHashMap<>(type.schema());
            if (key) {
                schema.put("x-key", true);
            }
            if (pii) {
                schema.put("x-pii", true);
            }
            return schema;
        }

        @Nullable
        Object valueIn(Object instance) {
            Object value = call(() -> accessor.invokeExact(instance));
            return presence == Presence.OPTIONAL && value != null ? ((Optional<?>) value).orElse(null) : value;
        }
    }

    private interface Call {
        @Nullable
        Object invoke() throws Throwable;
    }

    private final List<Member> members;
    private final MethodHandle constructor;

    /** The {@code constructor} takes an {@code Object[]} and returns an {@code Object}. */
    RecordType(List<Member> members, MethodHandle constructor) {
        this.members = List.copyOf(members);
        this.constructor = constructor;
    }

    List<Member> members() {
        return members;
    }

    /** Visits every component with its path, such as {@code address.street}, those of records inside too. */
    void visit(String prefix, BiConsumer<String, Member> visitor) {
        for (Member member : members) {
            visitor.accept(prefix + member.name(), member);
            member.type().heldRecord().ifPresent(held -> held.visit(prefix + member.name() + ".", visitor));
        }
    }

    @Override
    public Optional<RecordType> heldRecord() {
        return Optional.of(this);
    }

    @Override
    public Map<String, Object> schema() {
        return objectSchema(properties(), required());
    }

    static Map<String, Object> objectSchema(Map<String, Object> properties, List<String> required) {
        return Map.of(
                "type",
                "object",
                "properties",
                properties,
                "required",
                required,
                "additionalProperties",
                true,
                "x-content-model",
                "reader-open/writer-closed");
    }

    Map<String, Object> properties() {
        Map<String, Object> properties = new LinkedHashMap<>();
        members.forEach(member -> properties.put(member.name(), member.schema()));
        return properties;
    }

    List<String> required() {
        return members.stream()
                .filter(member -> member.presence() == Presence.REQUIRED)
                .map(Member::name)
                .toList();
    }

    @Override
    public Object read(JsonNode node) {
        @Nullable Object[] arguments = new @Nullable Object[members.size()];
        for (int i = 0; i < arguments.length; i++) {
            Member member = members.get(i);
            arguments[i] = readMember(member, node.get(member.name()));
        }
        Object instance = call(() -> constructor.invokeExact(arguments));
        if (instance == null) {
            throw new Violation("constructor");
        }
        return instance;
    }

    private static @Nullable Object readMember(Member member, @Nullable JsonNode node) {
        try {
            if (node == null) {
                return absent(member);
            }
            Object value = member.type().read(node);
            return member.presence() == Presence.OPTIONAL ? Optional.of(value) : value;
        } catch (Violation e) {
            throw e.in(member.name());
        }
    }

    private static @Nullable Object absent(Member member) {
        return switch (member.presence()) {
            case REQUIRED -> throw new Violation("required");
            case NULLABLE -> null;
            case OPTIONAL -> Optional.empty();
        };
    }

    @Override
    public void write(Object value, JsonGenerator out) {
        out.writeStartObject();
        writeFields(value, out);
        out.writeEndObject();
    }

    void writeFields(Object instance, JsonGenerator out) {
        for (Member member : members) {
            try {
                writeField(member, member.valueIn(instance), out);
            } catch (Violation e) {
                throw e.in(member.name());
            }
        }
    }

    private static void writeField(Member member, @Nullable Object value, JsonGenerator out) {
        if (value != null) {
            out.writeName(member.name());
            member.type().write(value, out);
        } else if (member.presence() == Presence.REQUIRED) {
            throw new Violation("required");
        }
    }

    /** Runs code of the record. What it throws may quote values and is dropped; errors of the machine are not. */
    private static @Nullable Object call(Call call) {
        try {
            return call.invoke();
        } catch (Error e) {
            throw e;
        } catch (Throwable e) {
            throw new Violation("refused by the record: " + e.getClass().getSimpleName());
        }
    }
}
