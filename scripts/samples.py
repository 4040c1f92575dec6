"""Values drawn from the schemas of a document as they stand in it: the same on every run, a few different ones for each schema."""

from __future__ import annotations

import contextlib
import functools
import math
import re
from collections.abc import Mapping
from typing import Any

from scripts.contract.model import Json, Pointer
from scripts.plain_data import referred

TURNS = 4  # all fields; required ones alone; other variants; null where it may stand
_DEPTH = 5  # fields that may be left out are, below this depth
_DEEPEST = 24
_WORK = 300  # and after so many schemas
_TEXTS = {
    "date-time": "2024-10-15T17:22:47+00:00",
    "date": "2024-10-15",
    "time": "17:22:47+00:00",
    "duration": "P1D",
    "uuid": "11111111-2222-4333-8444-555555555555",
    "email": "someone@example.com",
    "idn-email": "someone@example.com",
    "hostname": "example.com",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "uri": "https://example.com/a",
    "url": "https://example.com/a",
    "uri-reference": "/a",
    "byte": "aGVsbG8=",
    "base64": "aGVsbG8=",
    "json-pointer": "/a",
    "regex": "a",
}
_TIGHTER = {
    **dict.fromkeys(("minimum", "minLength", "minItems", "minProperties"), max),
    **dict.fromkeys(("maximum", "maxLength", "maxItems", "maxProperties"), min),
}


class NoSampleError(Exception):
    """No value could be drawn: the schema allows none, or none that ends."""


def named(document: Json, name: str) -> Json:
    """The example of a component schema, or None where the document has no such component."""
    if name not in document.get("components", {}).get("schemas", {}):
        return None
    schema = {"$ref": f"#/components/schemas/{name}"}
    return Sampler(document, examples=True).draw(schema)


class Sampler:
    """Draws from the schemas of one document, OpenAPI 3.0 or 3.1."""

    def __init__(self, document: Json, *, examples: bool = False) -> None:
        self._document, self._examples = document, examples
        self._old = str(document.get("openapi", "")).startswith("3.0")
        self._work = 0

    def resolved(self, node: Json) -> Json:
        """What a node is, references followed."""
        for _ in range(32):
            if not (isinstance(node, dict) and isinstance(node.get("$ref"), str)):
                return node
            node = self.at(referred(node["$ref"]))
        raise NoSampleError("references in a circle")

    def at(self, place: Pointer) -> Json:
        """What stands at a place."""
        node = self._document
        for part in place:
            try:
                node = node[int(part)] if isinstance(node, list) else node[part]
            except (KeyError, IndexError, TypeError, ValueError):
                raise NoSampleError(f"{place} is nowhere") from None
        return node

    def draw(self, schema: Json, turn: int = 0, *, sent: bool = True) -> Json:
        """The value of one turn; `sent` leaves out what is read-only, else what is write-only.

        Raises:
            NoSampleError: There is none, or it can't be found.
        """
        self._work = 0
        try:
            return self._draw(self._flat(schema, turn), turn, 0, sent)
        except (AttributeError, LookupError, RecursionError, TypeError, ValueError):
            raise NoSampleError("a keyword holds what it can't") from None

    def of_media(self, media: Mapping[str, Json]) -> Json:
        """The example that a body or an answer has of its own, else one of its schema."""
        first: Json = next(iter((media.get("examples") or {}).values()), {})
        for holder, key in ((media, "example"), (self.resolved(first), "value")):
            if isinstance(holder, dict) and key in holder:
                return holder[key]
        return self.draw(media.get("schema", {}), sent=False)

    def _flat(
        self, schema: Json, turn: int, above: frozenset[str] = frozenset()
    ) -> dict[str, Any]:
        """The schema with `allOf` merged, and one variant of each union taken in."""
        if schema is False or len(above) > _DEEPEST:
            raise NoSampleError("the schema allows nothing")
        if not isinstance(schema, dict):
            return {}
        flat: dict[str, Any] = {}
        reference = schema.get("$ref")
        if isinstance(reference, str):
            if reference in above:
                raise NoSampleError(f"{reference} contains itself")
            flat = self._flat(self.at(referred(reference)), turn, above | {reference})
            if self._old:
                return flat
        combined = ("$ref", "allOf", "oneOf", "anyOf")
        flat = _both(flat, {k: v for k, v in schema.items() if k not in combined})
        for part in schema.get("allOf", ()):
            said = self._flat(part, turn, above)
            if len(schema) > 1:
                said.pop("example", None)  # of a part, not of the whole
            flat = _both(flat, said)
        for key in ("oneOf", "anyOf"):
            if schema.get(key):
                flat = _both(flat, self._variant(schema, key, turn, above))
        return flat

    def _variant(
        self, schema: Json, key: str, turn: int, above: frozenset[str]
    ) -> dict[str, Any]:
        """The variant of a turn, or the next that can be drawn, with what a discriminator calls it."""
        variants = schema[key]
        for shift in range(len(variants)):
            chosen = variants[(turn + shift) % len(variants)]
            with contextlib.suppress(NoSampleError):
                variant = self._flat(chosen, turn, above)
                break
        else:
            raise NoSampleError("no variant can be drawn")
        about = schema.get("discriminator")
        if isinstance(about, dict) and "$ref" in chosen:
            reference, name = chosen["$ref"], about.get("propertyName", "")
            short = reference.rpartition("/")[2]
            mapping = about.get("mapping") or {}
            called = [k for k, v in mapping.items() if v in (reference, short)]
            own = self._flat((variant.get("properties") or {}).get(name), turn)
            said = (
                {} if own.keys() & {"enum", "const"} else {"enum": [*called, short][:1]}
            )
            variant = _both(variant, {"properties": {name: said}, "required": [name]})
        return variant

    def _draw(self, flat: Mapping[str, Any], turn: int, depth: int, sent: bool) -> Json:
        self._work += 1
        if depth > _DEEPEST:
            raise NoSampleError("the schema contains itself without an end")
        kinds = flat.get("type") or _guessed(flat)
        kinds = [kinds] if isinstance(kinds, str) else kinds
        nullable = self._old and flat.get("nullable")
        if turn % TURNS == TURNS - 1 and (nullable or "null" in kinds):
            return None
        if self._examples and "example" in flat:
            return flat["example"]
        if "const" in flat:
            return flat["const"]
        if "enum" in flat:
            named = [v for v in flat["enum"] if v is not None] or flat["enum"]
            return named[turn % len(named)]
        kinds = [kind for kind in kinds if kind != "null"] or ["null"]
        kind = kinds[turn % len(kinds)]
        if kind == "object":
            return self._object(flat, turn, depth, sent)
        if kind == "array":
            return self._array(flat, turn, depth, sent)
        if kind == "string":
            return _string(flat, turn)
        if kind in ("integer", "number"):
            return _number(flat, kind == "integer", turn)
        if kind == "any":
            return ("text", 1, {"a": [1.5]}, True)[turn % TURNS]
        return turn % 2 == 0 if kind == "boolean" else None

    def _object(
        self, flat: Mapping[str, Any], turn: int, depth: int, sent: bool
    ) -> Json:
        value: dict[str, Any] = {}
        required = {n for n in _list(flat, "required") if isinstance(n, str)}
        sparse = turn % TURNS == 1 or depth >= _DEPTH
        declared = flat.get("properties") or {}
        least = flat.get("minProperties", 0)
        undeclared: dict[str, Json] = {
            name: {} for name in sorted(required - declared.keys())
        }
        for name, schema in {**declared, **undeclared}.items():
            spare = name not in required and len(value) >= least
            if spare and (sparse or self._work > _WORK):
                continue
            try:
                inner = self._flat(schema, turn)
                if not inner.get("readOnly" if sent else "writeOnly"):
                    value[name] = self._draw(inner, turn, depth + 1, sent)
            except NoSampleError:
                if name in required:
                    raise
        more = flat.get("additionalProperties")
        if isinstance(more, dict) and (len(value) < least or not sparse):
            with_more = self._flat(more, turn)
            for number in range(max(1, least - len(value))):
                value[f"more{number}"] = self._draw(with_more, turn, depth + 1, sent)
        while len(value) < least and more is not False:
            value[f"more{len(value)}"] = "text"
        return value

    def _array(
        self, flat: Mapping[str, Any], turn: int, depth: int, sent: bool
    ) -> Json:
        least = flat.get("minItems", 0)
        deep = depth >= _DEPTH + 2 or self._work > _WORK
        wished = 0 if deep else (1, 0, 2, 1)[turn % TURNS]
        count = max(least, min(wished, flat.get("maxItems", wished)))
        first = flat.get("prefixItems") or []
        value = []
        for index in range(max(count, len(first) if count else 0)):
            schema = first[index] if index < len(first) else flat.get("items", {})
            step = turn + index * TURNS if flat.get("uniqueItems") else turn
            try:
                inner = self._flat(schema, step)
                value.append(self._draw(inner, step, depth + 1, sent))
            except NoSampleError:
                if len(value) < least:
                    raise
                break
        return value


def _both(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """A flat schema that says what two of them say."""
    merged = {**one, **other}
    for key in one.keys() & other.keys():
        first, second = one[key], other[key]
        if key == "properties":
            shared = first.keys() & second.keys()
            merged[key] = {
                **first,
                **second,
                **{name: {"allOf": [first[name], second[name]]} for name in shared},
            }
        elif key == "required":
            merged[key] = [*_list(one, key), *_list(other, key)]
        elif key == "enum":
            merged[key] = [value for value in first if value in second]
        elif key in _TIGHTER:
            merged[key] = _TIGHTER[key](first, second)
        elif key == "nullable":
            merged[key] = first and second
        elif key == "type" and first != second:
            merged[key] = _narrower(first, second)
        elif key in ("items", "additionalProperties") and first != second:
            merged[key] = {"allOf": [first, second]}
    return merged


def _list(schema: Mapping[str, Any], key: str) -> list[Any]:
    """A list in a schema; none where the document has something else there."""
    held = schema.get(key)
    return held if isinstance(held, list) else []


def _narrower(first: Any, second: Any) -> Any:
    one, other = ([t] if isinstance(t, str) else list(t) for t in (first, second))
    if {"number", "integer"} <= {*one, *other} and one != other:
        return "integer"
    shared = [kind for kind in one if kind in other]
    if not shared:
        raise NoSampleError("two types at once")
    return shared


def _guessed(flat: Mapping[str, Any]) -> str:
    """The type of a schema that names none, by what else it says."""
    for kind, keys in (
        ("object", ("properties", "additionalProperties", "required", "minProperties")),
        ("array", ("items", "prefixItems", "minItems")),
        ("string", ("pattern", "format", "minLength", "maxLength")),
        ("number", ("minimum", "maximum", "multipleOf")),
    ):
        if any(key in flat for key in keys):
            return kind
    return "any"


def _string(flat: Mapping[str, Any], turn: int) -> str:
    least, most = flat.get("minLength", 0), flat.get("maxLength", math.inf)
    text = _TEXTS.get(flat.get("format", ""))
    if flat.get("contentEncoding") == "base64":
        text = "aGVsbG8="
    if "pattern" in flat:
        examples = (flat.get("example"), flat.get("default"), *_list(flat, "examples"))
        given = [t for t in (text, *examples) if isinstance(t, str)]
        return _matching(flat["pattern"], least, most, given)
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


def _number(flat: Mapping[str, Any], whole: bool, turn: int) -> int | float:
    step = flat.get("multipleOf") or (1 if whole else 0.5)
    low = _limit(flat, "inimum", step, -math.inf)
    high = _limit(flat, "aximum", -step, math.inf)
    value = min(max((1 if whole else 1.5) + turn, low), high)
    if value % step:
        value = math.ceil(value / step) * step
        value = value if value <= high else (low + high) / 2
    return int(value) if whole or value == int(value) else value


def _limit(flat: Mapping[str, Any], name: str, step: float, none: float) -> float:
    """The nearest value that a minimum or maximum allows; a boolean `exclusive` is OpenAPI 3.0's."""
    limit: float = flat.get("m" + name, none)
    strict = flat.get("exclusiveM" + name, False)
    if strict is True or strict is False:
        return limit + step if strict else limit
    beyond: float = strict + step
    return max(limit, beyond) if step > 0 else min(limit, beyond)
