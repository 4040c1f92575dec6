"""One of the two documents of a report: its name, and where its parts stand."""

from __future__ import annotations

from dataclasses import dataclass

from scripts.contract.model import Pointer, at
from scripts.intake.yaml_text import Position, Positions


@dataclass(frozen=True)
class Side:
    """A document by name; without positions, nothing of it has a line."""

    name: str = ""
    positions: Positions | None = None

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
