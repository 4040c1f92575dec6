"""Schemas as they are written: where references lead, which keywords mean something, and what validates the same values."""

from __future__ import annotations

import difflib
from collections import deque

from scripts.contract import combine
from scripts.contract.combine import ASSERTIONS, KNOWN, LISTS, MAPS, SINGLE
from scripts.contract.model import Json, Pointer, at
from scripts.document import locate, lookup
from scripts.errors import DocumentError
from scripts.plain_data import reference

COMPONENTS = ("components", "schemas")
UNIONS = ("oneOf", "anyOf")

# What reading trips over where a list stands for a mapping, or a number for text.
MALFORMED = (
    AttributeError,
    IndexError,
    KeyError,
    RecursionError,
    TypeError,
    ValueError,
)


def reason(error: Exception, place: Pointer) -> str:
    """Why a part of the document cannot be read, in words for a person."""
    if isinstance(error, DocumentError):
        return str(error)
    return f"{at(place)}: not shaped as OpenAPI documents are ({type(error).__name__})"


class RuleReader:
    """Reads what validates. One for each document; `_waiting` are the types that somebody refers to."""

    def __init__(self, document: Json, *, old: bool) -> None:
        """`old`: OpenAPI 3.0, where keywords beside `$ref` restrict nothing."""
        self.warnings: list[str] = []
        self._document, self._old = document, old
        self._rules: dict[Pointer, Json] = {}
        self._waiting: deque[tuple[str, Pointer]] = deque()
        self._queued: set[str] = set()

    def warn(self, place: Pointer, text: str) -> None:
        message = f"{at(place)}: {text}"
        if message not in self.warnings:
            self.warnings.append(message)

    def _raw(self, place: Pointer) -> Json:
        return lookup(self._document, at(place))

    def _pointer(self, ref: Json, place: Pointer) -> Pointer:
        """The place that a reference names, aliases not followed."""
        if not isinstance(ref, str) or not ref.startswith("#/"):
            raise DocumentError(
                f"{at(place)}: the reference {ref!r} points outside the document"
            )
        try:
            return locate(self._document, ref)[0]
        except DocumentError as error:
            raise DocumentError(f"{at(place)}: {error}") from None

    def _key(self, target: Pointer) -> str:
        """Key of a type, which will be read."""
        named = len(target) == 3 and target[:2] == COMPONENTS
        key = target[2] if named else at(target).removeprefix("#/")
        if key not in self._queued:
            self._queued.add(key)
            self._waiting.append((key, target))
        return key

    def _inside(self, raw: Json, place: Pointer) -> set[Pointer]:
        """The types that apply to the same value through a union: a base type whose variants are its own subtypes is one of them."""
        found: set[Pointer] = set()
        waiting = [member for key in UNIONS for member in combine.listed(raw.get(key))]
        while waiting:
            held = waiting.pop()
            if not isinstance(held, dict):
                continue
            if "$ref" in held:
                target = self._pointer(held["$ref"], place)
                if target not in found:
                    found.add(target)
                    waiting.append(self._raw(target))
            for key in ("allOf", *UNIONS):
                waiting += combine.listed(held.get(key))
        return found

    def _checked(self, raw: Json, place: Pointer) -> dict[str, Json]:
        """A schema as a mapping: limits as JSON Schema 2020-12 writes them, unions without null and of more than one schema, and no
        keyword whose value means nothing."""
        if raw is False:
            return {"not": True}
        if not isinstance(raw, dict):
            if raw is not True:
                self.warn(place, f"a schema must be a mapping, not {raw!r:.40}")
            return {}
        good = {}
        for key, value in raw.items():
            if key not in KNOWN or combine.well_formed(key, value):
                good[key] = value
            elif value is not None:
                self.warn(place, f"{key}: {value!r:.40} has no meaning here")
            if key not in KNOWN and not key.startswith("x-"):
                self._unknown(key, place)
        combine.modernise(good)
        return good

    def _unknown(self, key: str, place: Pointer) -> None:
        close = difflib.get_close_matches(key, KNOWN, 1, 0.8)
        if close:
            self.warn(place, f"unknown keyword {key!r}; did you mean {close[0]!r}?")

    def rule(self, raw: Json, place: Pointer) -> Json:
        """The schema as JSON Schema 2020-12 without annotations, but for `readOnly` and `writeOnly`; references as `#/$defs/KEY`."""
        if place not in self._rules:
            self._rules[place] = self._rule(raw, place)
        return self._rules[place]

    def _rule(self, raw: Json, place: Pointer) -> Json:
        if isinstance(raw, bool):
            return raw
        raw = self._checked(raw, place)
        if "$ref" in raw:
            target = self._pointer(raw["$ref"], place)
            held = self._raw(target)
            if place[:3] in self._inside(held, target) and not {*place[3:]} & MAPS:
                # A base type whose variants are its subtypes: as a part of one of them, it is what stands beside the variants.
                base = {k: v for k, v in held.items() if k not in UNIONS}
                return self._rule(base, target)
            refers = {"$ref": reference(("$defs", self._key(target)))}
            if self._old:
                return _or_null(refers, raw)
            return refers | self._rule(
                {k: v for k, v in raw.items() if k != "$ref"}, place
            )
        made: dict[str, Json] = {}
        for key, value in raw.items():
            inner = (*place, key)
            if key in SINGLE:
                made[key] = self.rule(value, inner)
            elif key in LISTS:
                rules = [self.rule(v, (*inner, str(i))) for i, v in enumerate(value)]
                made[key] = rules
            elif key in MAPS:
                made[key] = {n: self.rule(v, (*inner, n)) for n, v in value.items()}
            elif key in ASSERTIONS and key != "nullable":
                made[key] = value
            elif key in ("readOnly", "writeOnly") and value is True:
                made[key] = True
        _any_of(made, raw)
        return _or_null(made, raw)


def _any_of(made: dict[str, Json], raw: dict[str, Json]) -> None:
    """A value that fits several variants is sent: documents mean `oneOf` for one of these, whatever else fits. The variant that a
    discriminator names must fit."""
    unions = [made.pop(key) for key in UNIONS if key in made]
    conditions = [{"anyOf": variants} for variants in unions[1:]]
    told = raw.get("discriminator")
    if unions:
        made["anyOf"] = unions[0]
    if unions and isinstance(told, dict) and isinstance(told.get("propertyName"), str):
        name, key = told["propertyName"], next(key for key in UNIONS if key in raw)
        named = {
            str(member["$ref"]).rsplit("/", 1)[-1]: rule
            for member, rule in zip(raw[key], unions[0], strict=True)
            if isinstance(member, dict) and "$ref" in member
        }
        mapping = told.get("mapping")
        for value, ref in mapping.items() if isinstance(mapping, dict) else ():
            if (component := str(ref).rsplit("/", 1)[-1]) in named:
                named[str(value)] = named[component]
        for value, rule in named.items():
            chosen = {"required": [name], "properties": {name: {"const": value}}}
            conditions.append({"if": chosen, "then": rule})
    if conditions:
        made["allOf"] = [*made.get("allOf", ()), *conditions]


def _or_null(rule: dict[str, Json], raw: dict[str, Json]) -> Json:
    if raw.get("nullable") is not True:
        return rule
    if isinstance(rule.get("type"), str) and not {"enum", "const"} & rule.keys():
        return {**rule, "type": [rule["type"], "null"]}
    return {"anyOf": [rule, {"type": "null"}]} if rule else rule
