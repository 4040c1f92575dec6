"""Finds the secrets in a body, so that they can be masked where the service repeats them."""

from __future__ import annotations

import json

from .model_base import Model, masked, masked_values
from .plain_json import DATA_ERRORS
from .redact import SHORTEST_SECRET, is_deep, secrets_of_urls

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# Bytes from the beginning of an upload that are masked where the service repeats them.
_LARGEST_UPLOAD = 64 * 1024


def secrets_of_body(wire: object, model_classes: Sequence[type[Model]]) -> list[str]:
    """Return the strings in the secret fields of a body and in fields that the document does not describe, and the secrets in URLs.

    Args:
        wire: The body as plain JSON, bytes or text.
        model_classes: The models that the body may be. If it is none of them, every string counts as a secret.
    """
    if isinstance(wire, bytes | bytearray | memoryview):
        wire = bytes(wire[:_LARGEST_UPLOAD]).decode("utf-8", "replace")
    if isinstance(wire, str):
        # A service may repeat the whole text, or one line of it.
        return [text for text in (wire, *wire.splitlines()) if text]
    if isinstance(wire, dict | list):
        for model_class in model_classes:
            try:
                return _secrets_of_models(wire, model_class)
            except DATA_ERRORS:
                # The body does not fit this model.
                continue
    return list(strings(wire))


def secrets_of_content(content: bytes) -> list[str]:
    """Return every string of a body whose model is not known."""
    try:
        return list(strings(json.loads(content)))
    except (ValueError, RecursionError):
        return secrets_of_body(content, ())


def _secrets_of_models(
    wire: dict[str, object] | list[dict[str, object]], model_class: type[Model]
) -> list[str]:
    items = wire if isinstance(wire, list) else [wire]
    secrets: list[str] = []
    for item in items:
        secrets += _secret_strings(model_class.from_dict(item))
    return secrets


def _secret_strings(value: object) -> Iterator[str]:
    """Yield the strings in the secret fields of a model, or of a list of models, and the secrets in the URLs of other fields."""
    if isinstance(value, str):
        yield from secrets_of_urls(value)
        return
    if isinstance(value, list):
        for item in value:
            yield from _secret_strings(item)
        return
    if not isinstance(value, Model):
        return
    for attribute in value.__attrs_attrs__:
        field_value = getattr(value, attribute.name)
        # The generator marks a secret field by the function that shows it.
        if attribute.repr in (masked, masked_values):
            yield from strings(field_value)
        else:
            yield from _secret_strings(field_value)


def strings(value: object) -> Iterator[str]:
    """Yield every string in a JSON value that is long enough to be a secret, and the strings in JSON that a string holds."""
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
        case Model():
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
