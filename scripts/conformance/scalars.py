"""Texts and numbers for the schemas of a document: which texts travel where, and what limits leave of them."""

from __future__ import annotations

import enum
import math
import re
from collections.abc import Mapping

from scripts.conformance.combined import CombinedSchema, NothingDrawnError
from scripts.conformance.patterns import text_for

TURNS = 4  # every field; required fields alone; other variants; null where allowed
LONGEST_LEAST_LENGTH = 100_000

_FORMATS = {
    "date-time": "2024-10-15T17:22:47+00:00",
    "date": "2024-10-15",
    "time": "17:22:47+00:00",
    "duration": "P1D",
    "uuid": "11111111-2222-4333-8444-555555555555",
    "email": "someone@example.com",
    "hostname": "example.com",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "uri": "https://example.com/a",
    "json-pointer": "/a",
}
_RECEIVED_TIMES = (
    "2021-02-22T21:09:34.411978573Z",
    "2024-10-15T17:22:47Z",
    "2024-10-15T17:22:47.5-07:00",
    "2024-10-15T17:22:47+00:00",
)


class Use(enum.Enum):
    """Where a value travels, which decides which characters its texts have.

    PATH and QUERY get characters that must be encoded; headers and cookies only what they can carry as it is.
    """

    BODY = enum.auto()
    FORM = enum.auto()
    PATH = enum.auto()
    QUERY = enum.auto()
    HEADER = enum.auto()
    COOKIE = enum.auto()
    RECEIVED = enum.auto()


_TEXTS = {
    Use.BODY: ("text", "x", "žluťoučký", "a b"),
    Use.FORM: ("text", "x", "a b&c=d+é", "a,b"),
    Use.PATH: ("text", "x", "a b/c?d", "é,1"),
    Use.QUERY: ("text", "x", "a b&c=d+é", "/1:2,3"),
    Use.HEADER: ("text", "x", "a b", "text"),
    Use.COOKIE: ("text", "x", "y", "text"),
    Use.RECEIVED: ("text", "x", "žluťoučký", "a\nb"),
}


def draw_string(schema: CombinedSchema, turn: int, use: Use) -> str:
    """A text that a schema allows. Raises NothingDrawnError."""
    least = int(schema.limit("minLength", 0))
    most = schema.limit("maxLength", math.inf)
    text = _FORMATS.get(schema.format)
    if schema.format == "date-time" and use is Use.RECEIVED:
        text = _RECEIVED_TIMES[turn % TURNS]
    if "pattern" in schema.limits:
        candidates = [text, *schema.examples]
        if turn >= TURNS:
            # Items of a list may have to differ.
            candidates = [str(turn), f"text{turn}", *candidates]
        texts = [item for item in candidates if isinstance(item, str)]
        return matching_text(str(schema.limits["pattern"]), least, most, texts)
    if schema.format in ("byte", "base64"):
        text = "dGV4"
    if text is None or len(text) > most:
        text = _TEXTS[use][turn % TURNS]
        if turn >= TURNS:
            text = f"text{turn}"
    if least > LONGEST_LEAST_LENGTH:
        raise NothingDrawnError("the shortest text is too long to try")
    text = text.ljust(least, "x")
    if len(text) > most:
        text = text[: int(most)]
    return text


def matching_text(
    pattern: str, least: int, most: float, candidates: list[str] | None = None
) -> str:
    """A text that a pattern allows: one of the candidates, else a simple one. Raises NothingDrawnError."""
    for text in candidates or ():
        try:
            if re.search(pattern, text) and least <= len(text) <= most:
                return text
        except re.error:
            return text
    simple_text = text_for(pattern, least, most)
    if simple_text is None:
        raise NothingDrawnError(f"no text was found for the pattern {pattern!r}")
    return simple_text


def draw_number(schema: CombinedSchema, turn: int, *, whole: bool) -> int | float:
    """A number that a schema allows."""
    start = 1.5
    smallest_step = 0.5
    if whole:
        start = 1
        smallest_step = 1
    step = schema.limit("multipleOf", 0) or smallest_step
    low, high = _bounds(schema.limits, step)
    value = min(max(start + turn, low), high)
    if math.isinf(value):
        raise NothingDrawnError("no number is in the range")
    if value % step:
        rounded = math.ceil(value / step) * step
        if rounded > high:
            rounded = math.floor(value / step) * step
        value = rounded
    if whole or value == int(value):
        return int(value)
    return float(value)


def _bounds(limits: Mapping[str, object], step: float) -> tuple[float, float]:
    """The smallest and the largest number, where bounds that are excluded are a step away."""
    low = _number(limits.get("minimum"), -math.inf)
    high = _number(limits.get("maximum"), math.inf)
    # In OpenAPI 3.0, the exclusive keywords are booleans that speak of the others.
    if limits.get("exclusiveMinimum") is True:
        low += step
    else:
        low = max(low, _number(limits.get("exclusiveMinimum"), -math.inf) + step)
    if limits.get("exclusiveMaximum") is True:
        high -= step
    else:
        high = min(high, _number(limits.get("exclusiveMaximum"), math.inf) - step)
    return low, high


def _number(value: object, default: float) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    return default
