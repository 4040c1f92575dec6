"""Finds the secrets in a body, which are masked wherever the service repeats them."""

from __future__ import annotations

import json

from .model_base import masked, masked_values
from .plain_json import DATA_ERRORS
from .redact import SHORTEST_SECRET, is_deep

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

# Bytes of an upload that are looked for in what the service says.
_LARGEST_UPLOAD = 64 * 1024


def secrets_of_body(wire: Any, model_classes: Sequence[Any]) -> list[str]:
    """Return the strings in the secret fields of a body, and in those that the document does not know.

    Args:
        wire: The body in plain JSON, or as bytes or text.
        model_classes: The classes that it may be, whose secret fields are known. Without one that it is, every string is a secret.
    """
    if isinstance(wire, bytes | bytearray | memoryview):
        wire = bytes(wire[:_LARGEST_UPLOAD]).decode("utf-8", "replace")
    if isinstance(wire, str):
        # A service repeats a line of a text, or all of it.
        return [text for text in (wire, *wire.splitlines()) if text]
    if isinstance(wire, dict | list):
        for model_class in model_classes:
            try:
                return _secrets_of_models(wire, model_class)
            except DATA_ERRORS:
                # It is none of this class.
                continue
    return list(strings(wire))


def secrets_of_content(content: bytes) -> list[str]:
    """Return every string of a body, as it is sent, whose secret fields are not known."""
    try:
        return list(strings(json.loads(content)))
    except (ValueError, RecursionError):
        return secrets_of_body(content, ())


def _secrets_of_models(wire: Any, model_class: Any) -> list[str]:
    items = wire if isinstance(wire, list) else [wire]
    secrets: list[str] = []
    for item in items:
        secrets += _secret_strings(model_class.from_dict(item))
    return secrets


def _secret_strings(value: Any) -> Iterator[str]:
    """Yield the strings in the secret fields of a model, or of a list of models."""
    if isinstance(value, list):
        for item in value:
            yield from _secret_strings(item)
        return
    for attribute in getattr(type(value), "__attrs_attrs__", ()):
        field_value = getattr(value, attribute.name)
        # The generator marks secret fields by how they show themselves.
        if attribute.repr in (masked, masked_values):
            yield from strings(field_value)
        else:
            yield from _secret_strings(field_value)


def strings(value: Any) -> Iterator[str]:
    """Yield every string in a JSON value that is long enough to be a secret, and those in strings that hold JSON themselves."""
    match value:
        case str():
            if len(value) >= SHORTEST_SECRET:
                yield value
                yield from _inner_strings(value)
        case dict():
            for item in value.values():
                yield from strings(item)
        case list():
            for item in value:
                yield from strings(item)
        case _:
            if hasattr(value, "to_dict"):
                yield from strings(value.to_dict())


def _inner_strings(text: str) -> Iterator[str]:
    """Yield the strings in a text that is JSON."""
    if text[0] not in "{[":
        return
    try:
        inner = json.loads(text)
    except (ValueError, RecursionError):
        return
    if not is_deep(text, inner):
        yield from strings(inner)
