"""What a reviewer wants to know first: how much was added, removed and changed, whether it breaks callers, the version step."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from scripts.contract.comparing.changes import Change
from scripts.contract.reporting.attention import attention
from scripts.contract.reporting.owners import Kind, Owner

# What the maintainer of the client does about the version.
VERSION_STEPS = {
    "major": "Release the client as a major version (before 1.0: minor).",
    "minor": "Release the client as a minor version.",
    "none": "Release no new version of the client.",
}
_ADDED = {"operation-added", "operation-taken-in", "class-added"}
# Rules about names in Python, which no request and no response shows.
NAMES = {
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
    """How many parts of one kind were added, removed and changed; and of the changed ones, how many break callers on the wire."""

    added: int = 0
    removed: int = 0
    changed: int = 0
    breaking: int = 0


@dataclass(frozen=True)
class Summary:
    """The numbers of a report. `breaking` and `compatible` leave out what is accepted.

    Attributes:
        breaking_names: Of the breaking changes, those of names in Python alone: an old client still works.
        first_typed: Of the breaking changes, those that only correct where the old document states a type.
        worth_a_look: Of the compatible changes, those that are worth a look.
        step: The version that the changes ask for: none, minor or major.
        broken: Keys of the operations whose calls break, removed ones among them.
        old_operations: How many operations the old document has.
    """

    operations: Count
    types: Count
    breaking: int
    compatible: int
    accepted: int
    breaking_names: int
    first_typed: int
    worth_a_look: int
    step: str
    broken: tuple[str, ...]
    old_operations: int

    def sentence(self) -> str:
        """What the changes mean for callers."""
        callers = "break callers"
        if self.breaking == 1:
            callers = "breaks callers"
        parts = [
            f"{self.breaking} {callers}{self._kinds()}",
            f"{self.compatible} compatible{self._to_look_at()}",
        ]
        if self.accepted:
            parts.append(f"{self.accepted} accepted")
        total = self.breaking + self.compatible + self.accepted
        changes = "change" if total == 1 else "changes"
        return f"{total} {changes}: {', '.join(parts)}."

    def _to_look_at(self) -> str:
        """How many of the compatible changes are worth a look; empty where none is."""
        return f" ({self.worth_a_look} worth a look)" if self.worth_a_look else ""

    def _kinds(self) -> str:
        """How many break on the wire, and how many only in Python; empty where none breaks."""
        counts = {
            "on the wire": self.breaking - self.breaking_names - self.first_typed,
            "typed for the first time": self.first_typed,
            "only in Python names": self.breaking_names,
        }
        kinds = [kind for kind, count in counts.items() if count]
        if not kinds:
            return ""
        if len(kinds) == 1:
            return f" ({kinds[0]})"
        return f" ({', '.join(f'{counts[kind]} {kind}' for kind in kinds)})"


def with_consequences(changes: Iterable[Change]) -> list[Change]:
    """All rows, and below them those that only follow from them."""
    rows: list[Change] = []
    for change in changes:
        rows.append(change)
        rows += with_consequences(change.consequences)
    return rows


def summarise(
    owned: Sequence[tuple[Owner, Change]],
    accepted: frozenset[Change],
    first_typed: frozenset[Change],
    names_alone: frozenset[Change],
    old_operations: int,
) -> Summary:
    """Count what was added, removed and changed. An operation has changed if a row is about it, or about a part that reaches it.

    Args:
        owned: All rows with their owners.
        accepted: The rows that are accepted.
        first_typed: The rows that only correct where the old document states a type.
        names_alone: The rows that break names in Python alone.
        old_operations: How many operations the old document has.
    """
    changes = [change for _owner, change in owned]
    everything = with_consequences(changes)
    open_rows = [row for row in changes if row not in accepted]
    set_aside = accepted | first_typed | names_alone
    on_the_wire = []
    for owner, row in owned:
        if row.breaking and row not in set_aside:
            on_the_wire.append((owner, row))
    changed = _changed_operations(owned)
    broken = _operations_of(on_the_wire) - _added_operations(owned)
    step = "none"
    if changes:
        step = "major" if any(row.breaking for row in changes) else "minor"
    breaking = sum(row.breaking for row in open_rows)
    return Summary(
        operations=_count(
            everything,
            "operation-",
            changed,
            changed & broken,
        ),
        types=_count(
            everything,
            "class-",
            _changed_types(owned),
            _changed_types(on_the_wire),
        ),
        breaking=breaking,
        compatible=len(open_rows) - breaking,
        breaking_names=sum(row in names_alone for row in open_rows),
        first_typed=sum(row in first_typed for row in open_rows),
        worth_a_look=sum(bool(attention(row)) for row in open_rows),
        accepted=len(changes) - len(open_rows),
        step=step,
        broken=tuple(sorted(broken)),
        old_operations=old_operations,
    )


def breaks_names_alone(change: Change, keeps_all: Callable[[Change], bool]) -> bool:
    """Whether all that breaks in a change, and in what follows from it, is names in Python.

    Args:
        change: The change.
        keeps_all: Whether a change exchanges a class for one that has all that it had.
    """
    rows = with_consequences([change])
    breaks = [row for row in rows if row.breaks_by_itself]
    return all(row.rule in NAMES or keeps_all(row) for row in breaks)


def _count(
    rows: list[Change], prefix: str, changed: set[str], breaking: set[str]
) -> Count:
    added = {r.where for r in rows if r.rule in _ADDED and r.rule.startswith(prefix)}
    removed = {
        r.where for r in rows if r.rule in _REMOVED and r.rule.startswith(prefix)
    }
    return Count(len(added), len(removed), len(changed), len(breaking))


def _changed_operations(owned: Sequence[tuple[Owner, Change]]) -> set[str]:
    unchanged = _ADDED | _REMOVED
    rows = [(owner, row) for owner, row in owned if row.rule not in unchanged]
    return _operations_of(rows) - {
        owner.title for owner, row in owned if row.rule in unchanged
    }


def _added_operations(owned: Sequence[tuple[Owner, Change]]) -> set[str]:
    return {owner.title for owner, row in owned if row.rule in _ADDED}


def _operations_of(owned: Sequence[tuple[Owner, Change]]) -> set[str]:
    """Keys of the operations that rows are about or reach."""
    keys: set[str] = set()
    for owner, change in owned:
        if owner.kind is Kind.OPERATION:
            keys.add(owner.title)
        keys |= {*owner.reaches, *change.operations}
    return keys


def _changed_types(owned: Sequence[tuple[Owner, Change]]) -> set[str]:
    """The shared schemas that a row is about."""
    return {
        owner.title
        for owner, change in owned
        if owner.kind is Kind.SHARED
        and change.rule not in _ADDED | _REMOVED
        and {change.old_at[1:2], change.new_at[1:2]} & {("schemas",)}
    }
