"""The rows of a comparison in the order in which a reviewer reads them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from scripts.contract.comparing.changes import Change
from scripts.contract.model import Contract
from scripts.contract.reporting.attention import attention
from scripts.contract.reporting.decisions import NO_DECISIONS, Decisions
from scripts.contract.reporting.grouping import Grouping
from scripts.contract.reporting.owners import Owner, Owners
from scripts.contract.reporting.placement import is_first_typed
from scripts.contract.reporting.renames import Renames
from scripts.contract.reporting.replacements import Replacements
from scripts.contract.reporting.rows import Group
from scripts.contract.reporting.side import NO_SIDE, Side
from scripts.contract.reporting.summary import (
    Summary,
    breaks_names_alone,
    summarise,
)
from scripts.contract.reporting.unreached import unreached_changes

# The kinds of sections in their order, with their titles.
_SECTIONS = {
    "breaking": "Breaking",
    "look": "Compatible, but worth a look",
    "compatible": "Compatible",
    "accepted": "Accepted",
}


@dataclass(frozen=True)
class Section:
    """The groups that a reader looks at together. `kind` is breaking, look, compatible or accepted."""

    kind: str
    groups: tuple[Group, ...]

    @property
    def title(self) -> str:
        """The heading."""
        return _SECTIONS[self.kind]


@dataclass(frozen=True)
class Report:
    """The changes from one document to another. A form is a function that writes it as text; `scripts.drift.write_as` chooses it.

    Attributes:
        replacements: What differs between types that stand in each other's place.
        first_typed: The breaking changes that only correct where the old document states a type.
        names_alone: The breaking changes of which callers notice nothing but names in Python.
        unreached: Names of changed schemas that no operation of the client reaches.
    """

    changes: tuple[Change, ...]
    owned: tuple[tuple[Owner, Change], ...]
    summary: Summary
    old: Side
    new: Side
    decisions: Decisions
    old_contract: Contract
    new_contract: Contract
    replacements: Replacements
    first_typed: frozenset[Change]
    names_alone: frozenset[Change]
    unreached: tuple[str, ...]

    def reason(self, change: Change) -> str:
        """Why a change is accepted; empty where it is not."""
        if not self.decisions.reasons:
            return ""
        return self.decisions.reasons.get(change.identifier, "")

    def is_open(self, change: Change) -> bool:
        """Whether nobody has accepted a change."""
        return not self.reason(change)

    def is_first_typed(self, change: Change) -> bool:
        """Whether a breaking change only corrects where the old document states a type."""
        return change in self.first_typed

    def open_breaks(self) -> list[Change]:
        """The changes that break callers and that nobody has accepted."""
        return [row for row in self.changes if row.breaking and self.is_open(row)]

    @cached_property
    def renames(self) -> Renames:
        """What probably stands in the place of what was removed."""
        return Renames(self.changes)

    def sections(self) -> list[Section]:
        """Breaking changes first, then compatible ones, then those that are accepted; without sections that are empty."""
        grouping = Grouping(
            self.old_contract, self.new_contract, self.first_typed, self.names_alone
        )
        by_kind: dict[str, list[tuple[Owner, Change]]] = {}
        for owner, change in self.owned:
            by_kind.setdefault(self._kind(change), []).append((owner, change))
        sections = []
        for kind in _SECTIONS:
            owned = by_kind.get(kind)
            if not owned:
                continue
            if kind == "accepted":
                # Each has a reason of its own, so that none stands for others.
                sections.append(Section(kind, grouping.single_groups(owned)))
            else:
                sections.append(Section(kind, grouping.groups(owned)))
        return sections

    def _kind(self, change: Change) -> str:
        """The kind of the section that shows a change."""
        if not self.is_open(change):
            return "accepted"
        if change.breaking:
            return "breaking"
        return "look" if attention(change) else "compatible"


def report_on(
    changes: Iterable[Change],
    old: Contract,
    new: Contract,
    old_side: Side = NO_SIDE,
    new_side: Side = NO_SIDE,
    decisions: Decisions = NO_DECISIONS,
) -> Report:
    """Make a report of the rows that `comparing.operations.compare` returns."""
    owners = Owners(old, new)
    rows = tuple(changes)
    owned = tuple((owners.of(change), change) for change in rows)
    first_typed = frozenset(
        change for change in rows if is_first_typed(change, old_side)
    )
    replacements = Replacements(old, new)
    names_alone = frozenset(
        change
        for change in rows
        if change.breaking and breaks_names_alone(change, replacements.keeps_all)
    )
    accepted: frozenset[Change] = frozenset()
    if decisions.reasons:
        accepted = frozenset(
            change for change in rows if change.identifier in decisions.reasons
        )
    summary = summarise(owned, accepted, first_typed, names_alone, len(old.operations))
    return Report(
        rows,
        owned,
        summary,
        old_side,
        new_side,
        decisions,
        old,
        new,
        replacements,
        first_typed,
        names_alone,
        unreached_changes((old, old_side), (new, new_side)),
    )
