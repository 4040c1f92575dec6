"""Stand-alone JSON Schemas (draft 2020-12) from the schemas of an OpenAPI 3.0 or 3.1 document."""

from __future__ import annotations

from scripts import document as oas
from scripts.document import Json

# Words about a schema, not limits on a value.
_PROSE = {
    "title",
    "description",
    "example",
    "examples",
    "externalDocs",
    "xml",
    "deprecated",
    "default",
    "discriminator",
    "nullable",
}


def strict(document: Json, schema: Json) -> Json:
    """What a value must be to satisfy the schema, with all it refers to under `$defs`."""
    return _Strict(document).closed(schema)


def containers(document: Json, schema: Json) -> Json:
    """Only where objects and arrays must stand: all that reading an answer needs. A `null` property passes, as absent; a `null` answer
    does not, unless the document allows it."""
    return _Containers(document).closed(schema)


def json_content(holder: Json) -> Json:
    """Schema of the JSON content of a request body or response, or None."""
    for content_type, media in (holder or {}).get("content", {}).items():
        kind = content_type.split(";")[0].strip()
        if kind == "application/json" or kind.endswith("+json"):
            return media.get("schema")
    return None


class _Closure:
    """Carries the definitions that a schema needs while it is rewritten."""

    def __init__(self, document: Json) -> None:
        self.document = document
        self.definitions: dict[str, Json] = {}

    def closed(self, schema: Json) -> Json:
        result = self.root(schema)
        if self.definitions:
            result = {**result, "$defs": dict(sorted(self.definitions.items()))}
        return result

    def root(self, schema: Json) -> Json:
        return self.convert(schema)

    def convert(self, schema: Json) -> Json:
        if not isinstance(schema, dict):
            return schema
        ref = schema.get("$ref")
        if ref is None:
            return self.rewrite(schema)
        name = ref.removeprefix("#/").replace("/", ".")
        if name not in self.definitions:
            self.definitions[name] = {}
            self.definitions[name] = self.convert(oas.lookup(self.document, ref))
        return {"$ref": f"#/$defs/{name}"}

    def rewrite(self, schema: Json) -> Json:
        raise NotImplementedError


class _Strict(_Closure):
    def rewrite(self, schema: Json) -> Json:
        result = {key: value for key, value in schema.items() if key not in _PROSE}
        for (key, *_), _inner in oas.subschemas(schema, ()):
            held = schema[key]
            if isinstance(held, list):
                result[key] = [self.convert(member) for member in held]
            elif key in oas.SCHEMA_MAPS:
                result[key] = {name: self.convert(held[name]) for name in held}
            else:
                result[key] = self.convert(held)
        for limit in ("Minimum", "Maximum"):
            # OpenAPI 3.0 has a flag beside the limit where JSON Schema has a limit of its own.
            exclusive = result.get(f"exclusive{limit}")
            if isinstance(exclusive, bool):
                del result[f"exclusive{limit}"]
                if exclusive and limit.lower() in result:
                    result[f"exclusive{limit}"] = result.pop(limit.lower())
        return _or_null(result) if schema.get("nullable") is True else result


def _or_null(schema: Json) -> Json:
    if isinstance(schema.get("type"), str) and "enum" not in schema:
        return {**schema, "type": [schema["type"], "null"]}
    return {"anyOf": [schema, {"type": "null"}]}


class _Containers(_Closure):
    """Unions say nothing here: which variant an object belongs to is the reader's business."""

    def rewrite(self, schema: Json) -> Json:
        result: Json = {}
        kinds = _kinds(schema)
        if kinds and kinds - {"null"} <= {"object", "array"}:
            result["type"] = [*sorted(kinds - {"null"}), "null"]
        properties = {
            name: self.convert(member)
            for name, member in schema.get("properties", {}).items()
        }
        held = {
            "properties": {
                name: member for name, member in properties.items() if member
            },
            "allOf": [
                member
                for member in map(self.convert, schema.get("allOf", ()))
                if member
            ],
            "items": self.item(schema.get("items")),
            "additionalProperties": self.item(schema.get("additionalProperties")),
        }
        return result | {key: value for key, value in held.items() if value}

    def root(self, schema: Json) -> Json:
        return self.item(schema)

    def item(self, schema: Json) -> Json:
        """An item is there or not, so null among objects is no object, unless the schema says so."""
        if not isinstance(schema, dict):
            return {}
        inner = self.convert(schema)
        target = oas.resolved(self.document, schema)
        if not inner or target.get("nullable") is True or "null" in _kinds(target):
            return inner
        return {**inner, "not": {"type": "null"}}


def _kinds(schema: Json) -> set[str]:
    declared = schema.get("type")
    if declared is None:
        return {"object"} if "properties" in schema else set()
    return {declared} if isinstance(declared, str) else set(declared)
