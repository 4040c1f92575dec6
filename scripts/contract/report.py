"""Changes for people, as Markdown or lines of text, for programs, as JSON, and for pull requests, as annotations."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from scripts.contract.changes import NEVER, RULES, Change, bump
from scripts.contract.model import Json, Pointer, at
from scripts.contract.words import value_text
from scripts.plain_data import Positions

_ASKS = {
    "major": "a major version (before 1.0: a minor one)",
    "minor": "a minor version",
}


@dataclass(frozen=True)
class Side:
    """One of the two documents: its name and where its parts stand."""

    name: str = ""
    positions: Positions | None = field(default=None, repr=False)

    def place(self, pointer: Pointer) -> tuple[int, int] | None:
        return self.positions[pointer] if self.positions and pointer else None


NOWHERE = Side()
Formatter = Callable[[list[Change], Side, Side], str]


def as_data(changes: list[Change], old: Side, new: Side) -> dict[str, Any]:
    """The form that `python -m scripts.drift --json` promises."""
    rows = [
        {
            "rule": c.rule,
            "where": c.where,
            "what": c.what,
            "breaking": c.breaking,
            "before": c.before,
            "after": c.after,
            "old": _position(old, c.old_at),
            "new": _position(new, c.new_at),
        }
        for c in changes
    ]
    breaking = any(c.breaking for c in changes)
    return {"breaking": breaking, "bump": bump(changes), "changes": rows}


def _position(side: Side, pointer: Pointer) -> Json:
    if not pointer:
        return None
    place = side.place(pointer)
    lines = {"line": place[0], "column": place[1]} if place else {}
    return {"pointer": at(pointer), **lines}


def as_json(changes: list[Change], old: Side = NOWHERE, new: Side = NOWHERE) -> str:
    return json.dumps(as_data(changes, old, new), indent=2, ensure_ascii=False)


def as_markdown(changes: list[Change], old: Side = NOWHERE, new: Side = NOWHERE) -> str:
    """Breaking changes first, then compatible ones, and the version step they ask for."""
    if not changes:
        return "No drift: the contract is the same."
    titles = ["Where", "What", "Before", "After", "Lines"]
    if not any(old.place(c.old_at) or new.place(c.new_at) for c in changes):
        titles.pop()
    lines = ["# Drift", "", f"Asks for {_ASKS[bump(changes)]}."]
    for title, breaking in (("Breaking", True), ("Compatible", False)):
        rows = [change for change in changes if change.breaking is breaking]
        if rows:
            lines += ["", f"## {title}", "", f"| {' | '.join(titles)} |"]
            lines += ["| --- " * len(titles) + "|"]
            lines += [_row(change, old, new, len(titles)) for change in rows]
    return "\n".join(lines)


def _row(change: Change, old: Side, new: Side, columns: int) -> str:
    lines = (old.place(change.old_at), new.place(change.new_at))
    cells = (
        _code(change.where),
        change.what,
        _cell(change.before),
        _cell(change.after),
        " → ".join(str(place[0]) if place else "-" for place in lines),
    )
    shown = (cell.replace("|", "\\|") for cell in cells[:columns])
    return f"| {' | '.join(shown)} |"


def _cell(value: Json) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return ", ".join(_cell(item) for item in value)
    if isinstance(value, dict):
        return ", ".join(f"{key}: {_cell(item)}" for key, item in value.items()) or "{}"
    return _code(value_text(value))


def _code(text: str) -> str:
    """As code, on one line, with as many backticks around it as its own ones need."""
    text = " ".join(text.split())
    fence = "`" * (1 + max(map(len, re.findall("`+", text)), default=0))
    blank = " " if "`" in text else ""
    return f"{fence}{blank}{text}{blank}{fence}"


def as_text(changes: list[Change], old: Side = NOWHERE, new: Side = NOWHERE) -> str:
    """A line for each change, as compilers write them; the old place where only that document has one."""
    lines = []
    for c in changes:
        side, pointer = (new, c.new_at) if c.new_at else (old, c.old_at)
        place = side.place(pointer)
        position = f"{side.name}:{place[0]}:{place[1]}: " if place else ""
        kind = "breaking" if c.breaking else "compatible"
        lines.append(f"{position}{kind}: {c.where}: {_told(c)} [{c.rule}]")
    return "\n".join(lines)


def as_github(changes: list[Change], old: Side = NOWHERE, new: Side = NOWHERE) -> str:
    """Workflow commands that annotate lines of the new document."""
    lines = []
    for change in changes:
        place = new.place(change.new_at)
        spots = [f"file={_escaped(new.name, ':,')}"] if new.name else []
        spots += [f"line={place[0]},col={place[1]}"] if place else []
        spots.append(f"title={_escaped(change.what, ':,')}")
        kind = "error" if change.breaking else "notice"
        text = _escaped(f"{change.where}: {_told(change)}")
        lines.append(f"::{kind} {','.join(spots)}::{text}")
    return "\n".join(lines)


def _escaped(text: str, more: str = "") -> str:
    for character in "%\r\n" + more:
        text = text.replace(character, f"%{ord(character):02X}")
    return text


def as_changelog(changes: list[Change]) -> str:
    """Lines for CHANGELOG.md."""
    kinds = {True: "**Breaking:** ", False: ""}
    return "\n".join(f"- {kinds[c.breaking]}`{c.where}`: {_told(c)}" for c in changes)


def _told(change: Change) -> str:
    """What changed, from what to what."""
    sides = [None if v is None else _cell(v) for v in (change.before, change.after)]
    if sides[0] is None:
        return change.what if sides[1] is None else f"{change.what} ({sides[1]})"
    step = f"was {sides[0]}" if sides[1] is None else " -> ".join(map(str, sides))
    return f"{change.what} ({step})"


FORMATS: dict[str, Formatter] = {
    "markdown": as_markdown,
    "json": as_json,
    "github": as_github,
    "text": as_text,
}


def rules_table() -> str:
    """Every rule, for the documentation."""
    lines = ["| Rule | Breaks callers |", "| --- | --- |"]
    for name, rule in sorted(RULES.items()):
        when = rule.breaks if rule.breaks in ("always", NEVER) else f"if {rule.breaks}"
        lines.append(f"| `{name}` | {when} |")
    return "\n".join(lines)
