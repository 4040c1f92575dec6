"""Values drawn from the schemas of a contract: the same on every run, a few different ones for each schema."""

from __future__ import annotations

import contextlib
import functools
import math
import re
from typing import Any

from scripts.contract.model import ARRAY, OBJECT, Contract, Json, Schema
from scripts.contract.view import view

TURNS = 4  # all fields; required ones alone; other variants; null where it may stand
_DEPTH = 5  # fields that may be left out are, below this depth
_DEEPEST = 24
_WORK = 300  # and after so many schemas
_MOST_WORK = 3000
_ANYTHING = Schema(())
_TEXTS = {
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


class NoSampleError(Exception):
    """No value could be drawn: the schema allows none, or none that ends."""


class Sampler:
    """Draws from the schemas of one contract; `examples` prefers those of the document."""

    def __init__(self, contract: Contract, *, examples: bool = False) -> None:
        self._types, self._examples = contract.types, examples
        self._work = 0

    def draw(self, schema: Schema, turn: int = 0, *, sent: bool = True) -> Json:
        """The value of one turn; `sent` leaves out what is read-only, else what is write-only.

        Raises:
            NoSampleError: There is none, or it can't be found.
        """
        self._work = 0
        return self._draw(schema, turn, 0, sent)

    def _draw(self, schema: Schema, turn: int, depth: int, sent: bool) -> Json:
        self._work += 1
        if depth > _DEEPEST or self._work > _MOST_WORK:
            raise NoSampleError("the schema contains itself without an end")
        found = view(schema, self._types)
        node = found.node
        if found.nullable and turn % TURNS == TURNS - 1:
            return None
        if self._examples and node.example is not None:
            return node.example
        if node.values:
            return node.values[turn % len(node.values)]
        if node.variants:
            return self._variant(node, turn, depth, sent)
        if node.kind == OBJECT:
            return self._object(node, turn, depth, sent)
        if node.kind == ARRAY:
            return self._array(node, turn, depth, sent)
        return _scalar(node, turn)

    def _variant(self, union: Schema, turn: int, depth: int, sent: bool) -> Json:
        """The variant of a turn, or the next that can be drawn."""
        for shift in range(len(union.variants)):
            index = (turn + shift) % len(union.variants)
            with contextlib.suppress(NoSampleError, RecursionError):
                value = self._draw(union.variants[index], turn, depth, sent)
                if isinstance(value, dict):
                    value |= self._name(union, index)
                return value
        raise NoSampleError("no variant can be drawn")

    def _name(self, union: Schema, index: int) -> dict[str, Json]:
        """What a discriminator calls a variant that does not say it itself."""
        chosen = union.discriminator
        variant = view(union.variants[index], self._types).node
        if chosen is None or variant.variants:
            return {}
        own = view(variant.fields.get(chosen.property, _ANYTHING), self._types).node
        names = [n for n, i in chosen.variants.items() if i == index]
        return {chosen.property: names[-1]} if names and own.values is None else {}

    def _object(self, schema: Schema, turn: int, depth: int, sent: bool) -> Json:
        value: dict[str, Any] = {}
        required = {*schema.required}
        for key in ("oneOf", "anyOf"):
            if isinstance(rules := schema.limits.get(key), list):
                required |= {*rules[turn % len(rules)].get("required", ())}
        sparse = turn % TURNS == 1 or depth >= _DEPTH
        least = schema.limits.get("minProperties", 0)
        for name, field in schema.fields.items():
            spare = name not in required and len(value) >= least
            if spare and (sparse or self._work > _WORK):
                continue
            notes = view(field, self._types).notes
            if notes.get("readOnly" if sent else "writeOnly"):
                continue
            try:
                value[name] = self._draw(field, turn, depth + 1, sent)
            except NoSampleError:
                if name in required:
                    raise
        more = _ANYTHING if schema.additional is True else schema.additional
        count = max(least, len(value) + (more is not _ANYTHING and not sparse))
        while more and len(value) < count:
            name = f"more{len(value)}"
            value[name] = self._draw(more, turn, depth + 1, sent)
        return value

    def _array(self, schema: Schema, turn: int, depth: int, sent: bool) -> Json:
        limits, first = schema.limits, schema.prefix
        least = limits.get("minItems", 0)
        deep = depth >= _DEPTH + 2 or self._work > _WORK
        wished = 0 if deep else (1, 0, 2, 1)[turn % TURNS]
        count = max(least, min(wished, limits.get("maxItems", wished)))
        value: list[Json] = []
        for index in range(max(count, len(first) if count else 0)):
            item = first[index] if index < len(first) else schema.items or _ANYTHING
            step = turn + index * TURNS if limits.get("uniqueItems") else turn
            try:
                value.append(self._draw(item, step, depth + 1, sent))
            except NoSampleError:
                if len(value) < least:
                    raise
                break
        return value


def _scalar(schema: Schema, turn: int) -> Json:
    if schema.kind == "string":
        return _string(schema, turn)
    if schema.kind in ("integer", "number"):
        return _number(schema, turn)
    if schema.kind == "boolean":
        return turn % 2 == 0
    anything = ("text", 1, {"a": [1.5]}, True)
    return None if schema.kind == "null" else anything[turn % TURNS]


def _string(schema: Schema, turn: int) -> str:
    limits = schema.limits
    least, most = limits.get("minLength", 0), limits.get("maxLength", math.inf)
    text = _TEXTS.get(schema.format)
    if "pattern" in limits:
        examples = (text, schema.example, schema.notes.get("default"))
        given = [t for t in examples if isinstance(t, str)]
        return _matching(limits["pattern"], least, most, given)
    if text is None or len(text) > most:
        text = "text" if turn < TURNS else f"text{turn}"
    text = text.ljust(least, "x")
    return text if len(text) <= most else text[-int(most) :]


def _matching(pattern: str, least: int, most: float, given: list[str]) -> str:
    """A text that a pattern allows: one of those given, else the simplest."""
    try:
        for text in given:
            if re.search(pattern, text) and least <= len(text) <= most:
                return text
        return _simplest(pattern, least, most)
    except Exception:  # the pattern isn't Python's, or hypothesis can't follow it
        if given:
            return given[0]
        raise NoSampleError(f"no text for the pattern {pattern}") from None


@functools.lru_cache(maxsize=1024)
def _simplest(pattern: str, least: int, most: float) -> str:
    import hypothesis  # a quarter of a second; few documents have patterns
    from hypothesis import strategies

    settings = hypothesis.settings(
        database=None,
        derandomize=True,
        deadline=None,
        phases=[hypothesis.Phase.generate],
    )
    letters = strategies.characters(min_codepoint=33, max_codepoint=126)
    texts = strategies.from_regex(pattern, alphabet=letters)
    return hypothesis.find(
        texts, lambda t: least <= len(t) <= most and t.isprintable(), settings=settings
    )


def _number(schema: Schema, turn: int) -> int | float:
    limits, whole = schema.limits, schema.kind == "integer"
    step = limits.get("multipleOf") or (1 if whole else 0.5)
    above = limits.get("exclusiveMinimum", -math.inf) + step
    below = limits.get("exclusiveMaximum", math.inf) - step
    low = max(limits.get("minimum", above), above)
    high = min(limits.get("maximum", below), below)
    value = min(max((1 if whole else 1.5) + turn, low), high)
    if value % step:
        value = math.ceil(value / step) * step
        value = value if value <= high else (low + high) / 2
    return int(value) if whole or value == int(value) else value
