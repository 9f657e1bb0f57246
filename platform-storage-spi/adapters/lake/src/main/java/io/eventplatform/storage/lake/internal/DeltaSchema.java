package io.eventplatform.storage.lake.internal;

import io.eventplatform.storage.Column;
import io.eventplatform.storage.ColumnType;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Columns as Delta writes a schema. A column of the user carries our name of its type, since Delta has fewer types. */
final class DeltaSchema {

    private static final JsonMapper MAPPER = JsonMapper.shared();
    private static final String TYPE = "eventplatform.type";

    private DeltaSchema() {}

    static String write(TableMeta meta) {
        ObjectNode schema = MAPPER.createObjectNode().put("type", "struct");
        ArrayNode fields = schema.putArray("fields");
        for (Column column : meta.allColumns()) {
            ObjectNode field = fields.addObject()
                    .put("name", column.name())
                    .put("type", type(column.type()))
                    .put("nullable", column.nullable());
            ObjectNode metadata = field.putObject("metadata");
            if (meta.table().columns().contains(column)) {
                metadata.put(TYPE, column.type().name());
            }
        }
        return MAPPER.writeValueAsString(schema);
    }

    /** The user's columns of a schema. */
    static List<Column> read(String schema) {
        List<Column> columns = new ArrayList<>();
        for (JsonNode field : MAPPER.readTree(schema).path("fields")) {
            String type = field.path("metadata").path(TYPE).asString("");
            if (!type.isEmpty()) {
                columns.add(new Column(
                        field.path("name").asString(),
                        ColumnType.valueOf(type),
                        field.path("nullable").asBoolean()));
            }
        }
        return columns;
    }

    private static String type(ColumnType type) {
        return switch (type) {
            case STRING, JSON -> "string";
            case LONG -> "long";
            case DOUBLE -> "double";
            case BOOLEAN -> "boolean";
            case DECIMAL -> "decimal(38,9)";
            case TIMESTAMP -> "timestamp";
            case DATE -> "date";
        };
    }
}
