"""Notes on a change: fields added in its place, what is not seen in its sides, and what follows."""

from __future__ import annotations

from scripts.common.printer import listing
from scripts.contract.comparing.changes import Change
from scripts.contract.reporting.report import Report
from scripts.contract.reporting.runs import field_of
from scripts.contract.reporting.values import (
    Mark,
    code,
    consequences_in_words,
    meaning_of,
)


def notes_in_words(report: Report, change: Change, mark: Mark = code) -> str:
    """All notes on a change, each after a semicolon."""
    return (
        added_instead(report, change, mark)
        + meaning_of(change)
        + consequences_in_words(change, mark)
    )


def added_instead(report: Report, change: Change, mark: Mark = code) -> str:
    """The fields added to the class of a removed field; empty for other changes."""
    if change.rule != "field-removed":
        return ""
    holder, _field = field_of(change)
    added = report.added_fields.get(holder)
    if not added:
        return ""
    return f"; added in the same class: {listing([mark(name) for name in added])}"
