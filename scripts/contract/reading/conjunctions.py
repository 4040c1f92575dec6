"""Schemas that apply together: the keywords of a schema, and those of all that `allOf` and `$ref` add to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from scripts.contract.reading.combine import types_of
from scripts.contract.reading.keywords import ASSERTIONS, Node
from scripts.contract.reading.nodes import Nodes
from scripts.intake.prose import PROSE, UNIONS
from scripts.intake.yaml_text import Pointer

_ASSERTIONS_BUT_NULLABLE = ASSERTIONS - {"nullable"}
# What may stand in the members of `allOf` of a schema that only refers to a type.
_HARMLESS = frozenset({"$ref", "allOf", "nullable"})


@dataclass(frozen=True, slots=True)
class Use:
    """A schema that only refers to a type: nothing that restricts values stands beside the reference.

    Attributes:
        target: The type, aliases followed.
        beside: The keywords beside the references on the way; what stands nearer to the schema goes first.
    """

    target: Node
    beside: dict[str, object]


class Conjunctions:
    """Collects the schemas that apply together. One for each document."""

    def __init__(self, nodes: Nodes, key_of: Callable[[Node], str]) -> None:
        """`key_of` gives the key of a type that a reference leads to."""
        self._nodes = nodes
        self._key_of = key_of

    def nodes(self, node: Node) -> list[Node]:
        """The keywords of a schema and of all that `allOf` and `$ref` add to it, each once.

        Raises:
            DocumentError: A reference leads nowhere, or back to the schema.
        """
        collected: dict[Pointer, Node] = {}
        self._collect(node, (node.pointer,), "", collected)
        return list(collected.values())

    def _collect(
        self,
        node: Node,
        chain: tuple[Pointer, ...],
        base_key: str,
        collected: dict[Pointer, Node],
    ) -> None:
        """Add a schema and what applies beside it.

        Args:
            chain: Places of the schemas that led here, this one included.
            base_key: Key of the innermost type that it belongs to, where `allOf` or `$ref` led there.
            collected: Takes the schemas, by their places.
        """
        if node.pointer in collected:
            return
        own = node.without("allOf", "$ref")
        # A base type may have a union of its subtypes. For one of these, the union says nothing: the value is that subtype.
        if len(chain) > 1 and self._nodes.variants_of(node) & {*chain[:-1]}:
            own = own.without(*UNIONS)
        collected[node.pointer] = own.within(base_key)
        if "$ref" in node.keywords:
            target = self._nodes.target(node, chain)
            base_type = target
            if self._nodes.subtypes(target):
                base_type = self._nodes.alone(target)
            key = self._key_of(base_type)
            self._collect(target, (*chain, target.pointer), key, collected)
        for member in node.schemas("allOf"):
            self._collect(member, chain, base_key, collected)

    def use(self, node: Node) -> Use | None:
        """The type that a schema only refers to; None where the schema says more than the reference.

        Raises:
            DocumentError: A reference leads nowhere, or back to the schema.
        """
        return self._use(node, (node.pointer,))

    def _use(self, node: Node, chain: tuple[Pointer, ...]) -> Use | None:
        reference = _only_reference(node)
        if reference is None:
            return None
        target = self._nodes.target(reference, chain)
        beside: dict[str, object] = {}
        for schema in (*reversed(_all_members(node)), node):
            beside |= schema.without("$ref", "allOf").keywords
        restricting = beside.keys() & _ASSERTIONS_BUT_NULLABLE
        types = [name for name in types_of(target) if name != "null"]
        repeats_type = restricting == {"type"} and types == [beside["type"]]
        if restricting and not repeats_type:
            if not (self._nodes.openapi_30 and "$ref" in node.keywords):
                return None
            ignored = "keywords beside $ref, which OpenAPI 3.0 ignores"
            self._nodes.warn(node.pointer, ignored)
        further = self._use(target, (*chain, target.pointer))
        if further is None:
            return Use(target, beside)
        for key, value in further.beside.items():
            if key not in PROSE:
                beside.setdefault(key, value)
        return Use(further.target, beside)


def _all_members(node: Node) -> list[Node]:
    """The members of `allOf`, and of `allOf` in these."""
    members = list(node.schemas("allOf"))
    for member in members:  # grows
        members += member.schemas("allOf")
    return members


def _only_reference(node: Node) -> Node | None:
    """The only schema with a reference among a schema and the members of its `allOf`; None where these restrict values, too."""
    if "$ref" not in node.keywords and "allOf" not in node.keywords:
        return None
    members = _all_members(node)
    for member in members:
        restricting = (member.keywords.keys() & ASSERTIONS) - _HARMLESS
        # The only member may repeat the type of the reference, as the schema itself may.
        if restricting and (restricting != {"type"} or len(node.schemas("allOf")) > 1):
            return None
    with_reference = [each for each in (node, *members) if "$ref" in each.keywords]
    if len(with_reference) != 1:
        return None
    return with_reference[0]
