"""What a content type is on the wire."""

from __future__ import annotations

import re

from scripts.contract import model
from scripts.contract.schema import (
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

# Words of a subtype that say that several JSON texts follow each other.
_SEQUENCES = frozenset({"jsonl", "jsonlines", "ndjson", "seq"})


def kind_of(content_type: str, schema: Schema | None = None, types: Types = {}) -> str:  # noqa: B006  # never changed
    """The kind of a content type: json, form, multipart, text, bytes, events, or any.

    Args:
        content_type: The key in a `content` map.
        schema: Its schema, which decides where the name says little: bytes in a text type are bytes.
        types: What the schema may refer to.
    """
    essence = content_type.split(";")[0].strip().lower()
    if essence == "application/x-www-form-urlencoded":
        return model.FORM_KIND
    if essence.startswith("multipart/"):
        return model.MULTIPART_KIND
    if essence == "text/event-stream":
        return model.EVENTS_KIND
    if "json" in _words(essence) and not is_json_sequence(essence):
        return model.JSON_KIND
    shape = _shape(schema, types)
    if essence == "*/*":
        return _kind_of_anything(shape)
    if isinstance(shape, Binary):
        return model.BYTES_KIND
    if essence.startswith("text/") or essence.endswith(("/xml", "+xml")):
        return model.TEXT_KIND
    return model.BYTES_KIND


def is_json_sequence(content_type: str) -> bool:
    """Whether a content type holds several JSON texts, each in a line of its own: application/jsonl, application/x-ndjson, ..."""
    essence = content_type.split(";")[0].strip().lower()
    return bool(_words(essence) & _SEQUENCES)


def _words(essence: str) -> set[str]:
    return set(re.split(r"[/.+-]", essence))


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
