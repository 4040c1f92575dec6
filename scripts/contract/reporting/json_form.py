"""A report as JSON, for programs. `report.schema.json` beside this module describes it."""

from __future__ import annotations

import json
from pathlib import Path

from scripts.contract.comparing.changes import Change, Direction
from scripts.contract.reporting.attention import attention
from scripts.contract.reporting.owners import Owner
from scripts.contract.reporting.report import Report

# Raised when a key goes or means something else; keys may be added without.
FORMAT_VERSION = 2
_SCHEMA = Path(__file__).with_name("report.schema.json")


def json_schema() -> dict[str, object]:
    """The JSON Schema of the form."""
    schema: dict[str, object] = json.loads(_SCHEMA.read_text("utf-8"))
    return schema


def json_form(report: Report) -> dict[str, object]:
    """The form that `python -m scripts.drift --json` promises; lists are whole."""
    summary = report.summary
    return {
        "format": FORMAT_VERSION,
        "breaking": summary.step == "major",
        "bump": summary.step,
        "summary": {
            "operations": vars(summary.operations),
            "types": vars(summary.types),
            "breaking": summary.breaking,
            "breaking_names": summary.breaking_names,
            "first_typed": summary.first_typed,
            "compatible": summary.compatible,
            "worth_a_look": summary.worth_a_look,
            "accepted": summary.accepted,
        },
        "unreached_schemas": [*report.unreached],
        "changes": [_row(report, owner, change) for owner, change in report.owned],
    }


def _row(report: Report, owner: Owner, change: Change) -> dict[str, object]:
    return {
        **_facts(report, change),
        "operations": _operations(owner, change),
        "worth_a_look": bool(attention(change)),
        "first_typed": report.is_first_typed(change),
        "accepted": report.reason(change) or None,
        "consequences": [_facts(report, each) for each in change.consequences],
    }


def _facts(report: Report, change: Change) -> dict[str, object]:
    return {
        "id": change.identifier,
        "rule": change.rule,
        "what": change.what,
        "where": change.where,
        "breaking": change.breaking,
        "effect": change.effect.value,
        "travels": _travels(change.travels),
        "before": change.before,
        "after": change.after,
        "old": report.old.data(change.old_at),
        "new": report.new.data(change.new_at),
    }


def _travels(direction: Direction) -> list[str]:
    """The directions in which a value travels, from the caller's point of view."""
    names = {Direction.SENT: "sent", Direction.RECEIVED: "received"}
    return [name for flag, name in names.items() if flag in direction]


def _operations(owner: Owner, change: Change) -> list[str]:
    """Keys of the operations that a row is about or reaches."""
    if change.operations:
        return [*change.operations]
    if owner.reaches:
        return [*owner.reaches]
    return [owner.title] if " /" in owner.title else []
