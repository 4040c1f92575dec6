"""The class that a document names for a value, and whether a result has it.

Source: OpenAPI 3.0.4, 3.1.1 and 3.2.0, Discriminator Object, Composition and Inheritance.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from scripts.conformance.drawing import Sampler
from scripts.conformance.json_values import list_of, mapping_of
from scripts.conformance.pointers import Pointer
from scripts.conformance.raw import Node, RawDocument
from scripts.conformance.results import Model
from scripts.conformance.scalars import Use


class ClassReader:
    """Reads the classes of one document."""

    def __init__(self, document: RawDocument, sampler: Sampler) -> None:
        self._document = document
        self._sampler = sampler

    # The classes of a result

    def faults(
        self, schema: Node, value: object, result: object, place: str = ""
    ) -> Iterator[str]:
        """Where a result is of another class than the document names."""
        if isinstance(value, list) and isinstance(result, list):
            for index, item in enumerate(value[: len(result)]):
                item_schema = self._item_schema(schema, value, index)
                if item_schema is not None:
                    item_place = f"{place}[{index}]"
                    yield from self.faults(item_schema, item, result[index], item_place)
        elif isinstance(value, dict):
            yield from self._object_faults(schema, value, result, place)

    def _object_faults(
        self, schema: Node, value: dict[str, object], result: object, place: str
    ) -> Iterator[str]:
        candidates = self._candidates(schema, value, set())
        named = [c for c in candidates if c.component and self._has_fields(c)]
        names = " or ".join(sorted({c.component for c in named}))
        all_are_named = bool(named) and len(named) == len(candidates)
        where = place or "the answer"
        if isinstance(result, dict):
            if all_are_named:
                yield f"{where} stays a dictionary, not {names}"
            return
        if not isinstance(result, Model):
            return
        class_name = type(result).__name__
        matching = [c for c in candidates if _is_class_of(c.component, class_name)]
        if all_are_named and not matching and not self._adds_fields(schema):
            yield f"{where} is a {class_name}, not {names}"
            return
        for candidate in (matching or candidates)[:1]:
            for name, item in value.items():
                member_schema = self._property_schema(candidate, name)
                if member_schema is None:
                    continue
                member_place = name
                if place:
                    member_place = f"{place}.{name}"
                member = attribute(result, name)
                yield from self.faults(member_schema, item, member, member_place)

    def _adds_fields(self, schema: Node) -> bool:
        """Whether a union declares fields beside its variants: no variant's class holds these, so it has classes of its own."""
        node = self._follow(schema)
        return node is not None and bool(
            node.keywords.get("properties") and self._all_variants(node)
        )

    def _has_fields(self, schema: Node) -> bool:
        """Whether a component declares fields, itself or by what it includes."""
        return self._declares_fields(schema, set())

    def _declares_fields(self, schema: Node, visited: set[Pointer]) -> bool:
        node = self._follow(schema)
        if node is None or node.pointer in visited:
            return False
        visited.add(node.pointer)
        if node.keywords.get("properties"):
            return True
        members = self._document.members(node, "allOf")
        return any(self._declares_fields(member, visited) for member in members)

    # The schemas of a value

    def _follow(self, schema: Node) -> Node | None:
        """The target of a schema's reference, under the name of its last component; None where it is none."""
        node = self._document.follow_if_possible(schema)
        if node is None or not isinstance(node.value, dict):
            return None
        return Node(node.pointer, node.value, node.component or schema.component)

    def _all_variants(self, node: Node) -> list[Node]:
        members = self._document.members
        return members(node, "oneOf") + members(node, "anyOf")

    def _candidates(
        self, schema: Node, value: object, visited: set[Pointer]
    ) -> list[Node]:
        """The schemas of which the value is one: the variants that the document means, or the schema itself."""
        node = self._follow(schema)
        if node is None or node.pointer in visited:
            return []
        visited = {*visited, node.pointer}
        variants = [v for v in self._all_variants(node) if self._makes_a_type(v)]
        if variants:
            candidates = []
            for variant in self._chosen_variants(node, variants, value):
                candidates += self._candidates(variant, value, visited)
            return candidates
        subtype = self._subtype(node, value)
        if subtype is not None:
            return self._candidates(subtype, value, visited)
        members = self._document.members(node, "allOf")
        if len(members) != 1 or "properties" in node.keywords:
            return [node]
        if self._requires_more(node, members[0]):
            return [node]
        # It only gives another name, or none, to what it includes.
        candidates = self._candidates(members[0], value, visited)
        if node.component:
            candidates.insert(0, node)
        return candidates

    def _requires_more(self, node: Node, member: Node) -> bool:
        """Whether a schema requires fields that what it includes leaves optional: then it is a type of its own."""
        included = self._follow(member)
        if included is None:
            return False
        required = list_of(node.keywords.get("required"))
        already_required = list_of(included.keywords.get("required"))
        return any(name not in already_required for name in required)

    def _makes_a_type(self, variant: Node) -> bool:
        """Whether a variant makes a type, rather than adding a rule such as `required`."""
        node = self._follow(variant)
        if node is None:
            return False
        return bool(node.component) or bool(node.keywords.keys() - {"required", "not"})

    def _chosen_variants(
        self, union: Node, variants: list[Node], value: object
    ) -> list[Node]:
        """The variants that the discriminator names, if they may allow the value; else those that surely do, else those that may."""
        tagged = [v for v in variants if self._is_tagged(union, v, value)]
        tagged = [v for v in tagged if self._may_be(v, value)]
        if tagged:
            return tagged
        valid = [v for v in variants if self._sampler.is_valid(v, value)]
        return valid or [v for v in variants if self._may_be(v, value)]

    def _may_be(self, variant: Node, value: object) -> bool:
        return self._sampler.accepts(variant, value, Use.RECEIVED) is not False

    def _subtype(self, base: Node, value: object) -> Node | None:
        """The subtype that a value's discriminator names."""
        fields = mapping_of(value)
        for subtype in self._sampler.subtypes.of(base):
            if fields.get(subtype.property_name) == subtype.tag:
                return subtype.schema
        return None

    def _is_tagged(self, union: Node, variant: Node, value: object) -> bool:
        """Whether the discriminator of a union names a variant for a value."""
        discriminator = union.keywords.get("discriminator")
        if not isinstance(discriminator, dict) or not isinstance(value, dict):
            return False
        tag = value.get(str(discriminator.get("propertyName")))
        component = self._document.follow(variant).component
        target = mapping_of(discriminator.get("mapping")).get(str(tag))
        if target is not None:
            return str(target).rpartition("/")[2] == component
        return bool(tag == component)

    def _item_schema(self, schema: Node, value: object, index: int) -> Node | None:
        """The schema of an item of a list."""
        for candidate in self._candidates(schema, value, set()):
            prefix = self._document.members(candidate, "prefixItems")
            if index < len(prefix):
                return prefix[index]
            items = self._document.optional(candidate, "items")
            if items is not None and isinstance(items.value, dict):
                return items
        return None

    def _property_schema(self, schema: Node, name: str) -> Node | None:
        """The schema of a field; None where several apply together, which have no name in common."""
        schemas: dict[Pointer, Node] = {}
        waiting = [schema]
        visited: set[Pointer] = set()
        while waiting:
            node = self._follow(waiting.pop())
            if node is None or node.pointer in visited:
                continue
            visited.add(node.pointer)
            properties = self._document.optional(node, "properties")
            if properties is not None and name in properties.keywords:
                member = self._document.child(properties, name)
                schemas[member.pointer] = member
            waiting += self._document.members(node, "allOf")
        if len(schemas) != 1:
            return None
        return next(iter(schemas.values()))

    # Discriminators that contradict the rest

    def contradicts_tag(self, schema: Node, value: object) -> bool:
        """Whether a discriminator names a variant that does not allow the value: JSON Schema looks at the others, a client need not."""
        node = self._follow(schema)
        if node is None:
            return False
        variants = self._all_variants(node)
        named = [v for v in variants if self._is_tagged(node, v, value)]
        subtype = self._subtype(node, value)
        if subtype is not None:
            named.append(subtype)
        if named and not any(self._may_be(variant, value) for variant in named):
            return True
        if isinstance(value, list):
            return self._items_contradict(schema, value)
        if isinstance(value, dict):
            return any(self._fields_contradict(s, value) for s in [node, *variants])
        return False

    def _items_contradict(self, schema: Node, value: list[object]) -> bool:
        for index, item in enumerate(value):
            item_schema = self._item_schema(schema, value, index)
            if item_schema is not None and self.contradicts_tag(item_schema, item):
                return True
        return False

    def _fields_contradict(self, schema: Node, value: dict[str, object]) -> bool:
        for name, item in value.items():
            if not isinstance(item, dict | list):
                continue
            member = self._property_schema(schema, name)
            if member is not None and self.contradicts_tag(member, item):
                return True
        return False


def _letters(name: str) -> str:
    """Letters and digits of a name, in lower case, as Python reads identifiers (PEP 3131)."""
    normalised = unicodedata.normalize("NFKC", name)
    return re.sub(r"[^a-z0-9]", "", normalised.lower())


_LONGEST_NAME = 100  # letters; a longer one may be shortened


def _is_class_of(component: str, class_name: str) -> bool:
    """Whether a class is named after a component; a number told it apart from others of the same spelling."""
    component_letters = _letters(component)
    class_letters = _letters(class_name)
    if component_letters[:1].isdigit():
        class_letters = class_letters.lstrip("abcdefghijklmnopqrstuvwxyz")
    if len(component_letters) > _LONGEST_NAME:
        # Names of files have a limit, so that of a class may be shortened and numbered.
        beginning = class_letters.rstrip("0123456789")
        return len(beginning) > _LONGEST_NAME // 2 and component_letters.startswith(
            beginning
        )
    pattern = re.escape(component_letters) + r"(\d*|model|type\d+)"
    return re.fullmatch(pattern, class_letters) is not None


def attribute(model: Model, name: str) -> object:
    """The attribute of a model that holds a field, by the field's name on the wire; None where it is not found."""
    spellings = {_letters(name), "field" + _letters(name)}
    declared_attributes = getattr(type(model), "__attrs_attrs__", ())
    all_names = [str(declared.name) for declared in declared_attributes]
    if name == "additionalProperties":
        # The attribute of that name holds what the document does not declare.
        all_names = [n for n in all_names if n != "additional_properties"]
        spellings.add(_letters(f"{name}2"))
    names = [n for n in all_names if _letters(n) in spellings]
    if len(names) == 1:
        attribute_value: object = getattr(model, names[0])
        return attribute_value
    additional = getattr(model, "additional_properties", None)
    return mapping_of(additional).get(name)
