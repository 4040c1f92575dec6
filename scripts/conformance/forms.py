"""How OpenAPI writes urlencoded forms (Encoding Object; where it is silent, the defaults of `contentType`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from urllib.parse import quote

from scripts.conformance.media_types import is_json_type
from scripts.conformance.operations import MediaType
from scripts.conformance.pairs import Pair
from scripts.conformance.styles import (
    Nesting,
    Style,
    bracketed,
    encoded,
    json_pair,
    styled_pairs,
)

STYLE_KEYWORDS = {"style", "explode", "allowReserved"}


def style_of(encoding: Mapping[str, object]) -> Style | None:
    """The style of an Encoding Object, None where it has none of its keywords."""
    if not STYLE_KEYWORDS & encoding.keys():
        return None
    name = str(encoding.get("style", "form"))
    return Style(
        name,
        explode=encoding.get("explode", name == "form") is True,
        allow_reserved=encoding.get("allowReserved") is True,
    )


def form_pairs(
    media_type: MediaType, body: Mapping[str, object], nesting: Nesting | None
) -> list[Pair]:
    """Names and values of an urlencoded form."""
    pairs: list[Pair] = []
    for name, value in body.items():
        if value is not None:
            pairs += _field_pairs(name, value, media_type.encoding_of(name), nesting)
    return pairs


def _field_pairs(
    name: str,
    value: object,
    encoding: Mapping[str, object],
    nesting: Nesting | None,
) -> Iterator[Pair]:
    style = style_of(encoding)
    if style is not None:
        yield from styled_pairs(name, value, style, nesting)
        return
    is_json = is_json_type(str(encoding.get("contentType", "")).lower())
    if nesting is not None and isinstance(value, dict | list) and not is_json:
        for key, text in bracketed(name, value, nesting):
            yield Pair(key, text)
        return
    items: list[object] = [value]
    if isinstance(value, list) and not is_json:
        items = value
    quoted = quote(name, safe="")
    for item in items:
        if isinstance(item, dict | list):
            yield json_pair(quoted, item)
        else:
            # A string whose contentType is JSON holds JSON already.
            yield Pair(quoted, encoded(item))


def read_form(body: bytes) -> list[tuple[str, str]]:
    """Names and values of an urlencoded form as they came, percent-encoded, `+` read as a space."""
    pairs = []
    for piece in body.decode("ascii").split("&"):
        if piece:
            name, _, value = piece.partition("=")
            pairs.append((name.replace("+", "%20"), value.replace("+", "%20")))
    return pairs
