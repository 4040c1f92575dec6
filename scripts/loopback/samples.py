"""Values drawn from the schemas of a contract: a few different values for each schema, the same on every run."""

from __future__ import annotations

import contextlib
import functools
import math
import re
from collections.abc import Mapping

from scripts.contract.model import Contract, Json
from scripts.contract.schema import (
    Anything,
    Array,
    Binary,
    Enum,
    Never,
    Object,
    Reference,
    Scalar,
    Schema,
    Union,
)
from scripts.contract.view import view

TURNS = 4  # all fields; required fields alone; other variants; null where it is allowed
REQUIRED_ALONE = 1  # the turn of them
_DEPTH = 5  # optional fields are left out below this depth
_DEEPEST = 24
_WORK = 300  # and after so many schemas
_MOST_WORK = 3000
_LONGEST_TEXT = 1_000_000
_ANYTHING = Anything(pointer=())
# Texts for the formats of strings.
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
    """Draws values from the schemas of one contract. With `examples`, the examples of the document are preferred."""

    def __init__(self, contract: Contract, *, examples: bool = False) -> None:
        self._contract = contract
        self._prefers_examples = examples
        self._work = 0  # schemas visited for one value

    def draw(self, schema: Schema, turn: int = 0, *, sent: bool = True) -> Json:
        """The value of one turn; without read-only fields if it is `sent`, else without write-only fields.

        Raises:
            NoSampleError: There is none, or it can't be found.
        """
        self._work = 0
        return self._draw(schema, turn, 0, sent)

    def completed(self, value: Json, schema: Schema, *, sent: bool = True) -> Json:
        """The value, with what the schema requires beside it, at any depth.

        Raises:
            NoSampleError: A required field can't be drawn.
        """
        resolved = view(schema, self._contract).schema
        if isinstance(resolved, Object) and isinstance(value, dict):
            completed = dict(value)
            for name, field in resolved.fields.items():
                if name in value:
                    completed[name] = self.completed(value[name], field, sent=sent)
                elif name in resolved.required:
                    completed[name] = self.draw(field, REQUIRED_ALONE, sent=sent)
            return completed
        if isinstance(resolved, Array) and isinstance(value, list) and resolved.items:
            items = resolved.items
            return [self.completed(item, items, sent=sent) for item in value]
        return value

    def _draw(self, schema: Schema, turn: int, depth: int, sent: bool) -> object:
        self._work += 1
        if depth > _DEEPEST or self._work > _MOST_WORK:
            raise NoSampleError(
                "the schema contains itself, or asks for too many values"
            )
        use = view(schema, self._contract)
        resolved = use.schema
        if use.nullable and turn % TURNS == TURNS - 1:
            return None
        if self._prefers_examples and resolved.example is not None:
            return resolved.example
        return self._of_kind(resolved, turn, depth, sent)

    def _of_kind(  # noqa: PLR0911  # a line for each kind of schema
        self, resolved: Schema, turn: int, depth: int, sent: bool
    ) -> object:
        match resolved:
            case Enum():
                return resolved.values[turn % len(resolved.values)]
            case Union():
                return self._variant(resolved, turn, depth, sent)
            case Object():
                return self._object(resolved, turn, depth, sent)
            case Array():
                return self._array(resolved, turn, depth, sent)
            case Binary():
                return _string(resolved, turn)
            case Scalar():
                return _scalar(resolved, turn)
            case Never():
                raise NoSampleError("the schema allows no value")
            case Reference() | Anything():
                return ("text", 1, {"a": [1.5]}, True)[turn % TURNS]

    def _variant(self, union: Union, turn: int, depth: int, sent: bool) -> object:
        """The variant of a turn, or the next that can be drawn."""
        for shift in range(len(union.variants)):
            index = (turn + shift) % len(union.variants)
            with contextlib.suppress(NoSampleError, RecursionError):
                value = self._draw(union.variants[index], turn, depth, sent)
                if isinstance(value, dict):
                    value |= self._discriminator_value(union, index)
                return value
        raise NoSampleError("no variant can be drawn")

    def _discriminator_value(self, union: Union, index: int) -> dict[str, str]:
        """The field that a discriminator reads, for a variant whose schema does not state its value; empty for others."""
        choice = union.discriminator
        variant = view(union.variants[index], self._contract).schema
        if choice is None or isinstance(variant, Union):
            return {}
        if isinstance(variant, Object) and choice.property in variant.fields:
            field = view(variant.fields[choice.property], self._contract).schema
            if isinstance(field, Enum):
                return {}
        tags = [tag for tag, variant in choice.variants.items() if variant == index]
        if not tags:
            return {}
        return {choice.property: tags[-1]}

    def _object(
        self, schema: Object, turn: int, depth: int, sent: bool
    ) -> dict[str, object]:
        value: dict[str, object] = {}
        required = _required(schema, turn)
        is_sparse = turn % TURNS == REQUIRED_ALONE or depth >= _DEPTH
        least = _count(schema.limits, "minProperties")
        kept_back = "readOnly" if sent else "writeOnly"
        for name, field in schema.fields.items():
            is_spare = name not in required and len(value) >= least
            if is_spare and (is_sparse or self._work > _WORK):
                continue
            if view(field, self._contract).notes.get(kept_back):
                continue
            try:
                value[name] = self._draw(field, turn, depth + 1, sent)
            except NoSampleError:
                if name in required:
                    raise
        if schema.additional is False:
            return value
        count = least
        others: Schema = _ANYTHING
        if not isinstance(schema.additional, bool):
            others = schema.additional
            if not is_sparse:
                count = max(least, len(value) + 1)
        while len(value) < count:
            name = f"more{len(value)}"
            value[name] = self._draw(others, turn, depth + 1, sent)
        return value

    def _array(self, schema: Array, turn: int, depth: int, sent: bool) -> list[object]:
        limits = schema.limits
        least = _count(limits, "minItems")
        is_deep = depth >= _DEPTH + 2 or self._work > _WORK
        wished = 0
        if not is_deep:
            wished = (1, 0, 2, 1)[turn % TURNS]
        if "maxItems" in limits:
            wished = min(wished, math.floor(limits["maxItems"]))
        count = max(least, wished)
        if count:
            count = max(count, len(schema.prefix))
        value: list[object] = []
        for index in range(count):
            item = schema.items or _ANYTHING
            if index < len(schema.prefix):
                item = schema.prefix[index]
            item_turn = turn
            if limits.get("uniqueItems"):
                item_turn = turn + index * TURNS
            try:
                value.append(self._draw(item, item_turn, depth + 1, sent))
            except NoSampleError:
                if len(value) < least:
                    raise
                break
        return value


def _required(schema: Object, turn: int) -> set[str]:
    """The fields that must be there: those of the schema itself, and those of one of its alternatives."""
    required = set(schema.required)
    for keyword in ("oneOf", "anyOf"):
        rules = schema.limits.get(keyword)
        if isinstance(rules, list):
            required.update(rules[turn % len(rules)].get("required", ()))
    return required


def _count(limits: Mapping[str, Json], keyword: str) -> int:
    """The value of `minLength` or the like, which may be written as `2.0`; 0 where there is none."""
    value: float = limits.get(keyword, 0)
    if not math.isfinite(value):
        raise NoSampleError(f"{keyword} allows no value that ends")
    return math.ceil(value)


def _scalar(schema: Scalar, turn: int) -> str | float | bool | None:
    match schema.type:
        case "string":
            return _string(schema, turn)
        case "integer" | "number":
            return _number(schema, turn)
        case "boolean":
            return turn % 2 == 0
        case _:
            return None


def _string(schema: Scalar | Binary, turn: int) -> str:
    limits = schema.limits
    least = _count(limits, "minLength")
    if least > _LONGEST_TEXT:
        raise NoSampleError(f"the shortest text has {least} characters")
    most = limits.get("maxLength", math.inf)
    text = _TEXTS.get(schema.format)
    if "pattern" in limits:
        candidates = (text, schema.example, schema.notes.get("default"))
        texts = [candidate for candidate in candidates if isinstance(candidate, str)]
        return _matching(limits["pattern"], least, most, texts)
    if text is None or len(text) > most:
        text = "text"
        if turn >= TURNS:
            text = f"text{turn}"
    text = text.ljust(least, "x")
    if len(text) > most:
        return text[len(text) - max(0, int(most)) :]
    return text


def _matching(pattern: str, least: int, most: float, texts: list[str]) -> str:
    """A text that a pattern allows: the first of some that does, else the simplest."""
    try:
        for text in texts:
            if re.search(pattern, text) and least <= len(text) <= most:
                return text
        return _simplest(pattern, least, most)
    except Exception:  # the pattern isn't Python's, or hypothesis can't follow it
        if texts:
            return texts[0]
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


def _number(schema: Scalar, turn: int) -> int | float:
    limits = schema.limits
    is_integer = schema.type == "integer"
    start = 1 if is_integer else 1.5
    step = limits.get("multipleOf")
    if not step:
        step = 1 if is_integer else 0.5
    above = limits.get("exclusiveMinimum", -math.inf) + step
    below = limits.get("exclusiveMaximum", math.inf) - step
    low = max(limits.get("minimum", above), above)
    high = min(limits.get("maximum", below), below)
    value: float = min(max(start + turn, low), high)
    if not math.isfinite(value):
        raise NoSampleError("no number is in the range")
    if value % step:
        value = math.ceil(value / step) * step
        if value > high:
            value = (low + high) / 2
    if is_integer or value == int(value):
        return int(value)
    return value
