"""Changes for people, as Markdown, and for programs, as JSON."""

from __future__ import annotations

import json
from typing import Any

from scripts.contract.changes import Change, bump
from scripts.contract.model import Json

_ASKS = {
    "major": "a major version (before 1.0: a minor one)",
    "minor": "a minor version",
}


def as_data(changes: list[Change]) -> dict[str, Any]:
    """The form that `python -m scripts.drift --json` promises."""
    return {
        "breaking": any(change.breaking for change in changes),
        "bump": bump(changes),
        "changes": [
            {
                "where": change.where,
                "what": change.what,
                "breaking": change.breaking,
                "before": change.before,
                "after": change.after,
            }
            for change in changes
        ],
    }


def as_json(changes: list[Change]) -> str:
    return json.dumps(as_data(changes), indent=2, ensure_ascii=False)


def as_markdown(changes: list[Change]) -> str:
    """Breaking changes first, then compatible ones, and the version step they ask for."""
    if not changes:
        return "No drift: the contract is the same."
    lines = ["# Drift", "", f"Asks for {_ASKS[bump(changes)]}."]
    for title, breaking in (("Breaking", True), ("Compatible", False)):
        rows = [change for change in changes if change.breaking is breaking]
        if rows:
            lines += ["", f"## {title}", ""]
            lines += ["| Where | What | Before | After |", "| --- | --- | --- | --- |"]
            lines += [_row(change) for change in rows]
    return "\n".join(lines)


def as_changelog(changes: list[Change]) -> str:
    """Lines for CHANGELOG.md."""
    lines = []
    for change in changes:
        mark = "**Breaking:** " if change.breaking else ""
        lines.append(f"- {mark}`{change.where}`: {change.what}{_step(change)}")
    return "\n".join(lines)


def _step(change: Change) -> str:
    if change.before is None and change.after is None:
        return ""
    if change.before is None:
        return f" ({_said(change.after)})"
    if change.after is None:
        return f" (was {_said(change.before)})"
    return f" ({_said(change.before)} -> {_said(change.after)})"


def _row(change: Change) -> str:
    cells = (
        f"`{change.where}`",
        change.what,
        _said(change.before),
        _said(change.after),
    )
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _said(value: Json) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return ", ".join(_said(item) for item in value)
    if isinstance(value, dict):
        return ", ".join(f"{key}: {_said(item)}" for key, item in value.items()) or "{}"
    return f"`{value}`" if isinstance(value, str) else f"`{json.dumps(value)}`"
