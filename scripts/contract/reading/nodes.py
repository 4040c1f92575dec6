"""The schemas of a document as nodes, each made once; where their references lead, and which of them extend which."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from scripts.common.errors import DocumentError
from scripts.contract.reading.keywords import Node, normalised
from scripts.contract.reading.parts import remedy
from scripts.contract.reading.untyped import list_or_empty, mapping_or_empty
from scripts.intake.prose import LISTS, MAPS, SINGLE, UNIONS
from scripts.intake.references import References
from scripts.intake.yaml_text import Pointer, at, reference, referred

COMPONENTS = ("components", "schemas")
# The step to a base type without its subtypes.
ALONE = "(alone)"
# The step to the references to its subtypes.
SUBTYPES = "(subtypes)"
_MOST_SUBTYPES = 90  # of a base type; one with more stands for itself alone


def type_key(pointer: Pointer) -> str:
    """The key of a type in the contract: its name for a component, else its place."""
    if pointer[:2] == COMPONENTS:
        if len(pointer) == 3:
            return pointer[2]
        if pointer[3:] == (ALONE,):
            return f"{pointer[2]} {ALONE}"
    return at(pointer).removeprefix("#/")


class Nodes:
    """The schemas of one document.

    Attributes:
        openapi_30: Whether keywords beside `$ref` restrict nothing, as in OpenAPI 3.0.
    """

    def __init__(self, document: object, *, openapi_30: bool) -> None:
        self.openapi_30 = openapi_30
        self._warnings: dict[str, None] = {}  # in their order
        self._references = References(document)
        self._nodes: dict[Pointer, Node] = {}
        self._inheritance = _inheritance(document)
        self._variants_by_place: dict[Pointer, frozenset[Pointer]] = {}

    @property
    def warnings(self) -> tuple[str, ...]:
        """Messages about what was not understood, each with its place."""
        return tuple(self._warnings)

    def warn(self, place: Pointer, text: str) -> None:
        """Note what was not understood, once."""
        self._warnings[f"{at(place)}: {text}"] = None

    def node(self, raw: object, place: Pointer) -> Node:
        """The schema that stands at a place."""
        node = self._nodes.get(place)
        if node is None:
            node = self._read(raw, place)
            self._nodes[place] = node
        return node

    def _read(self, raw: object, place: Pointer) -> Node:
        if raw is True:
            return Node(place, {}, boolean=True)
        if raw is False:
            everything = self.node(True, (*place, "not"))
            return Node(place, {"not": everything}, boolean=False)
        if not isinstance(raw, dict):
            self.warn(place, f"a schema must be a mapping, not {raw!r:.40}")
            raw = {}
        keywords = normalised(
            self._without_dynamic_reference(raw, place),
            lambda text: self.warn(place, text),
            lambda ref: place in self._bases_of(referred(ref)),
        )
        for key, value in keywords.items():
            keywords[key] = self._value(key, value, place)
        return Node(place, keywords)

    def _without_dynamic_reference(
        self, raw: dict[str, object], place: Pointer
    ) -> dict[str, object]:
        """Write `$dynamicRef` as `$ref`, which means the same where only one schema has that `$dynamicAnchor` (JSON Schema Core, 8.2.3.2).

        Raises:
            DocumentError: Several schemas have it.
        """
        ref = raw.get("$dynamicRef")
        if not isinstance(ref, str) or "$ref" in raw:
            return raw
        name = ref.rpartition("#")[2]
        if self._references.dynamic_anchors(name) > 1:
            raise DocumentError(
                f"{at(place)}: $dynamicRef {ref!r} may mean several schemas, which is not supported; use $ref for the one that is meant"
            )
        plain = {"$ref": ref, **raw}
        del plain["$dynamicRef"]
        return plain

    def _value(self, key: str, value: object, holder: Pointer) -> object:
        """The value of a keyword; the schemas in it as nodes."""
        if key in SINGLE:
            return self.node(value, (*holder, key))
        if key in LISTS and isinstance(value, list):
            return [
                self.node(item, (*holder, key, str(index)))
                for index, item in enumerate(value)
            ]
        if key in MAPS and isinstance(value, dict):
            return {
                name: self.node(item, (*holder, key, name))
                for name, item in value.items()
            }
        return value

    def target(self, node: Node, chain: tuple[Pointer, ...] = ()) -> Node:
        """The schema that a reference leads to, one step only.

        Args:
            chain: Places of schemas that led here; the reference must lead to none of them.

        Raises:
            DocumentError: It leads nowhere, to what is no schema, or back to itself.
        """
        ref = node.reference
        try:
            place, raw = self._references.locate(ref, node.pointer)
        except DocumentError as error:
            raise DocumentError(f"{at(node.pointer)}: {error}{remedy(ref)}") from None
        is_document = not place
        if is_document or not isinstance(raw, dict | bool):
            raise DocumentError(
                f"{at(node.pointer)}: {ref!r} refers to no schema; let it refer to one, such as '#/components/schemas/Name'"
            )
        if place in chain:
            raise DocumentError(
                f"{at(node.pointer)}: {ref!r} refers to itself; write the schema that is meant in its place"
            )
        return self.node(raw, place)

    # Base types and their subtypes

    def _bases_of(self, place: Pointer) -> set[Pointer]:
        """The places of the components that a component extends by `allOf`, directly or not."""
        bases: set[Pointer] = set()
        pending = [place]
        while pending:
            for base in self._inheritance.bases.get(pending.pop(), ()):
                if base not in bases:
                    bases.add(base)
                    pending.append(base)
        return bases

    def extends(self, member: Node, place: Pointer) -> bool:
        """Whether a schema is a mere reference to a component that extends the one at a place."""
        if member.keywords.keys() != {"$ref"}:
            return False
        return place in self._bases_of(self.target(member).pointer)

    def subtypes(self, node: Node) -> list[Node]:
        """References to the components that extend a base type whose discriminator tells them apart; none for any other schema.

        OpenAPI, Discriminator Object: such a base type needs no union that names its subtypes.
        """
        if node.pointer not in self._inheritance.subtypes or not _is_base_type(node):
            return []
        places = []
        pending = list(self._inheritance.subtypes[node.pointer])
        for place in pending:  # grows
            if place not in places and place != node.pointer:
                places.append(place)
                pending += self._inheritance.subtypes.get(place, ())
        if len(places) > _MOST_SUBTYPES:
            problem = f"{len(places)} subtypes; values are read as the base type alone"
            self.warn(node.pointer, problem)
            return []
        return [
            Node((*node.pointer, SUBTYPES, str(i)), {"$ref": reference(place)})
            for i, place in enumerate(places)
        ]

    def alone(self, node: Node) -> Node:
        """A base type without its subtypes."""
        place = (*node.pointer, ALONE)
        if place not in self._nodes:
            alone = node.without("discriminator", "nullable")
            self._nodes[place] = Node(
                place, alone.keywords, alone.base_key, alone.boolean
            )
        return self._nodes[place]

    def stated_values(self, node: Node, name: str) -> list[object]:
        """The values that a property may have by `enum` or `const`, in a schema and what it extends; none where nothing says so."""
        common: list[object] | None = None
        pending = [node]
        seen: set[Pointer] = set()
        while pending:
            schema = pending.pop()
            if schema.pointer in seen:
                continue
            seen.add(schema.pointer)
            if name in schema.properties:
                values = self._values_of(schema.properties[name])
                if values and common is None:
                    common = values
                elif values:
                    common = [value for value in common or () if value in values]
            if "$ref" in schema.keywords:
                pending.append(self.target(schema))
            pending += schema.schemas("allOf")
        return common or []

    def _values_of(self, field: Node) -> list[object]:
        """The values of `const` or `enum` of a field, references followed; none where it has neither."""
        seen: set[Pointer] = set()
        while "$ref" in field.keywords and field.pointer not in seen:
            seen.add(field.pointer)
            field = self.target(field)
        if "const" in field.keywords:
            return [field.keywords["const"]]
        return field.values("enum")

    def variants_of(self, node: Node) -> frozenset[Pointer]:
        """The places of the types of which a value may be: those in the unions of a schema, in unions inside these, and its subtypes.

        A base type with a union of its own subtypes is among them, since each of these refers to it in `allOf`.
        """
        if node.pointer not in self._variants_by_place:
            self._variants_by_place[node.pointer] = self._variants(node)
        return self._variants_by_place[node.pointer]

    def _variants(self, node: Node) -> frozenset[Pointer]:
        places = {self.target(subtype).pointer for subtype in self.subtypes(node)}
        pending: list[Node] = []
        for key in UNIONS:
            pending += node.schemas(key)
        while pending:
            member = pending.pop()
            if "$ref" in member.keywords:
                target = self.target(member)
                if target.pointer not in places:
                    places.add(target.pointer)
                    pending.append(target)
            for key in ("allOf", *UNIONS):
                pending += member.schemas(key)
        return frozenset(places)


@dataclass(frozen=True, slots=True)
class _Inheritance:
    """Which components extend which others by `allOf`.

    Attributes:
        bases: The places of those that a component extends directly, by its place.
        subtypes: The places of those that extend it directly.
    """

    bases: Mapping[Pointer, list[Pointer]]
    subtypes: Mapping[Pointer, list[Pointer]]


def _inheritance(document: object) -> _Inheritance:
    bases: dict[Pointer, list[Pointer]] = {}
    subtypes: dict[Pointer, list[Pointer]] = {}
    components = mapping_or_empty(mapping_or_empty(document).get("components"))
    for name, raw in mapping_or_empty(components.get("schemas")).items():
        place = (*COMPONENTS, name)
        for base in _bases(raw):
            bases.setdefault(place, []).append(base)
            subtypes.setdefault(base, []).append(place)
    return _Inheritance(bases, subtypes)


def _bases(raw: object) -> Iterator[Pointer]:
    """The places to which references among the members of `allOf` lead."""
    for member in list_or_empty(mapping_or_empty(raw).get("allOf")):
        ref = mapping_or_empty(member).get("$ref")
        if isinstance(ref, str) and ref.startswith("#/"):
            yield referred(ref)


def _is_base_type(node: Node) -> bool:
    """Whether a component leaves it to its discriminator to tell which subtype a value is."""
    discriminator = node.keywords.get("discriminator")
    if not isinstance(discriminator, dict) or {*UNIONS} & node.keywords.keys():
        return False
    is_component = len(node.pointer) == 3 and node.pointer[:2] == COMPONENTS
    return is_component and isinstance(discriminator.get("propertyName"), str)
