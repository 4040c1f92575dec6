"""The targets of references inside one document: places (`#/...`), and names that schemas give themselves (`$id`, `$anchor`).

Sources: RFC 6901; JSON Schema 2020-12, 8.2; OpenAPI 3.2, `$self`.
"""

from __future__ import annotations

from functools import cached_property
from urllib.parse import unquote, urldefrag, urljoin

from scripts.common.errors import DocumentError
from scripts.intake.document import locate
from scripts.intake.yaml_text import Json, Pointer

# Keywords whose values are data, in which `$id` is a name like any other.
_DATA = frozenset({"const", "default", "enum", "example", "examples"})
_ANCHORS = ("$anchor", "$dynamicAnchor")


class References:
    """The references of one document."""

    def __init__(self, document: object) -> None:
        self._document = document

    def locate(self, ref: str, place: Pointer) -> tuple[Pointer, Json]:
        """The place that a reference names, and what stands there.

        Args:
            ref: The reference.
            place: Where it stands, since names are those of the schema around.

        Raises:
            DocumentError: It leads out of the document, or to nothing.
        """
        if ref.startswith("#/"):
            try:
                return locate(self._document, ref)
            except DocumentError:
                root = self._names.root_of(place)
                if not root:
                    raise
                return self._below(root, ref[1:], ref)
        base = self._names.address_of(place)
        address, fragment = _resolved(base, ref)
        named_root = self._names.roots.get(address)
        if named_root is None and not ref.startswith("#"):
            # Says that it points outside the document.
            return locate(self._document, ref)
        return self._below(named_root or (), fragment, ref)

    def _below(self, root: Pointer, fragment: str, ref: str) -> tuple[Pointer, Json]:
        """The target of a fragment in the schema at a place."""
        if fragment.startswith("/"):
            value = _at(self._document, root)
            place, target = locate(value, f"#{fragment}")
            return (*root, *place), target
        place = root
        if fragment:
            name = unquote(fragment)
            anchor_place = self._names.anchors.get((root, name))
            if anchor_place is None:
                raise DocumentError(f"the reference {ref!r} points to no $anchor")
            place = anchor_place
        return place, _at(self._document, place)

    def dynamic_anchors(self, name: str) -> int:
        """How many schemas have a `$dynamicAnchor` of this name."""
        return self._names.dynamic.get(name, 0)

    @cached_property
    def _names(self) -> _Names:
        return _Names(self._document)


class _Names:
    """The names that schemas of a document give themselves.

    Attributes:
        roots: Schemas with an `$id`, and the document itself, by their addresses.
        anchors: Places by the schema with an `$id` around them, () for the document, and their names there.
        dynamic: How many `$dynamicAnchor` there are of each name.
    """

    def __init__(self, document: object) -> None:
        self._address = ""
        if isinstance(document, dict) and isinstance(document.get("$self"), str):
            self._address = document["$self"]
        self.roots: dict[str, Pointer] = {self._address: ()}
        self.anchors: dict[tuple[Pointer, str], Pointer] = {}
        self.dynamic: dict[str, int] = {}
        self._addresses: dict[Pointer, str] = {(): self._address}
        self._read(document)

    def root_of(self, place: Pointer) -> Pointer:
        """The place of the schema with an `$id` around a place; () where there is none."""
        for length in range(len(place), 0, -1):
            if place[:length] in self._addresses:
                return place[:length]
        return ()

    def address_of(self, place: Pointer) -> str:
        """The address against which references at a place are resolved."""
        return self._addresses[self.root_of(place)]

    def _read(self, document: object) -> None:
        pending: list[tuple[object, Pointer, Pointer]] = [(document, (), ())]
        while pending:
            value, place, root = pending.pop()
            if isinstance(value, list):
                for index, item in enumerate(value):
                    pending.append((item, (*place, str(index)), root))
                continue
            if not isinstance(value, dict):
                continue
            inner_root = self._read_names(value, place, root)
            for key, item in value.items():
                if key not in _DATA or place[-1:] == ("properties",):
                    pending.append((item, (*place, str(key)), inner_root))

    def _read_names(
        self, value: dict[str, object], place: Pointer, root: Pointer
    ) -> Pointer:
        """Note the names that a schema gives itself. Returns the place of the schema with an `$id` around what is in it."""
        identifier = value.get("$id")
        if isinstance(identifier, str) and place:
            address, _fragment = _resolved(self._addresses[root], identifier)
            self.roots.setdefault(address, place)
            self._addresses[place] = address
            root = place
        for key in _ANCHORS:
            name = value.get(key)
            if isinstance(name, str):
                self.anchors.setdefault((root, name), place)
        dynamic = value.get("$dynamicAnchor")
        if isinstance(dynamic, str):
            self.dynamic[dynamic] = self.dynamic.get(dynamic, 0) + 1
        return root


def _resolved(base: str, ref: str) -> tuple[str, str]:
    """The address and the fragment of a reference (RFC 3986, 5). One that is no valid address is taken as it is."""
    try:
        address, fragment = urldefrag(urljoin(base, ref))
    except ValueError:
        address, _, fragment = ref.partition("#")
    return address, fragment


def _at(document: object, place: Pointer) -> Json:
    value: Json = document
    for step in place:
        value = value[int(step) if isinstance(value, list) else step]
    return value
