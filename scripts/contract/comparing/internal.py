"""A document without what is marked `x-internal`: parts that its vendor does not promise to callers."""

from __future__ import annotations

from collections.abc import Iterator

from scripts.intake.document import METHODS
from scripts.intake.prose import DATA, NAMED, PROSE, UNIONS
from scripts.intake.yaml_text import Pointer, Positions, referred

_MARK = "x-internal"
# Mappings from which a member that is marked is taken, and lists.
_MAPPINGS = NAMED | {"paths", "webhooks"}
_LISTS = frozenset(("allOf", "parameters", *UNIONS))
_MAPPING_OF_DISCRIMINATOR = "mapping"


def without_internal(
    document: object, positions: Positions
) -> tuple[object, Positions]:
    """A document, and where its parts stand, without what is marked, and without what refers to a component that is.

    Operations, paths, parameters, headers, fields and variants go. A schema that fills a place of its own, such as that of a body, stays:
    without it, anything would be allowed there.
    """
    if not isinstance(document, dict):
        return document, positions
    copier = _Copier(_marked_components(document))
    return copier.mapping(document, ()), copier.moved(positions)


def _marked_components(document: dict[str, object]) -> frozenset[Pointer]:
    """The places of the components that are marked."""
    marked = set()
    for kind, components in _members(document.get("components")):
        for name, component in _members(components):
            if isinstance(component, dict) and component.get(_MARK) is True:
                marked.add(("components", kind, name))
    return frozenset(marked)


def _members(value: object) -> Iterator[tuple[str, object]]:
    if isinstance(value, dict):
        yield from value.items()


class _Copier:
    """Copies a document without what is marked.

    Args:
        marked: The places of components that are marked.
    """

    def __init__(self, marked: frozenset[Pointer]) -> None:
        self._marked = marked
        # The indices that stay, by the place of the list that has lost a member.
        self._kept: dict[Pointer, list[int]] = {}

    def mapping(self, source: dict[str, object], place: Pointer) -> dict[str, object]:
        """A copy of a part whose keys are keywords."""
        internal_fields = self._internal_fields(source)
        copied: dict[str, object] = {}
        for keyword, value in source.items():
            inside = (*place, keyword)
            if keyword in METHODS and self._is_internal(value):
                continue
            if keyword == "required" and isinstance(value, list):
                copied[keyword] = [
                    name for name in value if name not in internal_fields
                ]
            elif keyword in _LISTS and isinstance(value, list):
                copied[keyword] = self._list(value, inside)
            elif place == ("components",) and isinstance(value, dict):
                copied[keyword] = self._components(value, inside)
            elif keyword in _MAPPINGS and isinstance(value, dict):
                copied[keyword] = self._named(value, inside)
            else:
                copied[keyword] = self._copy(keyword, value, inside)
        return copied

    def _copy(self, keyword: str, value: object, place: Pointer) -> object:
        """A copy of what stands under a keyword; data and prose as they are."""
        if keyword in DATA or keyword in PROSE:
            return value
        if isinstance(value, dict):
            return self.mapping(value, place)
        if isinstance(value, list):
            return [
                self._copy("", item, (*place, str(index)))
                for index, item in enumerate(value)
            ]
        return value

    def _named(self, source: dict[str, object], place: Pointer) -> dict[str, object]:
        """A copy of a part whose keys are names, without the members that are marked."""
        copied = {}
        for name, member in source.items():
            if self._is_internal(member):
                continue
            is_choice = place[-1] == _MAPPING_OF_DISCRIMINATOR
            if is_choice and isinstance(member, str) and self._is_marked(member):
                continue
            copied[name] = self._copy("", member, (*place, name))
        return copied

    def _components(
        self, source: dict[str, object], place: Pointer
    ) -> dict[str, object]:
        """A copy of all components of one kind. A marked one stays for the places that cannot do without it."""
        return {
            name: self._copy("", component, (*place, name))
            for name, component in source.items()
        }

    def _list(self, members: list[object], place: Pointer) -> list[object]:
        """A copy of a list without the members that are marked; a list of schemas never becomes empty."""
        indices = [
            i for i, member in enumerate(members) if not self._is_internal(member)
        ]
        if not indices and place[-1] != "parameters":
            indices = [*range(len(members))]
        if len(indices) < len(members):
            self._kept[place] = indices
        return [self._copy("", members[i], (*place, str(i))) for i in indices]

    def _is_internal(self, value: object) -> bool:
        """Whether a part is marked, or refers to a component that is."""
        if not isinstance(value, dict):
            return False
        target = value.get("$ref")
        if isinstance(target, str) and self._is_marked(target):
            return True
        return value.get(_MARK) is True

    def _is_marked(self, target: str) -> bool:
        """Whether a reference leads to a component that is marked."""
        return target.startswith("#") and referred(target) in self._marked

    def _internal_fields(self, schema: dict[str, object]) -> set[str]:
        """The fields of a schema that are marked, by itself or in its `allOf`."""
        fields = {
            name
            for name, field in _members(schema.get("properties"))
            if self._is_internal(field)
        }
        base_types = schema.get("allOf")
        if isinstance(base_types, list):
            for base_type in base_types:
                if isinstance(base_type, dict):
                    fields |= self._internal_fields(base_type)
        return fields

    def moved(self, positions: Positions) -> Positions:
        """Positions by the places in the copy."""
        if not self._kept:
            return positions
        new_positions = Positions()
        for place, position in positions.items():
            new_place = self._new_place(place)
            if new_place is not None:
                new_positions[new_place] = position
        return new_positions

    def _new_place(self, place: Pointer) -> Pointer | None:
        """A place in the copy; None for what the copy has not."""
        steps = list(place)
        for length in range(len(place)):
            indices = self._kept.get(place[:length])
            if indices is None:
                continue
            index = int(place[length])
            if index not in indices:
                return None
            steps[length] = str(indices.index(index))
        return tuple(steps)
