"""The schemas of a document as nodes, each read once, and where their references lead."""

from __future__ import annotations

from typing import Any

from scripts.common.errors import DocumentError
from scripts.contract.reading.keywords import Node, normalised
from scripts.intake.document import locate
from scripts.intake.prose import LISTS, MAPS, SINGLE, UNIONS
from scripts.intake.yaml_text import Json, Pointer, at

COMPONENTS = ("components", "schemas")

# What reading trips over where a list stands for a mapping, or a number for text.
MALFORMED = (AttributeError, LookupError, RecursionError, TypeError, ValueError)


def reason(error: Exception, place: Pointer) -> str:
    """Why a part of the document cannot be read, in words for a person."""
    if isinstance(error, DocumentError):
        return str(error)
    return f"{at(place)}: not shaped as OpenAPI documents are ({type(error).__name__})"


def type_key(pointer: Pointer) -> str:
    """The key of a type in the contract: its name for a component, else its place."""
    if len(pointer) == 3 and pointer[:2] == COMPONENTS:
        return pointer[2]
    return at(pointer).removeprefix("#/")


class Nodes:
    """The schemas of one document.

    Attributes:
        openapi_30: Whether keywords beside `$ref` restrict nothing, as in OpenAPI 3.0.
        warnings: What was not understood, each with its place.
    """

    def __init__(self, document: Json, *, openapi_30: bool) -> None:
        self.openapi_30 = openapi_30
        self.warnings: list[str] = []
        self._document = document
        self._nodes: dict[Pointer, Node] = {}
        self._same_value: dict[Pointer, frozenset[Pointer]] = {}

    def warn(self, place: Pointer, text: str) -> None:
        """Note what was not understood, once."""
        message = f"{at(place)}: {text}"
        if message not in self.warnings:
            self.warnings.append(message)

    def node(self, raw: Json, place: Pointer) -> Node:
        """The schema that stands at a place."""
        if place not in self._nodes:
            self._nodes[place] = self._read(raw, place)
        return self._nodes[place]

    def _read(self, raw: Json, place: Pointer) -> Node:
        if isinstance(raw, bool):
            keywords = {} if raw else {"not": self.node(True, (*place, "not"))}
            return Node(place, keywords, boolean=raw)
        if not isinstance(raw, dict):
            self.warn(place, f"a schema must be a mapping, not {raw!r:.40}")
            raw = {}
        keywords = normalised(raw, lambda text: self.warn(place, text))
        return Node(place, {k: self._value(k, v, place) for k, v in keywords.items()})

    def _value(self, key: str, value: Json, holder: Pointer) -> Any:
        """The value of a keyword; the schemas in it as nodes."""
        place = (*holder, key)
        if key in SINGLE:
            return self.node(value, place)
        if key in LISTS:
            return [self.node(item, (*place, str(i))) for i, item in enumerate(value)]
        if key in MAPS:
            return {name: self.node(v, (*place, name)) for name, v in value.items()}
        return value

    def target(self, node: Node, chain: tuple[Pointer, ...] = ()) -> Node:
        """The schema that a reference names; if that is a reference, too, it is not followed.

        Args:
            chain: Places of schemas that led here, of which the reference must name none.

        Raises:
            DocumentError: It leads nowhere, to what is no schema, or back to itself.
        """
        ref = node.keywords["$ref"]
        if not ref.startswith("#/"):
            raise DocumentError(
                f"{at(node.pointer)}: the reference {ref!r} points outside the document"
            )
        try:
            place, raw = locate(self._document, ref)
        except DocumentError as error:
            raise DocumentError(f"{at(node.pointer)}: {error}") from None
        if not isinstance(raw, dict | bool):
            raise DocumentError(f"{at(node.pointer)}: {ref!r} refers to no schema")
        if place in chain:
            raise DocumentError(f"{at(node.pointer)}: {ref!r} refers to itself")
        return self.node(raw, place)

    def variants_of(self, node: Node) -> frozenset[Pointer]:
        """The places of the types that a value may be by the unions of a schema, also by unions inside these.

        A base type whose variants are its own subtypes is one of them.
        """
        if node.pointer not in self._same_value:
            self._same_value[node.pointer] = self._variants(node)
        return self._same_value[node.pointer]

    def _variants(self, node: Node) -> frozenset[Pointer]:
        found: set[Pointer] = set()
        pending = [member for key in UNIONS for member in node.keywords.get(key, ())]
        while pending:
            member = pending.pop()
            if "$ref" in member.keywords:
                target = self.target(member)
                if target.pointer not in found:
                    found.add(target.pointer)
                    pending.append(target)
            for key in ("allOf", *UNIONS):
                pending += member.keywords.get(key, ())
        return frozenset(found)
