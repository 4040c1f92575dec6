"""What differs between two contracts, and which differences break code written against the old one."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import NamedTuple

from scripts.contract.model import Json, canonical

SENT = "sent"
RECEIVED = "received"

# What may be said of a change, and in which direction of travel it breaks. What stands in no list breaks always.
_COMPATIBLE = frozenset(
    {
        "body added",
        "body made optional",
        "content type added",
        "default changed",
        "enum value added",
        "error response added",
        "error response removed",
        "field added",
        "limit loosened",
        "operation added",
        "optional parameter added",
        "parameter made optional",
        "response added",
        "server added",
        "type added",
        "unknown fields now kept",
    }
)
_BREAKS_WHEN_SENT = frozenset(
    {
        "enum added",
        "enum value removed",
        "field made required",
        "limit tightened",
        "required field added",
    }
)
_BREAKS_WHEN_RECEIVED = frozenset({"field made optional"})


@dataclass(frozen=True, slots=True)
class Change:
    """One row of a report. `before` and `after` are JSON data, None where there was or is nothing."""

    where: str
    what: str
    breaking: bool
    before: Json = None
    after: Json = None


class _Row(NamedTuple):
    where: str
    what: str
    before: str
    after: str


class Changes:
    """Collects differences; the same one, seen from several users of a shared part, is one row, and breaks if it breaks any of them."""

    def __init__(self) -> None:
        self._rows: dict[_Row, bool] = {}

    def add(
        self,
        where: str,
        what: str,
        before: Json = None,
        after: Json = None,
        *,
        way: str = "",
        breaking: bool | None = None,
    ) -> None:
        row = _Row(where, what, canonical(before), canonical(after))
        breaks = is_breaking(what, way) if breaking is None else breaking
        self._rows[row] = self._rows.get(row, False) or breaks

    def __bool__(self) -> bool:
        return bool(self._rows)

    @property
    def breaking(self) -> bool:
        return any(self._rows.values())

    def listed(self) -> list[Change]:
        """Breaking first, then by place."""
        rows = sorted(self._rows.items(), key=lambda item: (not item[1], item[0]))
        return [
            Change(
                row.where,
                row.what,
                breaks,
                json.loads(row.before),
                json.loads(row.after),
            )
            for row, breaks in rows
        ]


def is_breaking(what: str, way: str) -> bool:
    """Whether a difference of this kind can stop code written against the old contract."""
    if what in _COMPATIBLE:
        return False
    if what in _BREAKS_WHEN_SENT:
        return way == SENT
    if what in _BREAKS_WHEN_RECEIVED:
        return way == RECEIVED
    return True


def bump(changes: list[Change]) -> str:
    """The version step that changes ask for: none, minor or major."""
    if any(change.breaking for change in changes):
        return "major"
    return "minor" if changes else "none"
