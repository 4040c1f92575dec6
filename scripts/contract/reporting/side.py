"""One of the two documents of a report: its name, and where its parts stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from scripts.contract.comparing.changes import Change
from scripts.contract.model import Pointer, at
from scripts.intake.yaml_text import Position, Positions


@dataclass(frozen=True)
class Side:
    """A document by name.

    Attributes:
        positions: Where its parts stand; without, nothing of it has a line.
        revision: The one in git that it was read from.
        schemas: Its shared schemas as they are written; None where only the contract is known.
    """

    name: str = ""
    positions: Positions | None = None
    revision: str = ""
    schemas: Mapping[str, object] | None = None

    @property
    def title(self) -> str:
        """The name as the command takes it: `HEAD~1:openapi.yaml`."""
        return f"{self.revision}:{self.name}" if self.revision else self.name

    def position(self, pointer: Pointer) -> Position | None:
        """Line and column of a place, both from 1."""
        if self.positions is None or not pointer:
            return None
        return self.positions[pointer]

    def data(self, pointer: Pointer) -> dict[str, object] | None:
        """A place for programs."""
        if not pointer:
            return None
        place: dict[str, object] = {"pointer": at(pointer)}
        position = self.position(pointer)
        if position:
            place["line"], place["column"] = position
        return place


NO_SIDE = Side()


def old_place(change: Change) -> Pointer:
    """Where the old document has what a row is about; empty where it has only what holds it."""
    is_holder = change.before is None and len(change.old_at) < len(change.new_at)
    return () if is_holder else change.old_at


def new_place(change: Change) -> Pointer:
    """Where the new document has what a row is about; empty where it has only what holds it."""
    is_holder = change.after is None and len(change.new_at) < len(change.old_at)
    return () if is_holder else change.new_at
