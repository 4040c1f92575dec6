"""The kinds of content types: how each is written."""

from __future__ import annotations

import re

from scripts.contract import model
from scripts.contract.schema import (
    NO_TYPES,
    Array,
    Binary,
    Enum,
    Object,
    Reference,
    Scalar,
    Schema,
    Types,
    Union,
)

# The kinds of content types, those that clients use most first.
KINDS = (
    model.JSON_KIND,
    model.FORM_KIND,
    model.MULTIPART_KIND,
    model.TEXT_KIND,
    model.BYTES_KIND,
    model.EVENTS_KIND,
    model.ANY_KIND,
)
# Words of a subtype that say that several JSON texts follow each other.
_SEQUENCES = frozenset({"jsonl", "jsonlines", "ndjson", "seq"})


def kind_of(
    content_type: str, schema: Schema | None = None, types: Types = NO_TYPES
) -> str:
    """The kind of a content type: json, form, multipart, text, bytes, events, or any.

    Args:
        content_type: The key in a `content` map.
        schema: Its schema, which decides where the name says little: bytes in a text type are bytes.
        types: What the schema may refer to.
    """
    name = essence(content_type)
    kind = _kind_by_name(name)
    if kind:
        return kind
    shape = _shape(schema, types)
    if name == "*/*":
        return _kind_of_anything(shape)
    if isinstance(shape, Binary):
        return model.BYTES_KIND
    if name.startswith("text/") or name.endswith(("/xml", "+xml")):
        return model.TEXT_KIND
    return model.BYTES_KIND


def essence(content_type: str) -> str:
    """A content type in lower case and without parameters."""
    return content_type.split(";")[0].strip().lower()


def _kind_by_name(name: str) -> str:
    """The kind of a content type whose name alone decides it; empty for others."""
    if name == "application/x-www-form-urlencoded":
        return model.FORM_KIND
    if name.startswith("multipart/"):
        return model.MULTIPART_KIND
    if name == "text/event-stream":
        return model.EVENTS_KIND
    words = _words(name)
    if "json" in words and not words & _SEQUENCES:
        return model.JSON_KIND
    return ""


def is_json_sequence(content_type: str) -> bool:
    """Whether a content type holds several JSON texts, each in a line of its own: application/jsonl, application/x-ndjson, ..."""
    return bool(_words(essence(content_type)) & _SEQUENCES)


def _words(name: str) -> set[str]:
    return set(re.split(r"[/.+-]", name))


def _shape(schema: Schema | None, types: Types) -> Schema | None:
    """The schema, or what its references lead to."""
    while isinstance(schema, Reference) and schema.key in types:
        schema = types[schema.key]
    return schema


def _kind_of_anything(shape: Schema | None) -> str:
    """The kind of `*/*`: the schema says whether it is bytes or JSON. Where that is open, each answer's own type does."""
    match shape:
        case Binary():
            return model.BYTES_KIND
        case Object() | Array() | Union():
            return model.JSON_KIND
        case Scalar() | Enum() if shape.type != "string":
            return model.JSON_KIND
        case _:
            return model.ANY_KIND
