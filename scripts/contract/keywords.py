"""Every keyword that a document may use, by object: understood, harmless, or opaque. Anything else stops the reader.

Opaque keywords change what a call means, and nothing of them is in generated code: they are compared as they stand, and a document that
holds one is not generated.
"""

from __future__ import annotations

from scripts import document as oas
from scripts.contract.model import canonical
from scripts.document import DocumentError, Json

HARMLESS = frozenset(
    {
        "$comment",
        "deprecated",
        "description",
        "example",
        "examples",
        "externalDocs",
        "summary",
        "tags",
        "title",
        "xml",
    }
)

LIMITS = frozenset(
    {
        "exclusiveMaximum",
        "exclusiveMinimum",
        "maxItems",
        "maxLength",
        "maxProperties",
        "maximum",
        "minItems",
        "minLength",
        "minProperties",
        "minimum",
        "multipleOf",
        "pattern",
        "uniqueItems",
    }
)

SCHEMA = LIMITS | {
    "$ref",
    "additionalProperties",
    "allOf",
    "anyOf",
    "const",
    "default",
    "enum",
    "format",
    "items",
    "nullable",
    "oneOf",
    "properties",
    "required",
    "type",
}
OPAQUE_SCHEMA = frozenset(
    {
        "contains",
        "contentEncoding",
        "contentMediaType",
        "dependentRequired",
        "dependentSchemas",
        "discriminator",
        "else",
        "if",
        "maxContains",
        "minContains",
        "not",
        "patternProperties",
        "prefixItems",
        "propertyNames",
        "readOnly",
        "then",
        "unevaluatedItems",
        "unevaluatedProperties",
        "writeOnly",
    }
)

_OF_ONE_SCHEMA = frozenset(
    {"else", "propertyNames", "then", "unevaluatedItems", "unevaluatedProperties"}
)

# Webhooks are calls that the service makes: nobody who calls it through a client meets them.
DOCUMENT = frozenset(
    {
        "components",
        "info",
        "jsonSchemaDialect",
        "openapi",
        "paths",
        "security",
        "servers",
        "webhooks",
    }
)
COMPONENTS = frozenset(
    {
        "examples",
        "headers",
        "links",
        "callbacks",
        "parameters",
        "pathItems",
        "requestBodies",
        "responses",
        "schemas",
        "securitySchemes",
    }
)
PATH = frozenset({*oas.METHODS, "parameters", "servers"})
OPERATION = frozenset(
    {
        "operationId",
        "parameters",
        "requestBody",
        "responses",
        "security",
        "servers",
        "tags",
    }
)
OPAQUE_OPERATION = frozenset({"callbacks"})
PARAMETER = frozenset({"in", "name", "required", "schema", "style", "explode"})
OPAQUE_PARAMETER = frozenset({"allowEmptyValue", "allowReserved", "content"})
BODY = frozenset({"content", "required"})
RESPONSE = frozenset({"content"})
OPAQUE_RESPONSE = frozenset({"headers", "links"})
MEDIA = frozenset({"schema"})
OPAQUE_MEDIA = frozenset({"encoding"})


def check(
    value: Json,
    place: str,
    understood: frozenset[str],
    opaque: frozenset[str] = frozenset(),
) -> dict[str, str]:
    """The opaque keywords of an object with their values as JSON text. Raises DocumentError for an unknown one."""
    mapping(value, place)
    found = {}
    for key, held in value.items():
        if key in understood or key in HARMLESS or key.startswith("x-"):
            continue
        if key not in opaque:
            raise DocumentError(f"{place}: the keyword {key!r} is not understood")
        if not _says_nothing(key, held):
            found[key] = _meaning(held)
    return found


def _says_nothing(key: str, held: Json) -> bool:
    """Whether a keyword is there and leaves everything as it is. `false` is a schema, too: the one that nothing fits."""
    if key in ("contains", "not"):
        return held is None or (key == "not" and held is False)
    if key in _OF_ONE_SCHEMA:
        return held is None or held is True or held == {}
    return held is None or held is False or held in ({}, [])


def mapping(value: Json, place: str) -> dict[str, Json]:
    """The value itself, which must be a mapping."""
    if not isinstance(value, dict):
        raise DocumentError(f"{place}: a mapping is needed here")
    return value


def sequence(value: Json, place: str) -> list[Json]:
    """The value itself, which must be a list."""
    if not isinstance(value, list):
        raise DocumentError(f"{place}: a list is needed here")
    return value


def text(value: Json, place: str) -> str:
    """The value itself, which must be text."""
    if not isinstance(value, str):
        raise DocumentError(f"{place}: text is needed here")
    return value


def _meaning(value: Json) -> str:
    """Canonical JSON without prose."""
    return canonical(_without_prose(value))


def _without_prose(value: Json) -> Json:
    if isinstance(value, dict):
        return {
            key: _without_prose(held)
            for key, held in value.items()
            if not (key in HARMLESS and not isinstance(held, dict))
        }
    if isinstance(value, list):
        return [_without_prose(item) for item in value]
    return value
