"""Components that include a base which has a discriminator (OpenAPI, Discriminator Object, the form with `allOf`)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from scripts.conformance.json_values import mapping_of
from scripts.conformance.pointers import Pointer
from scripts.conformance.raw import Node, RawDocument


@dataclass(frozen=True, slots=True)
class Subtype:
    """One component that includes a base.

    Attributes:
        property_name: The property that tells the subtypes apart.
        tag: The value of that property.
    """

    property_name: str
    tag: str
    schema: Node


class Subtypes:
    """Finds the subtypes of the schemas of one document."""

    def __init__(self, document: RawDocument) -> None:
        self._document = document
        self._by_base: dict[Pointer, list[Subtype]] = {}

    def of(self, node: Node) -> list[Subtype]:
        """The subtypes of a schema; none where it has no discriminator, or lists its variants itself."""
        discriminator = mapping_of(node.keywords.get("discriminator"))
        if "propertyName" not in discriminator:
            return []
        if node.keywords.get("oneOf") or node.keywords.get("anyOf"):
            return []
        if node.pointer not in self._by_base:
            self._by_base[node.pointer] = list(self._find(node, discriminator))
        return self._by_base[node.pointer]

    def _find(self, base: Node, discriminator: dict[str, object]) -> Iterator[Subtype]:
        property_name = str(discriminator["propertyName"])
        tags = {
            str(target).rpartition("/")[2]: str(tag)
            for tag, target in mapping_of(discriminator.get("mapping")).items()
        }
        for name, schema in self._component_schemas():
            if not isinstance(schema.value, dict):
                continue
            for member in self._document.members(schema, "allOf"):
                target = self._document.follow_if_possible(member)
                if target is not None and target.pointer == base.pointer:
                    component = Node(schema.pointer, schema.value, name)
                    yield Subtype(property_name, tags.get(name, name), component)

    def _component_schemas(self) -> Iterator[tuple[str, Node]]:
        components = self._document.optional(self._document.root, "components")
        if components is None:
            return
        schemas = self._document.optional(components, "schemas")
        if schemas is not None:
            yield from self._document.items(schemas)
