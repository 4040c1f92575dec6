"""A report as lines for CHANGELOG.md."""

from __future__ import annotations

from scripts.contract.comparing.changes import Change
from scripts.contract.reporting.headings import where
from scripts.contract.reporting.report import Report
from scripts.contract.reporting.rows import Row
from scripts.contract.reporting.values import code, in_a_sentence, place


def changelog(report: Report) -> str:
    """An item for each change, breaking ones first; one for a change that many operations have."""
    lines = []
    for section in report.sections():
        for group in section.groups:
            for row in group.rows:
                lines += _items(row)
    return "\n".join(lines)


def _items(row: Row) -> list[str]:
    """The item of a row. Operations that came or went are named one by one."""
    if row.places:
        return [_item_of_places(row)]
    if row.is_run or row.change.rule.startswith("operation-"):
        return [_item(change) for change in row.changes]
    if row.others:
        part = f"{code(place(row.part))} of {len(row.others) + 1} operations"
        return [_item(row.change, part)]
    return [_item(row.change)]


def _item(change: Change, part: str = "") -> str:
    part = part or code(place(change.where))
    return f"- {_verdict(change)}{part}: {in_a_sentence(change)}"


def _item_of_places(row: Row) -> str:
    """The item of a change of several types or classes."""
    sentence = in_a_sentence(row.shown, row.what, are_examples=row.shows_example)
    return f"- {_verdict(row.change)}{where(row, code)}: {sentence}"


def _verdict(change: Change) -> str:
    return "**Breaking:** " if change.breaking else ""
