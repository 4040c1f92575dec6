"""Rules, which validate values: each schema as JSON Schema 2020-12 with references of our own, discriminators as conditions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from scripts.contract.reading.keywords import RULED, Node
from scripts.contract.reading.nodes import COMPONENTS, SUBTYPES, Nodes
from scripts.contract.reading.untyped import list_or_empty, mapping_or_empty
from scripts.intake.prose import UNIONS
from scripts.intake.yaml_text import Pointer, reference, referred

# Keywords that may refuse null beside a type that allows it.
_REFUSING_NULL = frozenset({"allOf", "anyOf", "const", "enum", "if", "not"})
# The steps to schemas that say something of the same value.
_IN_PLACE = frozenset({"allOf", *UNIONS, SUBTYPES})


@dataclass(frozen=True, slots=True)
class Choice:
    """Which variant of a union each value of its discriminator means.

    Attributes:
        property: The property that tells them apart.
        variants: The variant (its index) that each value means.
        is_stated: Whether the document states the values of all: by a mapping, or by `enum` or `const` of the variants. Else the names of
            types are values, too, though services may send others.
        otherwise: The variant that all other values mean, if there is one (OpenAPI 3.2, `defaultMapping`).
    """

    property: str
    variants: Mapping[str, int]
    is_stated: bool
    otherwise: int | None = None


class Rules:
    """Writes the rules of one document's schemas."""

    def __init__(self, nodes: Nodes, key_of: Callable[[Node], str]) -> None:
        """`key_of` gives the key of a type that a reference leads to."""
        self._nodes = nodes
        self._key_of = key_of
        self._rules: dict[Pointer, object] = {}

    def rule(self, node: Node) -> object:
        """The schema as JSON Schema 2020-12 without annotations, but for `readOnly` and `writeOnly`; references as `#/$defs/KEY`."""
        if node.pointer not in self._rules:
            self._rules[node.pointer] = self._written(node)
        return self._rules[node.pointer]

    def value(self, value: object) -> object:
        """The value of a keyword with rules for the schemas in it."""
        if isinstance(value, Node):
            return self.rule(value)
        if isinstance(value, list):
            return [self.value(item) for item in value]
        if isinstance(value, dict):
            return {key: self.value(item) for key, item in value.items()}
        return value

    def _written(self, node: Node) -> object:
        if node.boolean is not None:
            return node.boolean
        if "$ref" in node.keywords:
            return self._of_reference(node)
        return self._of_keywords(node)

    def _of_keywords(self, node: Node) -> dict[str, object]:
        """The rule of the keywords of a schema, without its reference."""
        subtypes = self._nodes.subtypes(node)
        if subtypes:
            return _or_null(self._base_type(node, subtypes), node)
        rule = {
            key: self.value(value)
            for key, value in node.keywords.items()
            if key in RULED or (key in ("readOnly", "writeOnly") and value)
        }
        self._add_union(rule, node)
        return _or_null(rule, node)

    def _of_reference(self, node: Node) -> object:
        """The rule of a schema with a reference, and of the keywords beside it."""
        target = self._nodes.target(node)
        is_variant = node.pointer[:3] in self._nodes.variants_of(target)
        if is_variant and _is_part(node.pointer):
            # A base type whose variants are its subtypes: as a part of one of them, it is what stands beside the variants.
            if self._nodes.subtypes(target):
                return self._ref_to(self._nodes.alone(target))
            return self._written(target.without(*UNIONS))
        refers = self._ref_to(target)
        if self._nodes.openapi_30:
            return _or_null(refers, node)
        return {**refers, **self._of_keywords(node.without("$ref"))}

    def _ref_to(self, target: Node) -> dict[str, object]:
        return {"$ref": reference(("$defs", self._key_of(target)))}

    def _base_type(self, node: Node, subtypes: list[Node]) -> dict[str, object]:
        """A base type: what it says itself, and for each value of its discriminator what that subtype says."""
        rule = self._ref_to(self._nodes.alone(node))
        choice = self.choice(node, subtypes)
        conditions: list[object] = []
        if choice is not None:
            for value, index in choice.variants.items():
                if index < len(subtypes):
                    chosen = _has_value(choice.property, value)
                    subtype = self.rule(subtypes[index])
                    conditions.append({"if": chosen, "then": subtype})
        if conditions:
            rule["allOf"] = conditions
        return rule

    def _add_union(self, rule: dict[str, object], node: Node) -> None:
        """Write unions as `anyOf`, and what a discriminator says as conditions.

        A value that fits several variants is sent: documents mean `oneOf` for one of these, whatever else fits. The variant that a
        discriminator names must fit, unless it leaves out another variant, which may have its values, too.
        """
        keys = [key for key in UNIONS if key in rule]
        if not keys:
            return
        unions = [list_or_empty(rule.pop(key)) for key in keys]
        rule["anyOf"] = unions[0]
        conditions: list[object] = [{"anyOf": variants} for variants in unions[1:]]
        choice = self.choice(node, node.schemas(keys[0]))
        if choice is not None and _names_all(choice, unions[0]):
            for value, index in choice.variants.items():
                chosen = _has_value(choice.property, value)
                conditions.append({"if": chosen, "then": unions[0][index]})
        if conditions:
            rule["allOf"] = [*list_or_empty(rule.get("allOf")), *conditions]

    def choice(self, union: Node, members: list[Node]) -> Choice | None:
        """The variant that each discriminator value means, for a union or a base type; None without a discriminator.

        The base type itself, alone, stands after its subtypes.
        """
        discriminator = mapping_or_empty(union.keywords.get("discriminator"))
        name = discriminator.get("propertyName")
        if not isinstance(name, str):
            return None
        targets = [self._referred(member) for member in members]
        if self._nodes.subtypes(union):
            targets.append(union.pointer)
        mapped = self._mapped(union, discriminator.get("mapping"), targets)
        stated_values = self._stated_values(name, members)
        variants: dict[str, int] = {}
        is_stated = True
        for index, target in enumerate(targets):
            if index in mapped.values():
                continue
            values = stated_values.get(index, [])
            if not values and target:
                values = [target[-1]]
                is_stated = is_stated and target == union.pointer
            for value in values:
                variants[value] = index
        otherwise = None
        default = discriminator.get("defaultMapping")
        if isinstance(default, str) and _schema_place(default) in targets:
            otherwise = targets.index(_schema_place(default))
        return Choice(name, {**variants, **mapped}, is_stated, otherwise)

    def _mapped(
        self, union: Node, mapping: object, targets: list[Pointer]
    ) -> dict[str, int]:
        """The variant that each value of a stated mapping means."""
        mapped: dict[str, int] = {}
        for value, ref in mapping_or_empty(mapping).items():
            text = str(ref)
            place = _schema_place(text)
            if place in targets:
                mapped[str(value)] = targets.index(place)
            else:
                problem = f"discriminator: {text!r} is no variant"
                self._nodes.warn(union.pointer, problem)
        return mapped

    def _stated_values(self, name: str, members: list[Node]) -> dict[int, list[str]]:
        """The texts that the schema of each member has for the property, by its index; none where another member has one of them, too."""
        by_member: dict[int, list[str]] = {}
        counts: Counter[str] = Counter()
        for index, member in enumerate(members):
            stated = self._nodes.stated_values(member, name)
            values = [value for value in stated if value is not None]
            texts = [value for value in values if isinstance(value, str)]
            if texts and len(texts) == len(values):
                by_member[index] = texts
                counts.update(texts)
        shared_texts = {text for text, count in counts.items() if count > 1}
        return {
            index: texts
            for index, texts in by_member.items()
            if shared_texts.isdisjoint(texts)
        }

    def _referred(self, member: Node) -> Pointer:
        """The place of the type that a member of a union refers to; () where it is none."""
        while len(member.schemas("allOf")) == 1:  # in another spelling
            (member,) = member.schemas("allOf")
        if "$ref" not in member.keywords:
            return ()
        return self._nodes.target(member).pointer


def _is_part(place: Pointer) -> bool:
    """Whether the values of a component are those of a schema inside it: a member of its unions and of its `allOf`, not of its fields."""
    return all(step in _IN_PLACE or step.isdecimal() for step in place[3:])


def _schema_place(text: str) -> Pointer:
    """The place of the schema that a mapping names, by reference or by name."""
    if text.startswith("#/"):
        return referred(text)
    return (*COMPONENTS, text)


def _has_value(name: str, value: str) -> dict[str, object]:
    """The schema of objects in which a property has a value."""
    return {"required": [name], "properties": {name: {"const": value}}}


def _names_all(choice: Choice, variants: list[object]) -> bool:
    """Whether a discriminator names every variant but null, which has no property that could tell."""
    named = choice.variants.values()
    return all(
        index in named or variant == {"type": "null"}
        for index, variant in enumerate(variants)
    )


def _or_null(rule: dict[str, object], node: Node) -> dict[str, object]:
    """The rule, which allows null as well if the schema is nullable.

    Taken at its word, a part such as `allOf` beside `type` would refuse null again. Vendors who write `nullable` there mean null. It is
    written as a condition, since a union would say of a value with faults only that no variant fits.
    """
    if not node.is_nullable or not rule:
        return rule
    if isinstance(rule.get("type"), str) and _REFUSING_NULL.isdisjoint(rule):
        return {**rule, "type": [rule["type"], "null"]}
    return {"if": {"type": "null"}, "else": rule}
