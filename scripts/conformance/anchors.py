"""References by anchor or identifier, replaced with JSON pointers from the root of the document.

Sources: JSON Schema 2020-12, sections 8.1 and 8.2 (`$id`, anchors, references); OpenAPI 3.2.0 (`$self`).
"""

from __future__ import annotations

from urllib.parse import unquote, urldefrag, urljoin

from scripts.conformance.pointers import Pointer, fragment_of


def resolve_identifiers(root: dict[str, object]) -> None:
    """Replace, in place, every reference of a document that its anchors and identifiers resolve."""
    identifiers = _Identifiers(root)
    identifiers.index()
    identifiers.rewrite()


class _Identifiers:
    """The anchors and identifiers of a document, and where they stand."""

    def __init__(self, root: dict[str, object]) -> None:
        self._root = root
        self._base = ""
        address = root.get("$self")
        if isinstance(address, str):
            self._base = address
        self._resources: dict[str, Pointer] = {"": (), self._base: ()}
        self._anchors: dict[tuple[str, str], Pointer] = {}
        self._dynamic_anchors: dict[str, list[Pointer]] = {}

    def index(self) -> None:
        self._index(self._root, (), self._base)

    def rewrite(self) -> None:
        self._rewrite(self._root, self._base)

    def _index(self, value: object, pointer: Pointer, base: str) -> None:
        if isinstance(value, list):
            for index, item in enumerate(value):
                self._index(item, (*pointer, str(index)), base)
        if not isinstance(value, dict):
            return
        base = _base_within(value.get("$id"), base)
        if isinstance(value.get("$id"), str):
            self._resources.setdefault(base, pointer)
        for keyword in ("$anchor", "$dynamicAnchor"):
            anchor = value.get(keyword)
            if isinstance(anchor, str):
                self._anchors.setdefault((base, anchor), pointer)
                if keyword == "$dynamicAnchor":
                    self._dynamic_anchors.setdefault(anchor, []).append(pointer)
        for key, item in value.items():
            self._index(item, (*pointer, str(key)), base)

    def _rewrite(self, value: object, base: str) -> None:
        if isinstance(value, list):
            for item in value:
                self._rewrite(item, base)
        if not isinstance(value, dict):
            return
        base = _base_within(value.get("$id"), base)
        reference = value.get("$ref")
        if isinstance(reference, str):
            value["$ref"] = self._pointer_to(reference, base)
        dynamic = value.get("$dynamicRef")
        if isinstance(dynamic, str) and "$ref" not in value:
            # With one anchor of the name it is a plain reference (section 8.2.3.2).
            anchors = self._dynamic_anchors.get(urldefrag(dynamic).fragment, [])
            if len(anchors) <= 1:
                value["$ref"] = self._pointer_to(dynamic, base)
                del value["$dynamicRef"]
        for item in value.values():
            self._rewrite(item, base)

    def _pointer_to(self, reference: str, base: str) -> str:
        from_root = reference == "#" or reference.startswith("#/")
        if from_root and base in ("", self._base):
            return reference
        url, fragment = urldefrag(urljoin(base, reference))
        resource = self._resources.get(url)
        if resource is None:
            return reference
        if fragment == "" or fragment.startswith("/"):
            return fragment_of(resource) + fragment
        anchor = self._anchors.get((url, unquote(fragment)))
        if anchor is None:
            return reference
        return fragment_of(anchor)


def _base_within(identifier: object, base: str) -> str:
    """The base URI inside a schema with this `$id`, or none."""
    if not isinstance(identifier, str):
        return base
    return urldefrag(urljoin(base, identifier)).url
