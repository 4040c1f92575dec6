"""A report as Markdown."""

from __future__ import annotations

from scripts.common.printer import listing, visible
from scripts.contract.comparing.changes import Change
from scripts.contract.reporting.advice import advice
from scripts.contract.reporting.direction import direction
from scripts.contract.reporting.owners import Kind, Owner
from scripts.contract.reporting.report import Group, Report, Row
from scripts.contract.reporting.summary import VERSION_STEPS, Count
from scripts.contract.reporting.values import (
    code,
    consequences_in_words,
    in_words,
)
from scripts.intake.yaml_text import Position

_TITLES = ("Where", "What", "Direction", "Before", "After")


def markdown(report: Report) -> str:
    """A summary, then breaking changes, compatible ones, and those that are accepted."""
    if not report.changes:
        return "No drift: the contract is the same."
    lines = [
        f"# Drift: {_title(report)}",
        "",
        *_names(report),
        f"Asks for {VERSION_STEPS[report.summary.step]}. {report.summary.sentence()}",
        "",
        "|  | added | removed | changed |",
        "| --- | ---: | ---: | ---: |",
        _count("operations", report.summary.operations),
        _count("types", report.summary.types),
    ]
    lines += _advice(report)
    for section in report.sections():
        lines += ["", f"## {section.title}"]
        for group in section.groups:
            lines += ["", *_group(report, group)]
    return "\n".join(lines)


def _title(report: Report) -> str:
    """The title of the new document, with both versions where they differ."""
    old_version, new_version = report.versions
    title = code(report.titles[1])
    if old_version == new_version:
        return f"{title} {code(new_version)}"
    return f"{title} {code(old_version)} → {code(new_version)}"


def _names(report: Report) -> list[str]:
    """The names of both documents; nothing where one has none."""
    if not (report.old.name and report.new.name):
        return []
    return [f"{code(report.old.name)} → {code(report.new.name)}", ""]


def _advice(report: Report) -> list[str]:
    """What callers do about the breaking changes, by kind; nothing where none breaks."""
    kinds = advice(report.open_breaks())
    if not kinds:
        return []
    lines = [
        "",
        "## What to do",
        "",
        _table_row(["Breaking change", "Times", "What callers do"]),
    ]
    lines.append("| --- | ---: | --- |")
    rows = [_table_row([kind.what, kind.times, kind.action]) for kind in kinds]
    return [*lines, *rows]


def _count(name: str, count: Count) -> str:
    return f"| {name} | {count.added} | {count.removed} | {count.changed} |"


def _group(report: Report, group: Group) -> list[str]:
    """The heading of a group, what it reaches, and a table."""
    lines = [f"### {heading(group.owner)}", ""]
    if group.owner.reaches:
        lines += [f"{reaches(group.owner)}", ""]
    titles = [*_TITLES]
    has_lines = any(lines_of(report, row.change) for row in group.rows)
    if has_lines:
        titles.append("Lines (old → new)")
    has_reasons = any(report.reason(row.change) for row in group.rows)
    if has_reasons:
        titles.append("Accepted because")
    lines.append(_table_row(titles))
    lines.append(_table_row(["---"] * len(titles)))
    for row in group.rows:
        cells = _cells(row)
        if has_lines:
            cells.append(lines_of(report, row.change))
        if has_reasons:
            cells.append(visible(report.reason(row.change)))
        lines.append(_table_row([cell.replace("|", "\\|") for cell in cells]))
    return lines


def heading(owner: Owner) -> str:
    """The title of a group, with the id of an operation."""
    if owner.kind is Kind.SERVICE or (not owner.name and " operations" in owner.title):
        return visible(owner.title)
    if owner.name:
        return f"{code(owner.title)} ({code(owner.name)})"
    return code(owner.title)


def reaches(owner: Owner) -> str:
    """The operations that a shared part reaches, in words."""
    count = len(owner.reaches)
    noun = "operations"
    if count == 1:
        noun = "operation"
    return f"Reaches {count} {noun}: {listing([code(key) for key in owner.reaches])}"


def _cells(row: Row) -> list[str]:
    change = row.shown
    names = row.classes or (row.part,)
    return [
        ", ".join(code(name) for name in names),
        f"{change.what}{consequences_in_words(change)}",
        direction(change),
        in_words(change.before),
        in_words(change.after),
    ]


def lines_of(report: Report, change: Change) -> str:
    """The lines of both documents, as `12 → 14`; empty where neither has one."""
    old = report.old.position(change.old_at)
    new = report.new.position(change.new_at)
    if not (old or new):
        return ""
    return f"{_line(old)} → {_line(new)}"


def _line(position: Position | None) -> str:
    return "-" if position is None else str(position[0])


def _table_row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
