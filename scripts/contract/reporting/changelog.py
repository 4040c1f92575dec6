"""A report as lines for CHANGELOG.md."""

from __future__ import annotations

from scripts.contract.reporting.report import Report, Row
from scripts.contract.reporting.values import code, told


def changelog(report: Report) -> str:
    """An item for each change, breaking ones first; one for a change that many operations have."""
    lines = []
    for section in report.sections():
        for group in section.groups:
            lines += [_item(row) for row in group.rows]
    return "\n".join(lines)


def _item(row: Row) -> str:
    change = row.change
    breaking = "**Breaking:** " if change.breaking else ""
    where = code(change.where)
    if row.others:
        where = f"{code(row.part)} of {len(row.others) + 1} operations"
    return f"- {breaking}{where}: {told(change)}"
