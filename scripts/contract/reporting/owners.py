"""The operation or the shared part that a row belongs to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from scripts.contract.comparing import words
from scripts.contract.comparing.changes import Change
from scripts.contract.model import Contract, Pointer, operation_key
from scripts.contract.reporting.reach import Reach
from scripts.intake.document import METHODS

_METHODS = (*METHODS, "additionalOperations")


class Kind(IntEnum):
    """What an owner is, in the order in which a reader wants to know."""

    SERVICE = 0
    OPERATION = 1
    SHARED = 2


@dataclass(frozen=True, order=True)
class Owner:
    """An operation, a part that several operations share, or the service as a whole."""

    kind: Kind
    title: str
    # The id of an operation, which names its function.
    name: str = ""
    # Keys of the operations that a shared part reaches.
    reaches: tuple[str, ...] = ()

    def part(self, change: Change) -> str:
        """What of the owner a row is about, in words."""
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

    def of(self, change: Change) -> Owner:
        """The owner of a row."""
        places = [place for place in (change.new_at, change.old_at) if place]
        for place in places:
            if place[:1] == ("paths",) and len(place) > 2 and place[2] in _METHODS:
                return self._operation(place)
        for place in places:
            if place[:1] == ("components",) and len(place) > 2:
                return Owner(
                    Kind.SHARED, words.component(place), "", self._users(place)
                )
            if place[:1] == ("webhooks",) and len(place) > 1:
                return Owner(Kind.SHARED, f"webhook {place[1]}")
            if place[:1] == ("paths",) and len(place) > 1:
                return Owner(Kind.SHARED, place[1], "", self._on_path(place[1]))
        return Owner(Kind.SERVICE, "The service as a whole")

    def _operation(self, place: Pointer) -> Owner:
        key = operation_key(place)
        for contract in self._contracts:
            if key in contract.operations:
                return Owner(Kind.OPERATION, key, contract.operations[key].id or "")
        return Owner(Kind.OPERATION, key)

    def _users(self, place: Pointer) -> tuple[str, ...]:
        users: set[str] = set()
        for reach in self._reaches:
            users |= reach.operations(place)
        return tuple(sorted(users))

    def _on_path(self, path: str) -> tuple[str, ...]:
        keys: set[str] = set()
        for contract in self._contracts:
            keys |= {key for key, o in contract.operations.items() if o.path == path}
        return tuple(sorted(keys))
