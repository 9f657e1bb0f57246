package io.eventplatform.codec;

import io.eventplatform.contract.AllTypes;
import io.eventplatform.contract.Contracts;
import io.eventplatform.contract.UserSignup;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** Records and their parts as text. */
final class Wire {

    static final EventCodec CODEC = EventCodec.of(Contracts.of(UserSignup.class, AllTypes.class));

    /** A signup as a producer in another language may write it. */
    static final String SIGNUP = """
            {"event_id":"e-1","event_type":"user_signup","schema_version":"v1","timestamp":"2026-11-23T10:15:30.123Z",\
            "user_id":"u-1","email":"ada@example.com","plan":"PREMIUM"}""";

    private Wire() {}

    static EncodedEvent bodyOnly(String body) {
        return withoutKey(bytes(body), Map.of());
    }

    @SuppressWarnings("NullAway") // javac 17 loses @Nullable of an array type when it reads a class file
    static EncodedEvent withoutKey(byte[] body, Map<String, byte[]> headers) {
        return new EncodedEvent(null, body, headers);
    }

    static EncodedEvent withSignupHeaders(String body) {
        return new EncodedEvent(bytes("u-1"), bytes(body), signupHeaders());
    }

    static Map<String, byte[]> signupHeaders() {
        Map<String, byte[]> headers = new LinkedHashMap<>();
        headers.put("event_id", bytes("e-1"));
        headers.put("event_type", bytes("user_signup"));
        headers.put("schema_version", bytes("v1"));
        headers.put("timestamp", bytes("2026-11-23T10:15:30.123Z"));
        return headers;
    }

    /** The signup with one more field, or several, at the end. */
    static String signupWith(String fields) {
        return SIGNUP.substring(0, SIGNUP.length() - 1) + "," + fields + "}";
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    static Map<String, String> texts(Map<String, byte[]> headers) {
        Map<String, String> texts = new LinkedHashMap<>();
        headers.forEach((name, value) -> texts.put(name, text(value)));
        return texts;
    }
}
