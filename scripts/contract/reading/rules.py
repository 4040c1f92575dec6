"""Schemas in one spelling, where their references lead, and what validates the same values."""

from __future__ import annotations

from collections import deque
from typing import Any

from scripts.common.errors import DocumentError
from scripts.contract.model import Json, Pointer, at
from scripts.contract.reading.keywords import RULED, Node, spelt
from scripts.intake.document import locate
from scripts.intake.prose import LISTS, MAPS, SINGLE, UNIONS
from scripts.intake.yaml_text import reference, referred

COMPONENTS = ("components", "schemas")

# What reading trips over where a list stands for a mapping, or a number for text.
MALFORMED = (AttributeError, LookupError, RecursionError, TypeError, ValueError)


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
        if isinstance(raw, bool):
            says = {} if raw else {"not": self.node(True, (*place, "not"))}
            return Node(place, says, alone=raw)
        if not isinstance(raw, dict):
            self.warn(place, f"a schema must be a mapping, not {raw!r:.40}")
            raw = {}
        says = spelt(raw, lambda text: self.warn(place, text))
        return Node(place, {k: self._inner(k, v, place) for k, v in says.items()})

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
            if key in RULED or (key in ("readOnly", "writeOnly") and value)
        }
        self._any_of(made, node)
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

    def _any_of(self, made: dict[str, Json], node: Node) -> None:
        """A value that fits several variants is sent: documents mean `oneOf` for one of these, whatever else fits. The variant that a
        discriminator names must fit."""
        keys = [key for key in UNIONS if key in made]
        unions = [made.pop(key) for key in keys]
        conditions = [{"anyOf": variants} for variants in unions[1:]]
        if unions:
            made["anyOf"] = unions[0]
        if unions and (told := self.named(node, node.says[keys[0]])):
            name, implied, mapped = told
            for value, index in (implied | mapped).items():
                chosen = {"required": [name], "properties": {name: {"const": value}}}
                conditions.append({"if": chosen, "then": unions[0][index]})
        if conditions:
            made["allOf"] = [*made.get("allOf", ()), *conditions]

    def named(
        self, union: Node, members: list[Node]
    ) -> tuple[str, dict[str, int], dict[str, int]] | None:
        """The property that tells the members of a union apart, and which one each value means: by component, and by a mapping."""
        told = union.says.get("discriminator")
        if not isinstance(told, dict) or not isinstance(told.get("propertyName"), str):
            return None
        targets = []
        for member in members:
            while len(member.says.get("allOf", ())) == 1:  # in another spelling
                (member,) = member.says["allOf"]
            targets.append(self._target(member).at if "$ref" in member.says else ())
        mapping, mapped = told.get("mapping"), {}
        for value, held in mapping.items() if isinstance(mapping, dict) else ():
            ref = str(held)
            target = referred(ref) if ref.startswith("#/") else (*COMPONENTS, ref)
            if target in targets:
                mapped[str(value)] = targets.index(target)
            else:
                self.warn(union.at, f"discriminator: {ref!r} is no variant")
        return (
            told["propertyName"],
            {t[-1]: i for i, t in enumerate(targets) if t},
            mapped,
        )


def _or_null(rule: dict[str, Json], node: Node) -> Json:
    if node.says.get("nullable") is not True:
        return rule
    if isinstance(rule.get("type"), str) and not {"enum", "const"} & rule.keys():
        return {**rule, "type": [rule["type"], "null"]}
    return {"anyOf": [rule, {"type": "null"}]} if rule else rule
