"""What a reviewer wants to know first: how much was added, removed and changed, whether it breaks callers, the version step."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from scripts.contract.comparing.changes import Change
from scripts.contract.reporting.owners import Kind, Owner

# What the maintainer of the client does about the version.
VERSION_STEPS = {
    "major": "Release the client as a major version (before 1.0: minor).",
    "minor": "Release the client as a minor version.",
    "none": "Release no new version of the client.",
}
_ADDED = {"operation-added", "operation-taken-in", "class-added"}
# Rules about names in Python, which no request and no response shows.
_NAMES = {
    "class-removed",
    "class-renamed",
    "python-name-changed",
    "function-renamed",
    "operation-id-changed",
    "tag-changed",
}
_REMOVED = {"operation-removed", "operation-left-out", "class-removed"}


@dataclass(frozen=True)
class Count:
    """How many parts of one kind were added, removed and changed."""

    added: int = 0
    removed: int = 0
    changed: int = 0


@dataclass(frozen=True)
class Summary:
    """The numbers of a report. `breaking` and `compatible` leave out what is accepted."""

    operations: Count
    types: Count
    breaking: int
    compatible: int
    accepted: int
    # Of the breaking changes, those of names in Python alone: an old client still works.
    breaking_names: int
    # The version that the changes ask for: none, minor or major.
    step: str

    def sentence(self) -> str:
        """What the changes mean for callers."""
        callers = "break callers"
        if self.breaking == 1:
            callers = "breaks callers"
        parts = [
            f"{self.breaking} {callers}{self._kinds()}",
            f"{self.compatible} compatible",
        ]
        if self.accepted:
            parts.append(f"{self.accepted} accepted")
        total = self.breaking + self.compatible + self.accepted
        changes = "change" if total == 1 else "changes"
        return f"{total} {changes}: {', '.join(parts)}."

    def _kinds(self) -> str:
        """How many break on the wire, and how many only in Python; empty where none breaks."""
        on_the_wire = self.breaking - self.breaking_names
        if not self.breaking:
            return ""
        if not self.breaking_names:
            return " (on the wire)"
        if not on_the_wire:
            return " (only in Python names)"
        return (
            f" ({on_the_wire} on the wire, {self.breaking_names} only in Python names)"
        )


def with_consequences(changes: Iterable[Change]) -> list[Change]:
    """All rows, and below them those that only follow from them."""
    rows: list[Change] = []
    for change in changes:
        rows.append(change)
        rows += with_consequences(change.consequences)
    return rows


def summarise(
    changes: list[Change], owned: list[tuple[Owner, Change]], accepted: set[str]
) -> Summary:
    """Count what was added, removed and changed. An operation has changed if a row is about it, or about a part that reaches it."""
    everything = with_consequences(changes)
    open_rows = [row for row in changes if row.identifier not in accepted]
    step = "none"
    if changes:
        step = "major" if any(row.breaking for row in changes) else "minor"
    breaking = sum(row.breaking for row in open_rows)
    return Summary(
        operations=_count(everything, "operation-", _changed_operations(owned)),
        types=_count(everything, "class-", _changed_types(owned)),
        breaking=breaking,
        compatible=len(open_rows) - breaking,
        breaking_names=sum(
            row.breaking and breaks_names_alone(row) for row in open_rows
        ),
        accepted=len(changes) - len(open_rows),
        step=step,
    )


def breaks_names_alone(change: Change) -> bool:
    """Whether all that breaks in a change, and in what follows from it, is names in Python."""
    rows = with_consequences([change])
    return all(row.rule in _NAMES for row in rows if row.breaks_by_itself)


def _count(rows: list[Change], prefix: str, changed: set[str]) -> Count:
    added = {r.where for r in rows if r.rule in _ADDED and r.rule.startswith(prefix)}
    removed = {
        r.where for r in rows if r.rule in _REMOVED and r.rule.startswith(prefix)
    }
    return Count(len(added), len(removed), len(changed))


def _changed_operations(owned: list[tuple[Owner, Change]]) -> set[str]:
    changed: set[str] = set()
    unchanged = _ADDED | _REMOVED
    for owner, change in owned:
        if change.rule in unchanged:
            continue
        if owner.kind is Kind.OPERATION:
            changed.add(owner.title)
        changed |= {*owner.reaches, *change.operations}
    return changed - {owner.title for owner, row in owned if row.rule in unchanged}


def _changed_types(owned: list[tuple[Owner, Change]]) -> set[str]:
    """The shared schemas that a row is about."""
    return {
        owner.title
        for owner, change in owned
        if owner.kind is Kind.SHARED
        and change.rule not in _ADDED | _REMOVED
        and {change.old_at[1:2], change.new_at[1:2]} & {("schemas",)}
    }
