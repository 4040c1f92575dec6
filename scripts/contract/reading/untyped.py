"""Values of a document, which may be of any type, narrowed to the type that OpenAPI gives them, or the reason why that cannot be done."""

from __future__ import annotations

from scripts.common.errors import DocumentError
from scripts.intake.yaml_text import Pointer, at

# The keys of OpenAPI whose values are lists of mappings.
_LISTS = ("parameters", "security", "servers", "tags", "allOf", "anyOf", "oneOf")

# What reading raises, beside DocumentError, where a list stands for a mapping, or a number for text.
MALFORMED = (AttributeError, LookupError, RecursionError, TypeError, ValueError)


def mapping(value: object, place: Pointer) -> dict[str, object]:
    """The value itself, which must be a mapping; null and nothing are an empty one.

    Raises:
        DocumentError: It is something else. The message names the place.
    """
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise DocumentError(_must_be("mapping", value, place))
    return value


def sequence(value: object, place: Pointer) -> list[object]:
    """The value itself, which must be a list; null and nothing are an empty one.

    Raises:
        DocumentError: It is something else. The message names the place.
    """
    if value is None:
        return []
    if not isinstance(value, list):
        raise DocumentError(_must_be("list", value, place))
    return value


def _must_be(kind: str, value: object, place: Pointer) -> str:
    """The fault of a value of another kind: which value, what it is, and what to do."""
    subject = "the document"
    if place:
        subject = repr(place[-1])
    if len(place) > 1 and place[-2] in _LISTS:
        subject = f"entry {place[-1]} of {place[-2]!r}"
    match value:
        case list():
            actual = "a list"
        case dict():
            actual = "a mapping"
        case _:
            actual = f"{value!r:.40}"
    return f"{at(place)}: {subject} must be a {kind}, not {actual}; write it as OpenAPI has it, or take it out"


def mapping_or_empty(value: object) -> dict[str, object]:
    """The value itself if it is a mapping, else an empty one."""
    return value if isinstance(value, dict) else {}


def list_or_empty(value: object) -> list[object]:
    """The value itself if it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def reason(error: Exception, place: Pointer) -> str:
    """Why a part of the document cannot be read, in words for a person."""
    if isinstance(error, DocumentError):
        return str(error)
    kind = type(error).__name__
    return f"{at(place)}: something in here is not shaped as OpenAPI documents are ({kind}); check it with a validator"
