"""Media types and ranges, and what they are on the wire.

Sources: RFC 9110, sections 8.3 and 12.5.1; OpenAPI 3.0.4, 3.1.1 and 3.2.0, Media Type Object, "Working with Binary Data".
"""

from __future__ import annotations

import enum
import re

from scripts.conformance.json_values import list_of
from scripts.conformance.operations import MediaType
from scripts.conformance.pointers import Pointer
from scripts.conformance.raw import Node, RawDocument

FORM_TYPE = "application/x-www-form-urlencoded"
_PARAMETER = re.compile(r';\s*([^\s;="]+)=(?:"((?:[^"\\]|\\.)*+)"|([^\s;"]+))')
_LINES_WORDS = {"ndjson", "jsonl", "jsonlines", "seq"}


class Kind(enum.Enum):
    """How content of a media type is written."""

    JSON = "json"
    FORM = "form"
    MULTIPART = "multipart"
    TEXT = "text"
    BYTES = "bytes"
    EVENTS = "events"
    LINES = "lines"


def kind_of(document: RawDocument, media_type: MediaType) -> Kind:
    """The kind of a media type, by its name, else by its schema."""
    essence = media_type.essence
    subtype_words = {*re.split(r"[/.+-]", essence)}
    is_text = essence.startswith("text/") or essence.endswith(("/xml", "+xml"))
    kind = Kind.BYTES
    if essence == FORM_TYPE:
        kind = Kind.FORM
    elif essence.startswith("multipart/"):
        kind = Kind.MULTIPART
    elif essence == "text/event-stream":
        kind = Kind.EVENTS
    elif _LINES_WORDS & subtype_words or media_type.item_schema is not None:
        kind = Kind.LINES
    elif is_json_type(essence) or "json" in subtype_words:
        kind = Kind.JSON
    elif essence == "*/*":
        types = types_of(document, media_type.schema)
        if types and "string" not in types:
            kind = Kind.JSON
    elif is_text and not is_binary(document, media_type.schema):
        kind = Kind.TEXT
    return kind


def types_of(document: RawDocument, schema: Node | None) -> set[str]:
    """The types that a schema allows at its top, unions and `allOf` followed; empty where it says nothing."""
    types: set[str] = set()
    waiting = []
    if schema is not None:
        waiting.append(schema)
    visited: set[Pointer] = set()
    while waiting:
        node = document.follow_if_possible(waiting.pop())
        if node is None or node.pointer in visited:
            continue
        visited.add(node.pointer)
        types |= _own_types(node)
        for keyword in ("allOf", "oneOf", "anyOf"):
            waiting += document.members(node, keyword)
    return types


def _own_types(node: Node) -> set[str]:
    """The types that a schema allows itself; null among several does not count."""
    declared = node.keywords.get("type")
    if isinstance(declared, str):
        return {declared}
    if isinstance(declared, list):
        return {*map(str, list_of(declared))} - {"null"}
    if "properties" in node.keywords or "additionalProperties" in node.keywords:
        return {"object"}
    if "items" in node.keywords:
        return {"array"}
    return set()


def is_binary(document: RawDocument, schema: Node | None) -> bool:
    """Whether a schema is that of bytes."""
    if schema is None:
        return False
    node = document.follow_if_possible(schema)
    if node is None:
        return False
    keywords = node.keywords
    is_opaque = "contentMediaType" in keywords and "contentEncoding" not in keywords
    return keywords.get("format") == "binary" or is_opaque


def is_json_type(essence: str) -> bool:
    """Whether a media type is JSON by its name."""
    return essence in ("application/json", "text/json") or essence.endswith("+json")


def essence_of(content_type: str) -> str:
    """Type and subtype in lower case, without parameters."""
    return content_type.partition(";")[0].strip().lower()


def ranges_of(accept: str) -> list[str]:
    """The media ranges that an Accept header asks for, without parameters; those of weight 0 are not wanted."""
    return [
        essence_of(media_range)
        for media_range in accept.split(",")
        if not re.fullmatch(r"0(\.0*)?", parameter_of(media_range, "q"))
    ]


def in_range(essence: str, media_range: str) -> bool:
    """Whether a media type is in a range such as `image/*`."""
    media_range = essence_of(media_range)
    if media_range in ("*/*", "*"):
        return True
    if media_range.endswith("/*"):
        return essence.startswith(media_range[:-1])
    return essence == media_range


def parameter_of(content_type: str, name: str) -> str:
    """A parameter of a media type; empty where it has none. A quoted value may hold what separates parameters (RFC 9110, section 5.6.4)."""
    for parameter_name, quoted, token in _PARAMETER.findall(content_type):
        if parameter_name.lower() == name:
            return re.sub(r"\\(.)", r"\1", quoted) or str(token)
    return ""
