"""Fold rows that only follow from another one into that row: an operation that goes takes its classes with it."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace

from scripts.contract.comparing.changes import GONE, RULES, Change
from scripts.contract.model import (
    Contract,
    Operation,
    all_schemas,
    operation_key,
    sent_and_received,
)
from scripts.contract.schema import Schema, walk
from scripts.intake.yaml_text import Pointer

# Rules for what a class may go with, and come with.
_TAKES_CLASSES = GONE | {"enum-removed"}
_BRINGS_CLASSES = {image for name in _TAKES_CLASSES for image in RULES[name].mirrors}
_PER_OPERATION = ("authentication-changed", "server-", "tag-changed")


def fold(changes: list[Change], old: Contract, new: Contract) -> list[Change]:
    """The rows without those that follow from others, which have them as consequences."""
    causes: dict[Change, Change] = {}
    causes |= _classes(changes, "class-removed", _TAKES_CLASSES, old)
    causes |= _classes(changes, "class-added", _BRINGS_CLASSES, new)
    functions = _functions_of_ids(changes)
    causes |= functions
    causes |= _nested_names(changes, functions)
    return _folded(_merged(changes), causes)


def _folded(changes: list[Change], causes: dict[Change, Change]) -> list[Change]:
    """Rows with their consequences; a row breaks if one of them does."""
    followers: dict[Change, list[Change]] = defaultdict(list)
    for follower, cause in causes.items():
        while cause in causes:
            cause = causes[cause]
        followers[cause].append(follower)
    folded = []
    for change in changes:
        if change in causes:
            continue
        consequences = tuple(
            sorted(followers.get(change, ()), key=lambda row: (row.rule, row.where))
        )
        breaking = change.breaking or any(c.breaking for c in consequences)
        folded.append(replace(change, consequences=consequences, breaking=breaking))
    return sorted(folded, key=lambda change: not change.breaking)


def _merged(changes: list[Change]) -> list[Change]:
    """The same change of access of several operations as one row."""
    alike: dict[tuple[str, str], list[Change]] = defaultdict(list)
    for change in changes:
        if change.rule.startswith(_PER_OPERATION) and _operation_key(change):
            alike[change.rule, f"{change.before} {change.after}"].append(change)
    merged = {}
    dropped = set()
    for members in alike.values():
        if len(members) > 1:
            keys = tuple(_operation_key(member) for member in members)
            where = f"{members[0].rule.partition('-')[0]} of several operations"
            merged[members[0]] = replace(members[0], where=where, operations=keys)
            dropped |= {*members[1:]}
    return [merged.get(change, change) for change in changes if change not in dropped]


def _operation_key(change: Change) -> str:
    """The operation that a row is about; empty where it is about something else."""
    return operation_key(change.new_at)


# Classes


def _classes(
    changes: list[Change], rule: str, causing: set[str], contract: Contract
) -> dict[Change, Change]:
    """The row that each class came or went with: the one that reaches the fewest classes."""
    followers = {change.where: change for change in changes if change.rule == rule}
    if not followers:
        return {}
    is_old = rule == "class-removed"
    classes = _Classes(contract)
    causes: dict[Change, Change] = {}
    fewest: dict[Change, int] = {}
    for change in changes:
        if change.rule not in causing:
            continue
        place = change.new_at
        if is_old:
            place = change.old_at
        reached = classes.reached(place)
        for name in sorted(reached & followers.keys()):
            follower = followers[name]
            if follower not in causes or len(reached) < fewest[follower]:
                causes[follower] = change
                fewest[follower] = len(reached)
    return causes


class _Classes:
    """Which classes stand at a place of a contract, or are reached from there."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._operations = {each.at: each for each in contract.operations.values()}
        schemas = sorted(all_schemas(contract), key=lambda schema: schema.pointer)
        self._schemas = schemas
        self._places = [schema.pointer for schema in schemas]

    def reached(self, place: Pointer) -> set[str]:
        starts = self._below(place)
        operation = self._operations.get(place)
        if operation:
            starts += _schemas_of(operation)
        reached = walk(starts, self._contract.types)
        names = {self._contract.names.class_of(schema) for schema in reached}
        return names - {""}

    def _below(self, place: Pointer) -> list[Schema]:
        """The schemas at a place and inside it."""
        inside = []
        for index in range(bisect_left(self._places, place), len(self._places)):
            if self._places[index][: len(place)] != place:
                break
            inside.append(self._schemas[index])
        return inside


def _schemas_of(operation: Operation) -> list[Schema]:
    return [schema for schema, _sent in sent_and_received(operation)]


# Names


def _functions_of_ids(changes: list[Change]) -> dict[Change, Change]:
    """Functions that have another name because their operation has another id."""
    with_other_id = {
        (change.where, change.old_at, change.new_at): change
        for change in changes
        if change.rule == "operation-id-changed"
    }
    causes = {}
    for change in changes:
        cause = with_other_id.get((change.where, change.old_at, change.new_at))
        if change.rule == "function-renamed" and cause is not None:
            causes[change] = cause
    return causes


def _nested_names(
    changes: list[Change], functions: Mapping[Change, Change]
) -> dict[Change, Change]:
    """Classes that have another name because the class or the operation around them has one.

    Args:
        changes: All rows.
        functions: The rows about functions that have another name, with the ids that they have it from.
    """
    renamed = [change for change in changes if change.rule == "class-renamed"]
    prefixes = {(str(each.before), str(each.after)): each for each in renamed}
    ids = [change for change in changes if change.rule == "operation-id-changed"]
    for change in [*ids, *functions]:
        if change.before and change.after:
            names = (_squeezed(str(change.before)), _squeezed(str(change.after)))
            prefixes.setdefault(names, change)
    causes = {}
    for change in renamed:
        before = str(change.before)
        after = str(change.after)
        for (old, new), cause in prefixes.items():
            if _is_nested(before, old) and _is_nested(after, new):
                same_rest = before[len(old) :] == after[len(new) :]
                if same_rest and cause is not change:
                    causes[change] = cause
    return causes


def _is_nested(name: str, prefix: str) -> bool:
    return len(name) > len(prefix) and name.lower().startswith(prefix.lower())


def _squeezed(identifier: str) -> str:
    return re.sub(r"\W|_", "", identifier)
