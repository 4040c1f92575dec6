"""What validates: each schema as JSON Schema 2020-12 with references of our own, and which variant a discriminator means."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from scripts.contract.reading.keywords import RULED, Node
from scripts.contract.reading.nodes import COMPONENTS, Nodes
from scripts.intake.prose import MAPS, UNIONS
from scripts.intake.yaml_text import Json, Pointer, reference, referred


@dataclass(frozen=True, slots=True)
class Choice:
    """What a discriminator says: the property, and the variant (its index) that each value means."""

    property: str
    implied: Mapping[str, int]  # by the names of the variants
    mapped: Mapping[str, int]  # by the mapping that is stated


class Rules:
    """Writes the rules of one document's schemas. `key_of` gives the key of a type that a reference leads to."""

    def __init__(self, nodes: Nodes, key_of: Callable[[Node], str]) -> None:
        self._nodes, self._key_of = nodes, key_of
        self._rules: dict[Pointer, Json] = {}

    def rule(self, node: Node) -> Json:
        """The schema as JSON Schema 2020-12 without annotations, but for `readOnly` and `writeOnly`; references as `#/$defs/KEY`."""
        if node.pointer not in self._rules:
            self._rules[node.pointer] = self._written(node)
        return self._rules[node.pointer]

    def value(self, value: Any) -> Json:
        """The value of a keyword with rules for the schemas in it."""
        if isinstance(value, Node):
            return self.rule(value)
        if isinstance(value, list):
            return [self.value(item) for item in value]
        if isinstance(value, dict):
            return {key: self.value(item) for key, item in value.items()}
        return value

    def _written(self, node: Node) -> Json:
        if node.boolean is not None:
            return node.boolean
        if "$ref" in node.keywords:
            return self._reference(node)
        rule = {
            key: self.value(value)
            for key, value in node.keywords.items()
            if key in RULED or (key in ("readOnly", "writeOnly") and value)
        }
        self._add_union(rule, node)
        return _or_null(rule, node)

    def _reference(self, node: Node) -> Json:
        target = self._nodes.target(node)
        is_part = not {*node.pointer[3:]} & MAPS
        if is_part and node.pointer[:3] in self._nodes.variants_of(target):
            # A base type whose variants are its subtypes: as a part of one of them, it is what stands beside the variants.
            return self._written(target.without(*UNIONS))
        refers = {"$ref": reference(("$defs", self._key_of(target)))}
        if self._nodes.openapi_30:
            return _or_null(refers, node)
        beside = self._written(node.without("$ref"))
        return {**refers, **beside}

    def _add_union(self, rule: dict[str, Json], node: Node) -> None:
        """Write unions as `anyOf`, and what a discriminator says as conditions.

        A value that fits several variants is sent: documents mean `oneOf` for one of these, whatever else fits. The variant that a
        discriminator names must fit.
        """
        keys = [key for key in UNIONS if key in rule]
        unions = [rule.pop(key) for key in keys]
        if not unions:
            return
        rule["anyOf"] = unions[0]
        conditions: list[Json] = [{"anyOf": variants} for variants in unions[1:]]
        choice = self.choice(node, node.keywords[keys[0]])
        if choice is not None:
            for value, index in {**choice.implied, **choice.mapped}.items():
                named = {choice.property: {"const": value}}
                chosen = {"required": [choice.property], "properties": named}
                conditions.append({"if": chosen, "then": unions[0][index]})
        if conditions:
            rule["allOf"] = [*rule.get("allOf", ()), *conditions]

    def choice(self, union: Node, members: list[Node]) -> Choice | None:
        """What the discriminator of a union says of its members; None where there is no discriminator."""
        stated = union.keywords.get("discriminator")
        if not isinstance(stated, dict):
            return None
        name = stated.get("propertyName")
        if not isinstance(name, str):
            return None
        targets = [self._referred(member) for member in members]
        implied = {t[-1]: index for index, t in enumerate(targets) if t}
        mapped: dict[str, int] = {}
        mapping = stated.get("mapping")
        for value, ref in mapping.items() if isinstance(mapping, dict) else ():
            text = str(ref)
            place = referred(text) if text.startswith("#/") else (*COMPONENTS, text)
            if place in targets:
                mapped[str(value)] = targets.index(place)
            else:
                problem = f"discriminator: {text!r} is no variant"
                self._nodes.warn(union.pointer, problem)
        return Choice(name, implied, mapped)

    def _referred(self, member: Node) -> Pointer:
        """The place of the type that a member of a union refers to; () where it is none."""
        while len(member.keywords.get("allOf", ())) == 1:  # in another spelling
            (member,) = member.keywords["allOf"]
        if "$ref" not in member.keywords:
            return ()
        return self._nodes.target(member).pointer


def _or_null(rule: dict[str, Json], node: Node) -> Json:
    """The rule, which allows null as well if the schema is nullable."""
    if node.keywords.get("nullable") is not True or not rule:
        return rule
    if isinstance(rule.get("type"), str) and not {"enum", "const"} & rule.keys():
        return {**rule, "type": [rule["type"], "null"]}
    return {"anyOf": [rule, {"type": "null"}]}
