"""A row of a report, which may stand for several changes, and the groups in which rows are shown."""

from __future__ import annotations

from dataclasses import dataclass, replace

from scripts.contract.comparing.changes import Change, canonical
from scripts.contract.reporting.owners import Owner
from scripts.contract.reporting.runs import (
    becomes_constant,
    fields_of,
    plural,
    rewritten_in_words,
    sides_of_run,
)
from scripts.contract.reporting.values import without_place

# Rules for operations that were added or removed, which differ in their names alone.
PRESENCE = {
    "operation-added",
    "operation-removed",
    "operation-left-out",
    "operation-taken-in",
}


@dataclass(frozen=True)
class Place:
    """Where one of several changes of a row is.

    Attributes:
        name: The type or the class.
        fields: The fields of it.
        declared: Where the document declares a class.
    """

    name: str
    fields: tuple[str, ...] = ()
    declared: str = ""


@dataclass(frozen=True)
class Row:
    """A change, and the part of its owner that it is about.

    Attributes:
        others: The same change of other operations, classes or fields.
        places: Where the changes are, if in several classes or types; all are named, because callers search for them.
        is_run: Whether it is about several fields of `part`, or several values of it.
    """

    change: Change
    part: str
    others: tuple[Change, ...] = ()
    places: tuple[Place, ...] = ()
    is_run: bool = False

    @property
    def changes(self) -> tuple[Change, ...]:
        """All changes that the row stands for."""
        return (self.change, *self.others)

    @property
    def is_of_classes(self) -> bool:
        """Whether it is about classes of Python."""
        return bool(self.places) and self.change.rule.startswith("class-")

    @property
    def is_spread(self) -> bool:
        """Whether it is about several types, or fields of them."""
        return bool(self.places) and not self.is_of_classes

    @property
    def shows_example(self) -> bool:
        """Whether its sides are those of the first change alone, because others have other ones."""
        return self.is_spread and len({canonical(_sides(c)) for c in self.changes}) > 1

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields of `part` that it is about, where they are several."""
        if not self.is_run:
            return ()
        return tuple(dict.fromkeys(fields_of(self.changes)))

    @property
    def what(self) -> str:
        """The rule in words."""
        if self.is_of_classes and all(map(becomes_constant, self.changes)):
            count = len(self.changes)
            return f"{count} classes removed, enums of one value that are now constants"
        if self.is_spread and self.change.rule == "default-changed":
            return rewritten_in_words(self.change)
        if self.is_run or self.places:
            return plural(self.change.what)
        return self.change.what

    @property
    def shown(self) -> Change:
        """The change to show. One that stands for others has the consequences of all, and no value that only it has."""
        if not self.others:
            return self.change
        consequences = self.change.consequences
        travels = self.change.travels
        for other in self.others:
            consequences += other.consequences
            travels |= other.travels
        before = self.change.before
        after = self.change.after
        if self.is_run:
            before, after = sides_of_run([*self.changes])
        elif self.change.rule in PRESENCE:
            before = self._common_reason([change.before for change in self.changes])
            after = self._common_reason([change.after for change in self.changes])
        return replace(
            self.change,
            before=before,
            after=after,
            consequences=consequences,
            travels=travels,
        )

    def _common_reason(self, sides: list[object]) -> object:
        """Why all operations are left out, where it is the same reason; None where they differ."""
        reasons = {without_place(side) for side in sides if isinstance(side, str)}
        if len(reasons) == 1 and all(reasons):
            return sides[0]
        return None


def _sides(change: Change) -> tuple[object, object]:
    return change.before, change.after


@dataclass(frozen=True)
class Group:
    """The rows of one operation or shared part."""

    owner: Owner
    rows: tuple[Row, ...]
