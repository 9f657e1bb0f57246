package io.eventplatform.serving.internal;

import io.eventplatform.storage.Column;
import io.eventplatform.storage.ColumnType;
import io.eventplatform.storage.View;
import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The description of a server in OpenAPI 3.1: a path for each view, with its parameters and the schema of its rows. */
final class OpenApi {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private OpenApi() {}

    static ObjectNode of(List<View> views, boolean secured) {
        ObjectNode api = JSON.objectNode().put("openapi", "3.1.0");
        api.putObject("info")
                .put("title", "Views")
                .put("description", "Views of event streams, read as JSON or followed as server-sent events.")
                .put("version", "1");
        ObjectNode paths = api.putObject("paths");
        get(paths, "/views", "listViews", "The views, with their columns and measures", "json", anObject());
        for (View view : views) {
            ObjectNode read = get(
                    paths,
                    "/views/" + view.name(),
                    "read_" + view.name(),
                    summary(view),
                    "json",
                    ref("schemas", "answer_" + view.name()));
            read.set("parameters", parameters(view));
            refuses(read, "400", "A parameter is unknown, or its value does not fit");
            refuses(read, "503", "The store did not answer");
        }
        for (View view : views) {
            ObjectNode follow = get(
                    paths,
                    "/events/views/" + view.name(),
                    "follow_" + view.name(),
                    "Follows the view: an event named view, with the answer as data, whenever the answer changed",
                    "events",
                    text());
            follow.set("parameters", parameters(view));
            refuses(follow, "400", "A parameter is unknown, or its value does not fit");
            refuses(follow, "503", "Too many streams are open");
        }
        refuses(
                get(paths, "/status", "readStatus", "How the stages are doing", "json", anObject()),
                "404",
                "The server was given no status");
        get(paths, "/events/status", "followStatus", "Follows the status: events named status", "events", text());
        get(
                paths,
                "/events",
                "followAll",
                "Follows all views, each cut to its first rows, and the status",
                "events",
                text());
        api.set("components", components(views, secured));
        if (secured) {
            api.putArray("security").addObject().putArray("bearer");
        }
        return api;
    }

    private static String summary(View view) {
        return view.description().isEmpty() ? "Rows of " + view.name() : view.description();
    }

    private static ObjectNode get(
            ObjectNode paths, String path, String id, String summary, String kind, ObjectNode schema) {
        ObjectNode operation = paths.putObject(path).putObject("get");
        operation.put("operationId", id).put("summary", summary);
        ObjectNode answer = operation.putObject("responses").putObject("200").put("description", summary);
        answer.putObject("content")
                .putObject(kind.equals("json") ? "application/json" : "text/event-stream")
                .set("schema", schema);
        return operation;
    }

    private static void refuses(ObjectNode operation, String status, String why) {
        ObjectNode answer = ((ObjectNode) operation.get("responses")).putObject(status);
        answer.put("description", why);
        answer.putObject("content").putObject("application/json").set("schema", ref("schemas", "error"));
    }

    private static ArrayNode parameters(View view) {
        ArrayNode parameters = JSON.arrayNode();
        for (Column column : view.columns()) {
            if (column.type() == ColumnType.JSON) {
                continue;
            }
            ObjectNode any = JSON.objectNode().put("type", "array");
            any.set("items", schema(column.type()));
            parameter(parameters, column.name(), "One of these values; repeat it for more", any);
            if (column.type() == ColumnType.BOOLEAN) {
                continue;
            }
            ViewParameters.RANGES.forEach((suffix, comparison) -> parameter(
                    parameters,
                    column.name() + "." + suffix,
                    comparison.name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ') + " this value",
                    schema(column.type())));
        }
        String groups = view.groupColumns().stream().map(Column::name).collect(Collectors.joining(", "));
        parameter(
                parameters,
                ViewParameters.GROUP,
                "Group columns to keep, separated by commas: " + groups + "; empty for totals",
                text());
        parameter(
                parameters,
                ViewParameters.ORDER,
                "Columns to sort by, separated by commas, with - before one for the largest first",
                text());
        parameter(
                parameters,
                ViewParameters.LIMIT,
                "Rows to return at most",
                JSON.objectNode().put("type", "integer").put("minimum", 1));
        return parameters;
    }

    private static void parameter(ArrayNode parameters, String name, String description, ObjectNode schema) {
        ObjectNode parameter = parameters.addObject();
        parameter.put("name", name).put("in", "query").put("description", description);
        parameter.set("schema", schema);
    }

    private static ObjectNode components(List<View> views, boolean secured) {
        ObjectNode components = JSON.objectNode();
        ObjectNode schemas = components.putObject("schemas");
        ObjectNode error = anObject();
        error.putArray("required").add("error").add("message");
        properties(error, "error", text());
        properties(error, "message", text());
        properties(error, "parameter", text());
        properties(error, "value", text());
        schemas.set("error", error);
        for (View view : views) {
            schemas.set("row_" + view.name(), row(view));
            schemas.set("answer_" + view.name(), answer(view));
        }
        if (secured) {
            components
                    .putObject("securitySchemes")
                    .putObject("bearer")
                    .put("type", "http")
                    .put("scheme", "bearer");
        }
        return components;
    }

    /** Group columns are not required, since a roll-up leaves them out. */
    private static ObjectNode row(View view) {
        ObjectNode row = anObject();
        ArrayNode required = row.putArray("required");
        view.measures().forEach(measure -> required.add(measure.name()));
        for (Column column : view.columns()) {
            ObjectNode schema = schema(column.type());
            if (column.nullable() && column.type() != ColumnType.JSON) {
                ObjectNode orNull = JSON.objectNode();
                orNull.putArray("anyOf").add(schema).addObject().put("type", "null");
                schema = orNull;
            }
            properties(row, column.name(), schema);
        }
        return row;
    }

    private static ObjectNode answer(View view) {
        ObjectNode answer = anObject();
        answer.putArray("required")
                .add("view")
                .add("asOf")
                .add("complete")
                .add("positions")
                .add("groups")
                .add("truncated")
                .add("rows");
        properties(answer, "view", JSON.objectNode().put("const", view.name()));
        ObjectNode asOf = schema(ColumnType.TIMESTAMP);
        asOf.putArray("type").add("string").add("null");
        properties(answer, "asOf", asOf.put("description", "When the newest commit in the rows was made"));
        properties(
                answer, "complete", schema(ColumnType.BOOLEAN).put("description", "Every shard has begun to flow in"));
        ObjectNode position = anObject();
        properties(position, "topic", text());
        properties(position, "partition", JSON.objectNode().put("type", "integer"));
        ObjectNode next = JSON.objectNode();
        next.putArray("type").add("integer").add("null");
        properties(position, "next", next);
        properties(answer, "positions", arrayOf(position));
        properties(answer, "groups", schema(ColumnType.LONG).put("description", "Rows without the limit"));
        properties(answer, "truncated", schema(ColumnType.BOOLEAN).put("description", "The limit left out rows"));
        properties(answer, "rows", arrayOf(ref("schemas", "row_" + view.name())));
        return answer;
    }

    private static ObjectNode schema(ColumnType type) {
        ObjectNode schema = JSON.objectNode();
        switch (type) {
            case STRING -> schema.put("type", "string");
            case LONG -> schema.put("type", "integer").put("format", "int64");
            case DOUBLE -> {
                ArrayNode anyOf = schema.putArray("anyOf");
                anyOf.addObject().put("type", "number").put("format", "double");
                anyOf.addObject().putArray("enum").add("NaN").add("Infinity").add("-Infinity");
            }
            case BOOLEAN -> schema.put("type", "boolean");
            case DECIMAL -> schema.put("type", "string").put("pattern", "^-?[0-9]+(\\.[0-9]+)?$");
            case TIMESTAMP -> schema.put("type", "string").put("format", "date-time");
            case DATE -> schema.put("type", "string").put("format", "date");
            case JSON -> schema.put("description", "Any JSON");
        }
        return schema;
    }

    private static ObjectNode arrayOf(ObjectNode items) {
        ObjectNode array = JSON.objectNode().put("type", "array");
        array.set("items", items);
        return array;
    }

    private static ObjectNode anObject() {
        return JSON.objectNode().put("type", "object");
    }

    private static ObjectNode text() {
        return JSON.objectNode().put("type", "string");
    }

    private static ObjectNode ref(String kind, String name) {
        return JSON.objectNode().put("$ref", "#/components/" + kind + "/" + name);
    }

    private static void properties(ObjectNode object, String name, ObjectNode schema) {
        ObjectNode properties = (ObjectNode) object.get("properties");
        (properties == null ? object.putObject("properties") : properties).set(name, schema);
    }
}
