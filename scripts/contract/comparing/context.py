"""The context of a comparison: both contracts, the walk over their schemas, names for places, and the rows so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from scripts.contract.comparing import words
from scripts.contract.comparing.changes import (
    Changes,
    Direction,
    Effect,
    Places,
    Sides,
)
from scripts.contract.comparing.content import ContentComparison
from scripts.contract.comparing.notes import note_differences
from scripts.contract.comparing.schemas import SchemaComparison, Site
from scripts.contract.model import Contract, Operation
from scripts.contract.schema import Anything, Schema
from scripts.intake.yaml_text import Pointer

# Annotations that are compared as parts of their own.
_APART = ("headers",)


@dataclass(frozen=True)
class Context:
    """One comparison of two contracts. The rows are its only state.

    `sent` is the way of bodies and parameters, `received` that of answers: the other way round where the service calls.
    """

    old: Contract
    new: Contract
    schemas: SchemaComparison
    changes: Changes
    places: words.Places
    content: ContentComparison
    sent: Direction = Direction.SENT
    received: Direction = Direction.RECEIVED

    @property
    def is_incoming(self) -> bool:
        """Whether the service calls, so that bodies are received and answers are sent."""
        return self.sent is Direction.RECEIVED

    def part(self, at: Places, label: str) -> str:
        """A part in words: itself, if both contracts have it at one place; else the operation's use of it."""
        if at[0] == at[1]:
            return self.places.label(at[1])
        return label

    def of(self, label: str, operation: Operation) -> str:
        """A part of an operation in words."""
        return f"{label} of {self.places.operation(operation)}"

    def add(
        self,
        rule: str,
        where: str,
        sides: Sides,
        at: Places,
        travels: Direction = Direction.BOTH,
        effect: Effect | None = None,
    ) -> None:
        """Add a row."""
        self.changes.add(rule, where, sides, at, travels, effect)

    def compare_required(
        self,
        kind: str,
        where: str,
        required: tuple[bool, bool],
        at: Places,
        travels: Direction,
    ) -> None:
        """Add a row where a part is required on one side alone."""
        stated = ("optional", "required")
        before = stated[required[0]]
        after = stated[required[1]]
        self.add(f"{kind}-made-{after}", where, (before, after), at, travels)

    def compare_notes(
        self,
        old: Mapping[str, object],
        new: Mapping[str, object],
        where: str,
        at: Places,
        travels: Direction,
    ) -> None:
        """Add a row for each annotation that differs."""
        before = {key: value for key, value in old.items() if key not in _APART}
        after = {key: value for key, value in new.items() if key not in _APART}
        for difference in note_differences(before, after):
            effect = difference.effect
            if difference.rule == "encoding-changed" and Direction.SENT not in travels:
                effect = Effect.NOTED  # only a body is encoded
            self.add(difference.rule, where, difference.sides, at, travels, effect)

    def compare_schemas(
        self, old: Schema | None, new: Schema | None, travels: Direction, at: Places
    ) -> None:
        """Compare two schemas that stand at a place; where there is none, anything may stand."""
        before = old or Anything(pointer=(*at[0], "schema"))
        after = new or Anything(pointer=(*at[1], "schema"))
        site = Site(travels, nearest((before.pointer, after.pointer)))
        self.schemas.compare(before, after, site)


def nearest(at: Places) -> Pointer:
    """The longer, more specific of two places; so the rows of both directions name the same part."""
    return max(at[::-1], key=len)
