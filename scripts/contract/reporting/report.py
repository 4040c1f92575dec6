"""The rows of a comparison in the order in which a reviewer reads them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from scripts.contract.comparing.changes import Change, Direction, canonical
from scripts.contract.model import Contract
from scripts.contract.reporting.decisions import NO_DECISIONS, Decisions
from scripts.contract.reporting.owners import (
    Kind,
    Owner,
    Owners,
    operations_together,
)
from scripts.contract.reporting.runs import (
    added_beside,
    field_of,
    fields_of,
    plural,
    runs,
    sides_of_run,
)
from scripts.contract.reporting.side import NO_SIDE, Side
from scripts.contract.reporting.summary import Summary, breaks_names_alone, summarise

# From so many operations on, the same change is shown once.
_MANY = 3
# Rules about whole calls, by how their names start, the most urgent first.
_FIRST = (
    ("server-",),
    ("path-", "method-", "prefix-", "operation-"),
    ("authentication-", "flow-"),
)
# Rules for operations that were added or removed, which differ in their names alone.
_PRESENCE = {
    "operation-added",
    "operation-removed",
    "operation-left-out",
    "operation-taken-in",
}


@dataclass(frozen=True)
class Row:
    """A change, and the part of its owner that it is about. `others` is the same change of other operations, classes or fields."""

    change: Change
    part: str
    others: tuple[Change, ...] = ()
    # Several classes that it is about; all are named, because callers search for them.
    classes: tuple[str, ...] = ()
    # Whether it is about several fields of `part`, or several values of it.
    is_run: bool = False

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields of `part` that it is about, where they are several."""
        if not self.is_run:
            return ()
        return tuple(fields_of((self.change, *self.others)))

    @property
    def what(self) -> str:
        """The rule in words."""
        if self.is_run:
            return plural(self.change.what)
        return self.change.what

    @property
    def shown(self) -> Change:
        """The change to show. One that stands for others has the consequences of all, and no value that only it has."""
        is_presence = self.change.rule in _PRESENCE
        if not self.others or not (is_presence or self.is_run):
            return self.change
        consequences = self.change.consequences
        for other in self.others:
            consequences += other.consequences
        before: object = None
        after: object = None
        if self.is_run:
            before, after = sides_of_run([self.change, *self.others])
        return replace(
            self.change, before=before, after=after, consequences=consequences
        )


@dataclass(frozen=True)
class Group:
    """The rows of one operation or shared part."""

    owner: Owner
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Section:
    """The groups that a reader looks at together: what breaks, what does not, what is accepted."""

    title: str
    groups: tuple[Group, ...]


@dataclass(frozen=True)
class Report:
    """The changes from one document to another. A form is a function that writes it as text; `scripts.drift.FORMATS` lists them."""

    changes: tuple[Change, ...]
    owned: tuple[tuple[Owner, Change], ...]
    summary: Summary
    old: Side
    new: Side
    decisions: Decisions
    # The titles and the versions that the documents give themselves.
    titles: tuple[str, str]
    versions: tuple[str, str]

    def reason(self, change: Change) -> str:
        """Why a change is accepted; empty where it is not."""
        return self.decisions.reasons.get(change.identifier, "")

    def is_open(self, change: Change) -> bool:
        """Whether nobody has accepted a change."""
        return not self.reason(change)

    def open_breaks(self) -> list[Change]:
        """The changes that break callers and that nobody has accepted."""
        return [row for row in self.changes if row.breaking and self.is_open(row)]

    @cached_property
    def added_fields(self) -> Mapping[str, list[str]]:
        """The names of added fields by class."""
        return added_beside(self.changes)

    def sections(self) -> list[Section]:
        """Breaking changes first, then compatible ones, then those that are accepted; without sections that are empty."""
        breaking = []
        compatible = []
        accepted = []
        for owner, change in self.owned:
            if not self.is_open(change):
                accepted.append((owner, change))
            elif change.breaking:
                breaking.append((owner, change))
            else:
                compatible.append((owner, change))
        sections = [
            Section("Breaking", _groups(breaking)),
            Section("Compatible", _groups(compatible)),
            Section("Accepted", _groups(accepted, has_reasons=True)),
        ]
        return [section for section in sections if section.groups]


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
    rows = [*changes]
    owned = [(owners.of(change), change) for change in rows]
    summary = summarise(rows, owned, {*decisions.reasons})
    return Report(
        tuple(rows),
        tuple(owned),
        summary,
        old_side,
        new_side,
        decisions,
        titles=(old.title, new.title),
        versions=(old.version, new.version),
    )


def _groups(
    owned: list[tuple[Owner, Change]], *, has_reasons: bool = False
) -> tuple[Group, ...]:
    """Rows by owner: the service, what many operations have in common, shared parts by reach, then operations by number of rows.

    Args:
        owned: The rows with their owners.
        has_reasons: Whether each row has a reason of its own, so that none stands for others.
    """
    common, single = _common(owned)
    by_owner: dict[Owner, list[Change]] = {}
    for owner, change in single:
        by_owner.setdefault(owner, []).append(change)
    groups = []
    for owner, changes in by_owner.items():
        changes.sort(key=_urgency)
        together = runs(changes)
        if has_reasons:
            together = [[change] for change in changes]
        rows = [_row_of_run(owner, run) for run in together]
        groups.append(Group(owner, tuple(rows)))
    groups += common
    return tuple(sorted(groups, key=_weight))


def _weight(group: Group) -> tuple[int, int, int, int, str]:
    owner = group.owner
    order = {
        Kind.SERVICE: 0,
        Kind.SHARED: 1,
        Kind.OPERATIONS: 1,
        Kind.OPERATION: 2,
    }
    urgency = min(_urgency(row.change) for row in group.rows)
    return (
        urgency,
        order[owner.kind],
        -len(owner.reaches),
        -len(group.rows),
        owner.title,
    )


def _urgency(change: Change) -> int:
    """The place of a change in its section: first what concerns every call, then what is sent, what is received, and names in Python."""
    if breaks_names_alone(change) and change.breaking:
        return 5
    for place, rules in enumerate(_FIRST):
        if change.rule.startswith(rules):
            return place
    if Direction.SENT in change.travels:
        return 3
    return 4


def _common(
    owned: list[tuple[Owner, Change]],
) -> tuple[list[Group], list[tuple[Owner, Change]]]:
    """Groups of changes that many operations have in common, and the other rows."""
    alike: dict[tuple[str, ...], list[tuple[Owner, Change]]] = {}
    single: list[tuple[Owner, Change]] = []
    for owner, change in owned:
        part = owner.part(change)
        if owner.kind is Kind.SHARED and change.rule.startswith("class-"):
            part = "classes"
        elif owner.kind is not Kind.OPERATION:
            single.append((owner, change))
            continue
        facts = [change.rule, part]
        if change.rule not in _PRESENCE:
            facts += [canonical(change.before), canonical(change.after)]
        alike.setdefault(tuple(facts), []).append((owner, change))
    by_operations: dict[tuple[str, ...], list[Row]] = {}
    classes: list[Row] = []
    for members in alike.values():
        if len(members) < _MANY:
            single += members
            continue
        first_owner, first = members[0]
        if first_owner.kind is Kind.SHARED:
            classes.append(_row_of_classes([change for _owner, change in members]))
            continue
        keys = tuple(sorted(owner.title for owner, _change in members))
        others = tuple(change for _owner, change in members[1:])
        row = Row(first, first_owner.part(first), others)
        by_operations.setdefault(keys, []).append(row)
    groups = []
    for keys, rows in by_operations.items():
        groups.append(Group(operations_together(keys), tuple(rows)))
    if classes:
        groups.append(Group(Owner(Kind.SERVICE, "Classes"), tuple(classes)))
    return groups, single


def _row_of_run(owner: Owner, changes: list[Change]) -> Row:
    """The row of one change, or of several that differ in the field or the value alone."""
    first = changes[0]
    part = owner.part(first)
    if len(changes) == 1:
        return Row(first, part)
    _class, field = field_of(first)
    if field:
        part = part.removesuffix(f".{field}")
    return Row(first, part, tuple(changes[1:]), is_run=True)


def _row_of_classes(changes: list[Change]) -> Row:
    """One row for classes that were added, or removed, in the same way."""
    names = [change.where for change in changes]
    return Row(changes[0], ", ".join(names), tuple(changes[1:]), tuple(names))
