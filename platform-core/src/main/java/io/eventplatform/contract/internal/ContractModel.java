package io.eventplatform.contract.internal;

import static io.eventplatform.contract.internal.EnvelopeFields.CAUSATION_ID;
import static io.eventplatform.contract.internal.EnvelopeFields.CORRELATION_ID;
import static io.eventplatform.contract.internal.EnvelopeFields.ENRICHED;
import static io.eventplatform.contract.internal.EnvelopeFields.EVENT_ID;
import static io.eventplatform.contract.internal.EnvelopeFields.EVENT_TYPE;
import static io.eventplatform.contract.internal.EnvelopeFields.MAX_ID_LENGTH;
import static io.eventplatform.contract.internal.EnvelopeFields.PROCESSED_AT;
import static io.eventplatform.contract.internal.EnvelopeFields.SCHEMA_VERSION;
import static io.eventplatform.contract.internal.EnvelopeFields.TIMESTAMP;

import io.eventplatform.contract.ContractDefinitionException;
import io.eventplatform.contract.EventContract;
import io.eventplatform.contract.InvalidEventException;
import io.eventplatform.contract.InvalidEventException.Reason;
import io.eventplatform.contract.internal.RecordType.Member;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.databind.JsonNode;

/** What is derived from a payload record: its schema, and how payloads are checked, read and written. Thread-safe. */
public final class ContractModel<T extends Record> {

    private static final Pattern TYPE = Pattern.compile("[a-z][a-z0-9]*([._-][a-z0-9]+)*");
    private static final int MAX_TYPE_LENGTH = 100;
    private static final Pattern DOMAIN = Pattern.compile("[a-z][a-z0-9]*([_-][a-z0-9]+)*");
    private static final int MAX_DOMAIN_LENGTH = 50;

    private static final ClassValue<ContractModel<?>> MODELS = new ClassValue<>() {
        @Override
        protected ContractModel<?> computeValue(Class<?> type) {
            return derive(type.asSubclass(Record.class));
        }
    };

    private final Class<T> payloadType;
    private final String type;
    private final int version;
    private final String domain;
    private final RecordType record;
    private final Member key;
    private final Set<String> piiFields;
    private final String schema;

    /** Made on the first read: who only writes does not pay for it. */
    private volatile @Nullable SchemaValidator validator;

    private ContractModel(Class<T> payloadType, EventContract declared, RecordType record, Member key) {
        this.payloadType = payloadType;
        this.type = declared.type();
        this.version = declared.version();
        this.domain = declared.domain();
        this.record = record;
        this.key = key;
        this.piiFields = piiFields(record);
        this.schema = SchemaText.of(eventSchema());
    }

    /**
     * The model of a record, derived on first use.
     *
     * @throws ContractDefinitionException if the record cannot be a contract
     * @throws IllegalStateException if Jackson cannot work on this class path
     */
    @SuppressWarnings("unchecked") // the model of a class is derived from that class
    public static <T extends Record> ContractModel<T> of(Class<T> payloadType) {
        return (ContractModel<T>) MODELS.get(payloadType);
    }

    private static <T extends Record> ContractModel<T> derive(Class<T> payloadType) {
        JacksonOnClassPath.requireUsable();
        EventContract declared = payloadType.getAnnotation(EventContract.class);
        if (declared == null) {
            throw refused(
                    payloadType, "it has no @EventContract. Annotate the record with its event type and version.");
        }
        if (declared.type().length() > MAX_TYPE_LENGTH
                || !TYPE.matcher(declared.type()).matches()) {
            throw refused(
                    payloadType,
                    "\"" + declared.type() + "\" is not an event type. Use at most " + MAX_TYPE_LENGTH
                            + " characters: lower case words and digits, separated by _, . or -, as in user_signup.");
        }
        if (declared.version() < 1) {
            throw refused(payloadType, "version " + declared.version() + " is not a version. Use 1 or more.");
        }
        if (declared.domain().length() > MAX_DOMAIN_LENGTH
                || !DOMAIN.matcher(declared.domain()).matches()) {
            throw refused(
                    payloadType,
                    "\"" + declared.domain() + "\" is not a domain. Use at most " + MAX_DOMAIN_LENGTH
                            + " characters: lower case words and digits, separated by _ or -, as in user.");
        }
        RecordType record = RecordTypes.ofPayload(payloadType);
        List<Member> keys = record.members().stream().filter(Member::key).toList();
        if (keys.size() != 1) {
            throw refused(
                    payloadType,
                    keys.size() + " components have @EventKey. Annotate one: events of the same key stay in order.");
        }
        return new ContractModel<>(payloadType, declared, record, keys.get(0));
    }

    public String type() {
        return type;
    }

    public int version() {
        return version;
    }

    public String domain() {
        return domain;
    }

    public Class<T> payloadType() {
        return payloadType;
    }

    public String schema() {
        return schema;
    }

    public Set<String> piiFields() {
        return piiFields;
    }

    public String key(T payload) {
        Object value = key.valueIn(payload);
        if (value == null) {
            throw violated(List.of(new Violation("required").in(key.name()).describe()));
        }
        return value instanceof Enum<?> constant ? constant.name() : value.toString();
    }

    /**
     * The payload in the tree of a whole event, which {@link JsonReader} read.
     *
     * @throws InvalidEventException with {@link Reason#CONTRACT_VIOLATED}
     */
    public T read(JsonNode event) {
        List<String> violations = validator().violations(event);
        if (!violations.isEmpty()) {
            throw violated(violations);
        }
        try {
            return payloadType.cast(record.read(event));
        } catch (Violation e) {
            throw violated(List.of(e.describe()));
        }
    }

    /**
     * Writes the fields of the payload into an object that is open.
     *
     * @throws InvalidEventException with {@link Reason#CONTRACT_VIOLATED}; part of it may have been written
     */
    public void writeFields(T payload, JsonGenerator out) {
        try {
            record.writeFields(payload, out);
        } catch (Violation e) {
            throw violated(List.of(e.describe()));
        } catch (StreamConstraintsException e) {
            throw violated(List.of("/ (nesting)"));
        }
    }

    /** The refusal of a field of the envelope that every contract has. */
    public InvalidEventException violated(String field, String keyword) {
        return violated(List.of(new Violation(keyword).in(field).describe()));
    }

    private InvalidEventException violated(List<String> violations) {
        return new InvalidEventException(
                Reason.CONTRACT_VIOLATED,
                "Event does not match contract " + this + ": " + String.join(", ", violations) + ". Fix the producer.");
    }

    private SchemaValidator validator() {
        SchemaValidator made = validator;
        if (made == null) {
            made = new SchemaValidator(schema, fieldNames());
            validator = made;
        }
        return made;
    }

    @Override
    public String toString() {
        return type + " v" + version;
    }

    private Map<String, Object> eventSchema() {
        Map<String, Object> id = Map.of("type", "string", "minLength", 1L, "maxLength", (long) MAX_ID_LENGTH);
        Map<String, Object> time = Map.of("type", "string", "format", "date-time");
        Map<String, Object> properties = new LinkedHashMap<>();
        properties.put(EVENT_ID, id);
        properties.put(EVENT_TYPE, Map.of("const", type));
        properties.put(SCHEMA_VERSION, Map.of("type", "string", "pattern", "^v[1-9][0-9]*$"));
        properties.put(TIMESTAMP, time);
        properties.put(CORRELATION_ID, id);
        properties.put(CAUSATION_ID, id);
        properties.putAll(record.properties());
        properties.put(PROCESSED_AT, time);
        properties.put(ENRICHED, Map.of("type", "object"));

        List<String> required = new ArrayList<>(List.of(EVENT_ID, EVENT_TYPE, SCHEMA_VERSION, TIMESTAMP));
        required.addAll(record.required());

        Map<String, Object> schema = new HashMap<>(RecordType.objectSchema(properties, required));
        schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
        if (!domain.equals(EventContract.DEFAULT_DOMAIN)) {
            schema.put("x-domain", domain); // a change moves events to another topic, so it shows in the snapshot
        }
        return schema;
    }

    private static Set<String> piiFields(RecordType record) {
        Set<String> names = new LinkedHashSet<>();
        record.visit("", (path, member) -> {
            if (member.pii()) {
                names.add(path);
            }
        });
        return Collections.unmodifiableSet(names);
    }

    private Set<String> fieldNames() {
        Set<String> names = new HashSet<>(EnvelopeFields.ALL);
        record.visit("", (path, member) -> names.add(member.name()));
        return names;
    }

    private static ContractDefinitionException refused(Class<?> payloadType, String message) {
        return new ContractDefinitionException(payloadType.getName() + ": " + message);
    }
}
