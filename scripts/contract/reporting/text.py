"""A report as lines of text, as compilers write them."""

from __future__ import annotations

from scripts.common.printer import visible
from scripts.contract.comparing.changes import Change
from scripts.contract.reporting.direction import direction
from scripts.contract.reporting.report import Report
from scripts.contract.reporting.summary import VERSION_STEPS
from scripts.contract.reporting.values import in_a_sentence, place


def text(report: Report) -> str:
    """A line for each change, breaking ones first, after a summary."""
    if not report.changes:
        return "No drift: the contract is the same."
    lines = [f"{report.summary.sentence()} {VERSION_STEPS[report.summary.step]}"]
    for section in report.sections():
        for group in section.groups:
            for row in group.rows:
                lines += [_line(report, change) for change in (row.change, *row.others)]
    return "\n".join(lines)


def _line(report: Report, change: Change) -> str:
    kind = "breaking" if change.breaking else "compatible"
    reason = report.reason(change)
    if reason:
        kind = f"accepted ({visible(reason)})"
    where = visible(place(change.where))
    directions = direction(change)
    if directions:
        directions = f", {directions}"
    return f"{_position(report, change)}{kind}: {where}: {in_a_sentence(change)}{directions} [{change.rule}]"


def _position(report: Report, change: Change) -> str:
    """File, line and column, of the old document where only that has the part."""
    side = report.new
    pointer = change.new_at
    if not pointer:
        side = report.old
        pointer = change.old_at
    position = side.position(pointer)
    if position is None:
        return ""
    line, column = position
    return f"{visible(side.name)}:{line}:{column}: "
