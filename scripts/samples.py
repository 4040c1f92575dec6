"""Example data from a document: its own examples where it gives them, small values of the right type where not."""

from __future__ import annotations

from scripts import document as oas
from scripts.document import Json

_VALUES = {
    "string": "text",
    "integer": 1,
    "number": 1.5,
    "boolean": True,
    "null": None,
}
_TEXTS = {
    "date-time": "2024-10-15T17:22:47+00:00",
    "date": "2024-10-15",
    "uuid": "11111111-2222-4333-8444-555555555555",
}


def named(document: Json, name: str) -> Json:
    """Example of a component schema, or None where the document has no such component."""
    schema = document.get("components", {}).get("schemas", {}).get(name)
    return None if schema is None else sample(document, schema)


def sample(document: Json, schema: Json, depth: int = 0) -> Json:
    """One value that the schema describes."""
    schema = oas.resolved(document, schema)
    for key in ("example", "default", "const"):
        if key in schema:
            return schema[key]
    if schema.get("enum"):
        return schema["enum"][0]
    for key in ("oneOf", "anyOf"):
        if schema.get(key):
            return sample(document, schema[key][0], depth + 1)
    kind = schema.get("type", "object")
    if isinstance(kind, list):
        kind = next((k for k in kind if k != "null"), "null")
    if kind == "array":
        deep = depth > 8
        return [] if deep else [sample(document, schema.get("items", {}), depth + 1)]
    if kind == "object":
        return _object(document, schema, depth)
    if kind == "string":
        return _TEXTS.get(schema.get("format", ""), _VALUES["string"])
    return _VALUES[kind]


def _object(document: Json, schema: Json, depth: int) -> Json:
    value: Json = {}
    for member in schema.get("allOf", ()):
        inherited = sample(document, member, depth + 1)
        if isinstance(inherited, dict):
            value.update(inherited)
    required = schema.get("required", ())
    for name, inner in schema.get("properties", {}).items():
        if depth < 8 or name in required:
            value[name] = sample(document, inner, depth + 1)
    return value
