"""An OpenAPI document as it is written: references are followed, nothing is merged and nothing is renamed.

The judge reads documents with this module and `operations` alone. They share no code with the contract, the generator or the client, so
that a misreading there cannot hide itself here. Sources: OpenAPI 3.0.4, 3.1.1 and 3.2.0; RFC 6901 (JSON Pointer).
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from scripts.conformance.anchors import resolve_identifiers
from scripts.conformance.json_values import list_of, mapping_of
from scripts.conformance.pointers import Pointer, fragment_of


class UnresolvableError(Exception):
    """A reference leads to nothing in this document."""


@dataclass(frozen=True, slots=True)
class Node:
    """A part of the document.

    Attributes:
        pointer: Where it stands.
        value: What stands there.
        component: Name of the last component that a reference to it went through, else empty.
    """

    pointer: Pointer
    value: object
    component: str = ""

    def text(self) -> str:
        """The pointer as a URI fragment."""
        return fragment_of(self.pointer)

    @property
    def keywords(self) -> dict[str, object]:
        """The value as a mapping; an empty one where it is something else."""
        return mapping_of(self.value)


class RawDocument:
    """A document whose references, anchors and identifiers all lead to places in it.

    Attributes:
        root: The whole document.
        version: Major and minor version of OpenAPI.
    """

    def __init__(self, document: object) -> None:
        """`document`: plain data, as YAML or JSON gives it. It is copied, not changed."""
        whole = mapping_of(copy.deepcopy(document))
        numbers = re.findall(r"\d+", str(whole.get("openapi", "")))
        self.version: tuple[int, int] = (int(numbers[0]), int(numbers[1]))
        if self.version >= (3, 1):
            resolve_identifiers(whole)
        _write_enum_numbers_as_text(whole)
        _take_slashes_off_patterns(whole)
        self.root = Node((), whole)

    def at(self, pointer: Pointer) -> Node:
        """The part at a pointer, references on the way and at its end followed."""
        node = self.root
        for step in pointer:
            node = self.child(node, step)
        return self.follow(node)

    def child(self, node: Node, step: str) -> Node:
        """The part under a key or index of a part, whose own reference is followed first."""
        parent = self.follow(node)
        try:
            value = _under(parent.value, step)
        except (LookupError, ValueError):
            raise UnresolvableError(f"{parent.text()} has no {step!r}") from None
        return Node((*parent.pointer, step), value)

    def follow(self, node: Node) -> Node:
        """The part itself, or what its chain of references leads to."""
        visited = {node.pointer}
        reference = node.keywords.get("$ref")
        while isinstance(reference, str):
            node = self._target(node, reference)
            if node.pointer in visited:
                raise UnresolvableError(f"{node.text()} refers to itself")
            visited.add(node.pointer)
            reference = node.keywords.get("$ref")
        return node

    def follow_if_possible(self, node: Node) -> Node | None:
        """The target of the chain of references of a part; None where it leads to nothing."""
        try:
            return self.follow(node)
        except UnresolvableError:
            return None

    def _target(self, node: Node, reference: str) -> Node:
        """The target of the reference of a part, one step only."""
        if not reference.startswith("#"):
            raise UnresolvableError(f"{node.text()} refers to {reference!r}")
        steps = [unquote(step) for step in reference[1:].split("/")[1:]]
        target = self.root
        for step in steps:
            name = step.replace("~1", "/").replace("~0", "~")
            target = self.child(target, name)
        component = node.component
        if target.pointer[:1] == ("components",) and len(target.pointer) == 3:
            component = target.pointer[2]
        return Node(target.pointer, target.value, component)

    def items(self, node: Node) -> Iterator[tuple[str, Node]]:
        """Keys and parts of a mapping; nothing for anything else."""
        parent = self.follow(node)
        for key in parent.keywords:
            yield str(key), self.child(parent, key)

    def members(self, node: Node, keyword: str) -> list[Node]:
        """The parts of a list under a key; none where there is no list."""
        listed = self.optional(node, keyword)
        if listed is None:
            return []
        count = len(list_of(self.follow(listed).value))
        return [self.child(listed, str(index)) for index in range(count)]

    def optional(self, node: Node, step: str) -> Node | None:
        """The part under a key; None where there is none."""
        parent = self.follow(node)
        if parent.keywords.get(step) is None:
            return None
        return self.child(parent, step)


def _under(value: object, step: str) -> object:
    """The value under a key or an index. Raises LookupError, ValueError."""
    if isinstance(value, list):
        return value[int(step)]
    return mapping_of(value)[step]


def _write_enum_numbers_as_text(value: object) -> None:
    """Write the values of a string's enum as text where YAML read all of them as numbers: they stand for their text."""
    if isinstance(value, list):
        for item in value:
            _write_enum_numbers_as_text(item)
    if not isinstance(value, dict):
        return
    allowed = value.get("enum")
    if value.get("type") == "string" and isinstance(allowed, list):
        numbers = [item for item in allowed if type(item) in (int, float)]
        if numbers and len(numbers) == len(allowed):
            value["enum"] = [json.dumps(item) for item in allowed]
    for item in value.values():
        _write_enum_numbers_as_text(item)


def _take_slashes_off_patterns(value: object) -> None:
    """Write patterns that are literals of JavaScript, `/^a$/`, without their slashes. Those with flags, which no pattern can say, go."""
    if isinstance(value, list):
        for item in value:
            _take_slashes_off_patterns(item)
    if not isinstance(value, dict):
        return
    pattern = value.get("pattern")
    if isinstance(pattern, str) and pattern.startswith("/^"):
        inner, _, flags = pattern[1:].rpartition("/")
        ends_with_anchor = inner.endswith("$") and not inner.endswith("\\$")
        if ends_with_anchor and flags in ("", "g", "u", "gu"):
            value["pattern"] = inner
        elif ends_with_anchor and flags.isalpha():
            del value["pattern"]
    for item in value.values():
        _take_slashes_off_patterns(item)
