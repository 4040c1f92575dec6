"""Schemas in one spelling, where their references lead, and what validates the same values."""

from __future__ import annotations

import difflib
from collections import deque
from typing import Any

from scripts.contract.model import Json, Pointer, at
from scripts.contract.nodes import (
    ASSERTIONS,
    KNOWN,
    LISTS,
    MAPS,
    SINGLE,
    UNIONS,
    Node,
    modernise,
    well_formed,
)
from scripts.document import locate
from scripts.errors import DocumentError
from scripts.plain_data import reference

COMPONENTS = ("components", "schemas")
_RULED = (ASSERTIONS | {"$defs", "contentSchema"}) - {"nullable"}

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
    """Reads nodes and what validates. One for each document; `_waiting` are the types that somebody refers to."""

    def __init__(self, document: Json, *, old: bool) -> None:
        """`old`: OpenAPI 3.0, where keywords beside `$ref` restrict nothing."""
        self.warnings: list[str] = []
        self._document, self._old = document, old
        self._nodes: dict[Pointer, Node] = {}
        self._rules: dict[Pointer, Json] = {}
        self._waiting: deque[tuple[str, Node]] = deque()
        self._queued: set[str] = set()

    def warn(self, place: Pointer, text: str) -> None:
        message = f"{at(place)}: {text}"
        if message not in self.warnings:
            self.warnings.append(message)

    # One spelling

    def node(self, raw: Json, place: Pointer) -> Node:
        """The schema that stands at a place."""
        if place not in self._nodes:
            self._nodes[place] = self._node(raw, place)
        return self._nodes[place]

    def _node(self, raw: Json, place: Pointer) -> Node:
        if raw is True:
            return Node(place, {}, alone=True)
        if raw is False:
            return Node(place, {"not": self.node(True, (*place, "not"))}, alone=False)
        if not isinstance(raw, dict):
            self.warn(place, f"a schema must be a mapping, not {raw!r:.40}")
            raw = {}
        good = {}
        for key, value in raw.items():
            if well_formed(key, value):
                good[key] = value
            elif value is not None:
                self.warn(place, f"{key}: {value!r:.40} has no meaning here")
            if key not in KNOWN and not key.startswith("x-"):
                self._unknown(key, place)
        modernise(good)
        return Node(place, {k: self._inner(k, v, place) for k, v in good.items()})

    def _inner(self, key: str, value: Json, place: Pointer) -> Any:
        """The value of a keyword; the schemas in it as nodes."""
        place = (*place, key)
        if key in SINGLE:
            return self.node(value, place)
        if key in LISTS:
            return [self.node(v, (*place, str(i))) for i, v in enumerate(value)]
        if key in MAPS:
            return {n: self.node(v, (*place, n)) for n, v in value.items()}
        return value

    def _unknown(self, key: str, place: Pointer) -> None:
        close = difflib.get_close_matches(key, KNOWN, 1, 0.8)
        if close:
            self.warn(place, f"unknown keyword {key!r}; did you mean {close[0]!r}?")

    # References

    def _target(self, node: Node, chain: tuple[Pointer, ...] = ()) -> Node:
        """The schema that a reference names, aliases not followed; it must not be one that led here."""
        ref = node.says["$ref"]
        if not ref.startswith("#/"):
            raise DocumentError(
                f"{at(node.at)}: the reference {ref!r} points outside the document"
            )
        try:
            place, raw = locate(self._document, ref)
        except DocumentError as error:
            raise DocumentError(f"{at(node.at)}: {error}") from None
        if not isinstance(raw, dict | bool):
            raise DocumentError(f"{at(node.at)}: {ref!r} refers to no schema")
        if place in chain:
            raise DocumentError(f"{at(node.at)}: {ref!r} refers to itself")
        return self.node(raw, place)

    def _key(self, node: Node) -> str:
        """Key of a type, which will be read."""
        named = len(node.at) == 3 and node.at[:2] == COMPONENTS
        key = node.at[2] if named else at(node.at).removeprefix("#/")
        if key not in self._queued:
            self._queued.add(key)
            self._waiting.append((key, node))
        return key

    def _inside(self, node: Node) -> set[Pointer]:
        """The types that apply to the same value through a union: a base type whose variants are its own subtypes is one of them."""
        found: set[Pointer] = set()
        waiting = [member for key in UNIONS for member in node.says.get(key, ())]
        while waiting:
            held = waiting.pop()
            if "$ref" in held.says:
                target = self._target(held)
                if target.at not in found:
                    found.add(target.at)
                    waiting.append(target)
            for key in ("allOf", *UNIONS):
                waiting += held.says.get(key, ())
        return found

    # What validates

    def rule(self, node: Node) -> Json:
        """The schema as JSON Schema 2020-12 without annotations, but for `readOnly` and `writeOnly`; references as `#/$defs/KEY`."""
        if node.at not in self._rules:
            self._rules[node.at] = self._rule(node)
        return self._rules[node.at]

    def _rule(self, node: Node) -> Json:
        if node.alone is not None:
            return node.alone
        if "$ref" in node.says:
            target = self._target(node)
            if node.at[:3] in self._inside(target) and not {*node.at[3:]} & MAPS:
                # A base type whose variants are its subtypes: as a part of one of them, it is what stands beside the variants.
                return self._rule(target.without(*UNIONS))
            refers = {"$ref": reference(("$defs", self._key(target)))}
            if self._old:
                return _or_null(refers, node)
            return refers | self._rule(node.without("$ref"))
        made = {
            key: self.ruled(value)
            for key, value in node.says.items()
            if key in _RULED or (key in ("readOnly", "writeOnly") and value)
        }
        _any_of(made, node)
        return _or_null(made, node)

    def ruled(self, value: Any) -> Json:
        """The value of a keyword with rules for the schemas in it."""
        if isinstance(value, Node):
            return self.rule(value)
        if isinstance(value, list):
            return [self.ruled(item) for item in value]
        if isinstance(value, dict):
            return {key: self.ruled(held) for key, held in value.items()}
        return value


def _any_of(made: dict[str, Json], node: Node) -> None:
    """A value that fits several variants is sent: documents mean `oneOf` for one of these, whatever else fits. The variant that a
    discriminator names must fit."""
    unions = [made.pop(key) for key in UNIONS if key in made]
    conditions = [{"anyOf": variants} for variants in unions[1:]]
    told = node.says.get("discriminator")
    if unions:
        made["anyOf"] = unions[0]
    if unions and isinstance(told, dict) and isinstance(told.get("propertyName"), str):
        name = told["propertyName"]
        members = next(node.says[key] for key in UNIONS if key in node.says)
        named = {
            member.says["$ref"].rsplit("/", 1)[-1]: rule
            for member, rule in zip(members, unions[0], strict=True)
            if "$ref" in member.says
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


def _or_null(rule: dict[str, Json], node: Node) -> Json:
    if node.says.get("nullable") is not True:
        return rule
    if isinstance(rule.get("type"), str) and not {"enum", "const"} & rule.keys():
        return {**rule, "type": [rule["type"], "null"]}
    return {"anyOf": [rule, {"type": "null"}]} if rule else rule
