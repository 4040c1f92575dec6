"""Puts rows under what they are about: changes that are alike together, the most urgent first."""

from __future__ import annotations

from functools import cached_property

from scripts.contract.comparing import words
from scripts.contract.comparing.changes import Change, Direction, canonical
from scripts.contract.model import Contract
from scripts.contract.reporting.owners import (
    Kind,
    Owner,
    operations_together,
    types_together,
)
from scripts.contract.reporting.rows import PRESENCE, Group, Place, Row
from scripts.contract.reporting.runs import (
    alike_in_types,
    field_of,
    fields_of,
    harmless,
    runs,
)

Owned = list[tuple[Owner, Change]]
# Groups of some changes, and the changes that are in none of them.
Taken = tuple[list[Group], Owned]

# From so many operations or types on, the same change is shown once.
_MANY = 3
# Rules about whole calls, by how their names start, the most urgent first.
_FIRST = (
    ("server-",),
    ("path-", "method-", "prefix-", "operation-"),
    ("authentication-", "flow-"),
)
_SENT = 3
_RECEIVED = 4
# The places in a section of what changes no request and no response.
_TYPES_ALONE = 5
_NAMES_ALONE = 6
_HARMLESS = 7
_FIRST_TYPED = "Typed for the first time: the old document states these types where OpenAPI 3 does not read them"


class Grouping:
    """Makes the groups of each section of one report.

    Args:
        old: The old contract.
        new: The new one.
        first_typed: The breaking changes that only correct where the old document states a type.
        names_alone: The breaking changes of which callers notice nothing but names in Python.
    """

    def __init__(
        self,
        old: Contract,
        new: Contract,
        first_typed: frozenset[Change],
        names_alone: frozenset[Change],
    ) -> None:
        self._old = old
        self._new = new
        self._first_typed = first_typed
        self._names_alone = names_alone

    def groups(self, owned: Owned) -> tuple[Group, ...]:
        """Rows by owner: the service, what many operations have in common, shared parts by reach, then operations by number of rows."""
        groups: list[Group] = []
        for take in (
            self._take_classes,
            self._take_first_typed,
            _take_harmless,
            _take_common,
            _take_alike_types,
        ):
            taken, owned = take(owned)
            groups += taken
        by_owner: dict[Owner, list[Change]] = {}
        for owner, change in owned:
            by_owner.setdefault(owner, []).append(change)
        for owner, changes in by_owner.items():
            changes.sort(key=self._urgency)
            rows = [_row_of_run(owner, run) for run in runs(changes)]
            groups.append(Group(owner, tuple(rows)))
        return self._sorted(groups)

    def single_groups(self, owned: Owned) -> tuple[Group, ...]:
        """Rows by owner, each change a row of its own."""
        by_owner: dict[Owner, list[Row]] = {}
        for owner, change in owned:
            row = Row(change, owner.part(change))
            by_owner.setdefault(owner, []).append(row)
        groups = [Group(owner, tuple(rows)) for owner, rows in by_owner.items()]
        return self._sorted(groups)

    def _sorted(self, groups: list[Group]) -> tuple[Group, ...]:
        return tuple(sorted(groups, key=self._weight))

    def _weight(self, group: Group) -> tuple[int, int, int, int, str]:
        owner = group.owner
        order = {
            Kind.SERVICE: 0,
            Kind.SHARED: 1,
            Kind.OPERATIONS: 1,
            Kind.TYPES: 1,
            Kind.OPERATION: 2,
        }
        urgency = min(self._urgency(row.change) for row in group.rows)
        if owner.kind is Kind.TYPES and all(harmless(r.change) for r in group.rows):
            urgency = _HARMLESS
        return (
            urgency,
            order[owner.kind],
            -len(owner.reaches),
            -len(group.rows),
            owner.title,
        )

    def _urgency(self, change: Change) -> int:
        """The place of a change in its section: what concerns every call, what is sent, what is received, types and names in Python."""
        if change in self._names_alone:
            return _NAMES_ALONE
        if change in self._first_typed:
            return _TYPES_ALONE
        for place, rules in enumerate(_FIRST):
            if change.rule.startswith(rules):
                return place
        return _SENT if Direction.SENT in change.travels else _RECEIVED

    def _take_classes(self, owned: Owned) -> Taken:
        """Group classes that were added, or removed, in the same way."""
        by_sides: dict[tuple[str, ...], Owned] = {}
        single: Owned = []
        for owner, change in owned:
            if not change.rule.startswith("class-") or change.rule == "class-renamed":
                single.append((owner, change))
                continue
            sides = (canonical(change.before), canonical(change.after))
            by_sides.setdefault((change.rule, *sides), []).append((owner, change))
        rows = []
        for members in by_sides.values():
            if len(members) < _MANY:
                single += members
            else:
                rows.append(self._row_of_classes([change for _, change in members]))
        if not rows:
            return [], single
        return [Group(Owner(Kind.SERVICE, "Classes"), tuple(rows))], single

    def _row_of_classes(self, changes: list[Change]) -> Row:
        """One row for classes that were added, or removed, in the same way."""
        changes.sort(key=lambda change: change.where)
        places = []
        for change in changes:
            declared = self._labels.label(change.old_at or change.new_at)
            if declared == change.where:
                declared = ""
            places.append(Place(change.where, declared=declared))
        return Row(changes[0], "", tuple(changes[1:]), tuple(places))

    @cached_property
    def _labels(self) -> words.Places:
        return words.Places(self._new, self._old)

    def _take_first_typed(self, owned: Owned) -> Taken:
        """Group what only the old document's mistake makes a change."""
        rows = []
        single: Owned = []
        keys: set[str] = set()
        for owner, change in owned:
            if change in self._first_typed:
                rows.append(Row(change, change.where))
                keys |= _operations(owner)
            else:
                single.append((owner, change))
        if not rows:
            return [], single
        owner = Owner(Kind.SERVICE, _FIRST_TYPED, "", tuple(sorted(keys)))
        return [Group(owner, tuple(rows))], single


def _take_harmless(owned: Owned) -> Taken:
    """Group changes of many types, of which nobody needs to see each."""
    alike: dict[tuple[str, ...], Owned] = {}
    single: Owned = []
    for owner, change in owned:
        facts = harmless(change)
        if facts and not change.consequences:
            alike.setdefault(facts, []).append((owner, change))
        else:
            single.append((owner, change))
    rows = []
    keys: set[str] = set()
    for members in alike.values():
        owners = {owner for owner, _change in members}
        if len(members) < _MANY or len(owners) == 1:
            single += members
            continue
        rows.append(_row_of_types([change for _owner, change in members]))
        keys = keys.union(*map(_operations, owners))
    if not rows:
        return [], single
    rows.sort(key=lambda row: -len(row.others))
    owner = types_together("Fields of several types", sorted(keys))
    return [Group(owner, tuple(rows))], single


def _take_common(owned: Owned) -> Taken:
    """Group changes that many operations have in common."""
    alike: dict[tuple[str, ...], Owned] = {}
    single: Owned = []
    for owner, change in owned:
        if owner.kind is not Kind.OPERATION:
            single.append((owner, change))
            continue
        facts = [change.rule, owner.part(change)]
        if change.rule not in PRESENCE:
            facts += [canonical(change.before), canonical(change.after)]
        alike.setdefault(tuple(facts), []).append((owner, change))
    by_operations: dict[tuple[str, ...], list[Row]] = {}
    for members in alike.values():
        if len(members) < _MANY:
            single += members
            continue
        first_owner, first = members[0]
        keys = tuple(sorted(owner.title for owner, _change in members))
        others = tuple(change for _owner, change in members[1:])
        row = Row(first, first_owner.part(first), others)
        by_operations.setdefault(keys, []).append(row)
    groups = [
        Group(operations_together(keys), tuple(rows))
        for keys, rows in by_operations.items()
    ]
    return groups, single


def _take_alike_types(owned: Owned) -> Taken:
    """Group the same change of several types."""
    alike: dict[tuple[str, ...], Owned] = {}
    single: Owned = []
    for owner, change in owned:
        facts = alike_in_types(change)
        if owner.kind is Kind.SHARED and facts:
            alike.setdefault(facts, []).append((owner, change))
        else:
            single.append((owner, change))
    by_types: dict[tuple[Owner, ...], list[Row]] = {}
    for members in alike.values():
        owners = sorted({owner for owner, _change in members})
        if len(owners) < _MANY:
            single += members
            continue
        row = _row_of_types([change for _owner, change in members])
        by_types.setdefault(tuple(owners), []).append(row)
    groups = []
    for types, rows in by_types.items():
        keys: set[str] = set()
        keys = keys.union(*map(_operations, types))
        owner = types_together(f"{len(types)} types", sorted(keys))
        groups.append(Group(owner, tuple(rows)))
    return groups, single


def _operations(owner: Owner) -> set[str]:
    """Keys of the operations that an owner is or reaches."""
    if owner.kind is Kind.OPERATION:
        return {owner.title}
    return {*owner.reaches}


def _row_of_types(changes: list[Change]) -> Row:
    """One row for changes of several types, or of fields of them."""
    by_holder: dict[str, list[Change]] = {}
    for change in changes:
        holder, _name = field_of(change)
        by_holder.setdefault(holder, []).append(change)
    places = []
    for holder in sorted(by_holder):
        inside = by_holder[holder]
        if len(inside) == 1:
            places.append(Place(inside[0].where))
        else:
            places.append(Place(holder, tuple(fields_of(inside))))
    return Row(changes[0], "", tuple(changes[1:]), tuple(places))


def _row_of_run(owner: Owner, changes: list[Change]) -> Row:
    """The row of one change, or of several that differ in the field or the value alone."""
    first = changes[0]
    part = owner.part(first)
    if len(changes) == 1:
        return Row(first, part)
    _class, name = field_of(first)
    if name:
        part = part.removesuffix(f".{name}")
    return Row(first, part, tuple(changes[1:]), is_run=True)
