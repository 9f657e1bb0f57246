package io.eventplatform.contract.internal;

import com.networknt.schema.Error;
import com.networknt.schema.ExecutionConfig;
import com.networknt.schema.ExecutionContext;
import com.networknt.schema.InputFormat;
import com.networknt.schema.OutputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.dialect.Dialect;
import com.networknt.schema.dialect.Dialects;
import com.networknt.schema.keyword.NonValidationKeyword;
import com.networknt.schema.path.NodePath;
import com.networknt.schema.path.PathType;
import com.networknt.schema.regex.JDKRegularExpressionFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Checks trees against one schema. Thread-safe. */
final class SchemaValidator {

    private static final int MAX_VIOLATIONS = 3;

    /**
     * 2020-12 with the keywords that only inform. {@code uniqueItems} is left to {@link Containers.SetOf}: here it takes
     * time quadratic in elements whose hash codes collide.
     */
    private static final Dialect DIALECT = Dialect.builder(Dialects.getDraft202012())
            .keywords(Stream.of(
                            "uniqueItems",
                            "x-content-model",
                            "x-domain",
                            "x-java-type",
                            "x-key",
                            "x-pii",
                            "x-precision")
                    .map(NonValidationKeyword::new)
                    .toList())
            .build();

    private static final SchemaRegistry REGISTRY =
            SchemaRegistry.withDialect(DIALECT, registry -> registry.schemaCacheEnabled(false)
                    .schemaLoader(loader -> loader.fetchRemoteResources(false))
                    .schemaRegistryConfig(SchemaRegistryConfig.builder()
                            .formatAssertionsEnabled(true)
                            .regularExpressionFactory(JDKRegularExpressionFactory.getInstance())
                            .pathType(PathType.JSON_POINTER)
                            .typeLoose(false)
                            .losslessNarrowing(false)
                            .preloadSchema(true)
                            .cacheRefs(true)
                            .failFast(false)
                            .build()));

    private static final ExecutionConfig EXECUTION = ExecutionConfig.builder()
            .formatAssertionsEnabled(true)
            .annotationCollectionEnabled(false)
            .failFast(false)
            .locale(Locale.ROOT)
            .build();

    private final Schema schema;
    private final Set<String> fieldNames;

    /** Only {@code fieldNames} are shown in pointers; other names are keys of maps, which are data. */
    SchemaValidator(String schema, Set<String> fieldNames) {
        this.schema = REGISTRY.getSchema(schema, InputFormat.JSON);
        this.schema.initializeValidators();
        this.fieldNames = fieldNames;
    }

    /** The first few violations, such as {@code /email (required)}; none if the tree is valid. */
    List<String> violations(JsonNode tree) {
        FirstErrors errors = new FirstErrors();
        try {
            schema.validate(errors, tree, OutputFormat.DEFAULT);
        } catch (JacksonException e) {
            // it compares integers as long and fails beyond; the message would quote the number
            return List.of("/ (number)");
        }
        return errors.first.stream().map(this::describe).distinct().toList();
    }

    /** Gives up after a few errors: a hostile body can have as many as it has values. */
    private static final class FirstErrors extends ExecutionContext {

        private final List<Error> first = new ArrayList<>();

        FirstErrors() {
            super(EXECUTION);
        }

        @Override
        public void addError(Error error) {
            first.add(error);
            setFailFast(first.size() >= MAX_VIOLATIONS);
            super.addError(error);
        }
    }

    private String describe(Error error) {
        StringBuilder pointer = new StringBuilder();
        NodePath path = error.getInstanceLocation();
        for (int i = 0; i < path.getNameCount(); i++) {
            append(pointer, path.getElement(i));
        }
        if (error.getKeyword().equals("required")) {
            append(pointer, error.getProperty());
        }
        return (pointer.isEmpty() ? "/" : pointer) + " (" + error.getKeyword() + ")";
    }

    private void append(StringBuilder pointer, Object segment) {
        boolean shown = segment instanceof Integer || fieldNames.contains(segment.toString());
        pointer.append('/').append(shown ? segment : Violation.ANY_KEY);
    }
}
