"""The operation or the shared part that a row belongs to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from scripts.contract.comparing import words
from scripts.contract.comparing.changes import Change
from scripts.contract.comparing.pairing import pair_operations
from scripts.contract.model import Contract, Pointer, operation_key
from scripts.contract.reporting.reach import Reach
from scripts.intake.document import METHODS

_METHODS = (*METHODS, "additionalOperations")
# How a step from a part to one inside it starts, in words.
_STEPS = (".", "[", "{", "|", "/")
# ("paths", path, method)
_OPERATION = 3
# ("components", kind, name)
_COMPONENT = 3


class Kind(IntEnum):
    """The kind of an owner, in the order in which a report shows them."""

    SERVICE = 0
    OPERATION = 1
    SHARED = 2
    OPERATIONS = 3
    TYPES = 4


@dataclass(frozen=True, order=True)
class Owner:
    """An operation, several of them, a part that they share, or the service as a whole."""

    kind: Kind
    title: str
    # The id of an operation, which names its function.
    name: str = ""
    # Keys of the operations that a shared part reaches, or of those that have something in common.
    reaches: tuple[str, ...] = ()

    def __hash__(self) -> int:
        """A hash of the title alone: what it reaches may be hundreds of names."""
        return hash((self.kind, self.title))

    def part(self, change: Change) -> str:
        """The part of the owner that a row is about, in words."""
        if self.kind is Kind.OPERATIONS:
            return change.where.removesuffix(" of several operations")
        if self.kind is not Kind.OPERATION:
            return change.where
        for name in (self.name, self.title):
            if change.where == name:
                return "the operation"
            if change.where.endswith(f" of {name}"):
                return change.where.removesuffix(f" of {name}")
        return change.where


class Owners:
    """Finds the owner of each row of one comparison."""

    def __init__(self, old: Contract, new: Contract) -> None:
        self._contracts = (new, old)
        self._reaches = (Reach(new), Reach(old))
        self._schemas = _names_of_schemas(old) | _names_of_schemas(new)
        pairs = pair_operations(old.operations, new.operations).pairs
        self._shared_owners: dict[Pointer, Owner] = {}
        # Keys of the new contract by those of the old one; an operation that has moved is not two.
        self._new_keys = {before.key: after.key for before, after in pairs}
        keys = {*old.operations, *new.operations}
        # Keys of operations that only one document has: no caller of both meets a change there.
        self._added_or_removed = keys - {*self._new_keys, *self._new_keys.values()}

    def of(self, change: Change) -> Owner:
        """The owner of a row."""
        if change.operations:
            return operations_together(sorted(change.operations))
        places = [place for place in (change.new_at, change.old_at) if place]
        operation = next(filter(_is_in_operation, places), ())
        if not operation:
            component = self._component(change.where, places)
        elif len(operation) > _OPERATION:
            # Seen from the operation, it may still be about a type.
            component = self._schema_around(change.where)
        else:
            component = ()
        if component:
            return self._shared(component)
        if operation:
            return self._operation(operation)
        return self._elsewhere(places)

    def _elsewhere(self, places: list[Pointer]) -> Owner:
        """The owner of a row that is in no operation and in no component."""
        for place in places:
            if place[:1] == ("webhooks",) and len(place) > 1:
                return Owner(Kind.SHARED, f"webhook {place[1]}")
            if place[:1] == ("paths",) and len(place) > 1:
                return Owner(Kind.SHARED, place[1], "", self._on_path(place[1]))
        return Owner(Kind.SERVICE, "The service as a whole")

    def _component(self, where: str, places: list[Pointer]) -> Pointer:
        """The component that a row is about: the one that it names, else the first that it is in; empty where it is in none."""
        components = [place for place in places if _is_component(place)]
        for place in components:
            if _is_inside(where, words.component(place)):
                return place
        if not components:
            return ()
        return self._schema_around(where) or components[0]

    def _shared(self, component: Pointer) -> Owner:
        place = component[:_COMPONENT]
        owner = self._shared_owners.get(place)
        if owner is None:
            title = words.component(place)
            owner = Owner(Kind.SHARED, title, "", self._users(place))
            self._shared_owners[place] = owner
        return owner

    def _schema_around(self, where: str) -> Pointer:
        """The shared schema that a part in words is, or is inside of; empty where there is none."""
        ends = [len(where)]
        ends += [index for index, mark in enumerate(where) if mark in _STEPS]
        for end in sorted(ends, reverse=True):
            if where[:end] in self._schemas:
                return self._schemas[where[:end]]
        return ()

    def _operation(self, place: Pointer) -> Owner:
        key = operation_key(place)
        for contract in self._contracts:
            if key in contract.operations:
                return Owner(Kind.OPERATION, key, contract.operations[key].id or "")
        return Owner(Kind.OPERATION, key)

    def _users(self, place: Pointer) -> tuple[str, ...]:
        """The operations of both documents that use a component; where there are none, those of either."""
        new_reach, old_reach = self._reaches
        users = new_reach.operations(place)
        users |= self._moved(old_reach.operations(place))
        return tuple(sorted(users - self._added_or_removed or users))

    def _on_path(self, path: str) -> tuple[str, ...]:
        new, old = self._contracts
        keys = _keys_on_path(new, path) | self._moved(_keys_on_path(old, path))
        return tuple(sorted(keys))

    def _moved(self, old_keys: set[str]) -> set[str]:
        """The keys that operations of the old contract have in the new one, as far as they are there."""
        return {self._new_keys.get(key, key) for key in old_keys}


def operations_together(keys: Sequence[str]) -> Owner:
    """The owner of rows about several operations."""
    return Owner(Kind.OPERATIONS, f"{len(keys)} operations", "", tuple(keys))


def types_together(title: str, keys: Sequence[str]) -> Owner:
    """The owner of rows about several types, which reach some operations."""
    return Owner(Kind.TYPES, title, "", tuple(keys))


def _keys_on_path(contract: Contract, path: str) -> set[str]:
    return {key for key, item in contract.operations.items() if item.path == path}


def _names_of_schemas(contract: Contract) -> dict[str, Pointer]:
    """The places of shared schemas by their names."""
    pointers = [schema.pointer for schema in contract.types.values()]
    return {place[2]: place for place in pointers if _is_component(place)}


def _is_component(place: Pointer) -> bool:
    return place[:1] == ("components",) and len(place) > 2


def _is_in_operation(place: Pointer) -> bool:
    return place[:1] == ("paths",) and len(place) > 2 and place[2] in _METHODS


def _is_inside(where: str, title: str) -> bool:
    """Whether a part in words is the one with a title, or inside of it."""
    if not where.startswith(title):
        return False
    rest = where.removeprefix(title)
    return not rest or rest.startswith((*_STEPS, " "))
