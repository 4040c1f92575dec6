"""Changes for people, as Markdown or lines of text, for programs, as JSON, and for pull requests, as annotations."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import NamedTuple

from scripts.common.printer import json_text, visible
from scripts.contract.comparing.changes import (
    RULES,
    Change,
    Direction,
    Effect,
    breaks,
    bump,
)
from scripts.contract.model import Json, Pointer, at
from scripts.intake.yaml_text import Positions

_ASKS = {
    "major": "a major version (before 1.0: a minor one)",
    "minor": "a minor version",
}
_FIELDS = ("rule", "where", "what", "breaking", "before", "after")


class Side(NamedTuple):
    """One of the two documents: its name and where its parts stand."""

    name: str = ""
    positions: Positions | None = None

    def place(self, pointer: Pointer) -> tuple[int, int] | None:
        return self.positions[pointer] if self.positions and pointer else None

    def data(self, pointer: Pointer) -> Json:
        """A place for programs."""
        place = zip(("line", "column"), self.place(pointer) or (), strict=False)
        return {"pointer": at(pointer), **dict(place)} if pointer else None


class Report(NamedTuple):
    """Changes from one document to another, breaking ones first."""

    changes: list[Change]
    old: Side = Side()
    new: Side = Side()

    def json(self) -> str:
        """The form that `python -m scripts.drift --json` promises."""
        rows = [
            {name: getattr(c, name) for name in _FIELDS}
            | {"old": self.old.data(c.old_at), "new": self.new.data(c.new_at)}
            for c in self.changes
        ]
        asked = bump(self.changes)
        said = {"breaking": asked == "major", "bump": asked, "changes": rows}
        return json_text(said)

    def markdown(self) -> str:
        """Breaking changes, compatible ones, and the version step that they ask for."""
        if not self.changes:
            return "No drift: the contract is the same."
        titles = ["Where", "What", "Before", "After", "Lines"]
        if not any(any(self._places(c)) for c in self.changes):
            titles.pop()
        lines = ["# Drift", "", f"Asks for {_ASKS[bump(self.changes)]}."]
        for title, breaking in (("Breaking", True), ("Compatible", False)):
            rows = [self._row(c) for c in self.changes if c.breaking is breaking]
            if rows:
                lines += ["", f"## {title}", ""]
                rows = [titles, ["---"] * len(titles), *rows]
                lines += [f"| {' | '.join(row[: len(titles)])} |" for row in rows]
        return "\n".join(lines)

    def _places(self, change: Change) -> list[tuple[int, int] | None]:
        return [self.old.place(change.old_at), self.new.place(change.new_at)]

    def _row(self, change: Change) -> list[str]:
        cells = [
            _code(change.where),
            change.what,
            _cell(change.before),
            _cell(change.after),
            " → ".join(str(p[0]) if p else "-" for p in self._places(change)),
        ]
        return [cell.replace("|", "\\|") for cell in cells]

    def text(self) -> str:
        """A line for each change, as compilers write them; the old place where only that document has one."""
        lines = []
        for c in self.changes:
            side, pointer = (self.new, c.new_at) if c.new_at else (self.old, c.old_at)
            place = side.place(pointer)
            name = visible(side.name)
            position = f"{name}:{place[0]}:{place[1]}: " if place else ""
            kind = "breaking" if c.breaking else "compatible"
            where = visible(c.where)
            lines.append(f"{position}{kind}: {where}: {_told(c)} [{c.rule}]")
        return "\n".join(lines)

    def github(self) -> str:
        """Workflow commands that annotate lines of the new document."""
        lines = []
        for c in self.changes:
            place, name = self.new.place(c.new_at), self.new.name
            spots = [f"file={_escaped(name, ':,')}"] if name else []
            spots += [f"line={place[0]},col={place[1]}"] if place else []
            spots.append(f"title={_escaped(c.what, ':,')}")
            kind = "error" if c.breaking else "notice"
            text = _escaped(f"{visible(c.where)}: {_told(c)}")
            lines.append(f"::{kind} {','.join(spots)}::{text}")
        return "\n".join(lines)

    def changelog(self) -> str:
        """Lines for CHANGELOG.md."""
        kinds = {True: "**Breaking:** ", False: ""}
        return "\n".join(
            f"- {kinds[c.breaking]}{_code(c.where)}: {_told(c)}" for c in self.changes
        )


FORMATS: dict[str, Callable[[Report], str]] = {
    "markdown": Report.markdown,
    "json": Report.json,
    "github": Report.github,
    "text": Report.text,
}


def rules_table() -> str:
    """Every rule with what it does to callers and whom that breaks."""
    lines = ["| Rule | Breaks callers | Effect |", "| --- | --- | --- |"]
    for name, rule in sorted(RULES.items()):
        for effect in rule.effects:
            lines.append(f"| `{name}` | {_breaks(effect)} | {effect.value} |")
    return "\n".join(lines)


def _breaks(effect: Effect) -> str:
    """Whom a change with this effect breaks: always, never, or only where a value is sent or received."""
    match (breaks(Direction.SENT, effect), breaks(Direction.RECEIVED, effect)):
        case (True, True):
            return "always"
        case (True, False):
            return "if sent"
        case (False, True):
            return "if received"
        case _:
            return "never"


def _cell(value: Json) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return ", ".join(_cell(item) for item in value)
    if isinstance(value, dict):
        return (
            ", ".join(
                f"{visible(str(key))}: {_cell(item)}" for key, item in value.items()
            )
            or "{}"
        )
    if isinstance(value, str):
        try:
            json.loads(value)
        except ValueError:
            return _code(value)
    # Text has quotes only where it could be taken for another value.
    return _code(json.dumps(value, ensure_ascii=False))


def _code(text: str) -> str:
    """As code, on one line, with as many backticks around it as its own ones need."""
    text = visible(text)
    fence = "`" * (1 + max(map(len, re.findall("`+", text)), default=0))
    blank = " " if "`" in text else ""
    return f"{fence}{blank}{text}{blank}{fence}"


def _escaped(text: str, more: str = "") -> str:
    for character in "%\r\n" + more:
        text = text.replace(character, f"%{ord(character):02X}")
    return text


def _told(change: Change) -> str:
    """What changed, from what to what."""
    sides = [None if v is None else _cell(v) for v in (change.before, change.after)]
    if sides[0] is None:
        return change.what if sides[1] is None else f"{change.what} ({sides[1]})"
    step = f"was {sides[0]}" if sides[1] is None else " -> ".join(map(str, sides))
    return f"{change.what} ({step})"
