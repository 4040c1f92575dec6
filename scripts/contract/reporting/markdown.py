"""A report as Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from scripts.common.printer import visible
from scripts.contract.comparing.changes import Change
from scripts.contract.reporting.advice import advice
from scripts.contract.reporting.direction import direction
from scripts.contract.reporting.headings import (
    Reached,
    broken_calls,
    heading,
    reasons_to_look,
    title,
    unreached,
    where,
)
from scripts.contract.reporting.notes import notes_in_words
from scripts.contract.reporting.owners import Kind
from scripts.contract.reporting.reasons import kinds_with_reasons
from scripts.contract.reporting.report import Report, Section
from scripts.contract.reporting.rows import Group, Row
from scripts.contract.reporting.side import new_place, old_place
from scripts.contract.reporting.summary import VERSION_STEPS, Count
from scripts.contract.reporting.values import code, side_in_words
from scripts.intake.yaml_text import Position

_TITLES = ("Where", "What", "Direction", "Before", "After")


def markdown(report: Report) -> str:
    """A summary, then breaking changes, compatible ones, and those that are accepted."""
    last_line = unreached(report, code)
    if not report.changes:
        return f"No drift: the contract is the same.\n\n{last_line}".rstrip()
    lines = [
        f"# Drift: {title(report, code, '→')}",
        "",
        *_names(report),
        f"{VERSION_STEPS[report.summary.step]} {report.summary.sentence()}",
        *_broken(report),
        "",
        "|  | added | removed | changed | of these breaking on the wire |",
        "| --- | ---: | ---: | ---: | ---: |",
        _count("operations", report.summary.operations),
        _count("types", report.summary.types),
    ]
    lines += _advice(report)
    reached = Reached(code)
    for section in report.sections():
        lines += ["", f"## {section.title}"]
        reasons = reasons_to_look(section)
        if reasons:
            lines += ["", *(f"- {reason}." for reason in reasons)]
        short = [group for group in section.groups if _is_short(section, group)]
        if short:
            lines += ["", *_short_groups(report, short, reached)]
        for group in section.groups:
            if group not in short:
                lines += ["", *_group(report, group, reached)]
    lines += _reasons(report)
    if last_line:
        lines += ["", last_line]
    return "\n".join(lines)


def _names(report: Report) -> list[str]:
    """The names of both documents; nothing where one has none, or both have the same."""
    if not (report.old.name and report.new.name):
        return []
    if report.old.title == report.new.title:
        return []
    return [f"{code(report.old.title)} → {code(report.new.title)}", ""]


def _broken(report: Report) -> list[str]:
    """The operations whose calls break."""
    sentence = broken_calls(report.summary, code)
    return ["", sentence] if sentence else []


def _advice(report: Report) -> list[str]:
    """What callers do about the breaking changes, by kind; nothing where none breaks."""
    kinds = advice(report)
    if not kinds:
        return []
    lines = [
        "",
        "## What to do",
        "",
        _table_row(["Breaking change", "Times", "What callers do"]),
    ]
    lines.append("| --- | ---: | --- |")
    for kind in kinds:
        action = kind.action_in_words(code).replace("|", "\\|")
        lines.append(_table_row([kind.what, kind.times, action]))
    return lines


def _count(name: str, count: Count) -> str:
    numbers = (count.added, count.removed, count.changed, count.breaking)
    return f"| {name} | {' | '.join(map(str, numbers))} |"


def _reasons(report: Report) -> list[str]:
    """Why each kind of change breaks callers or does not."""
    kinds = kinds_with_reasons(report.changes)
    reasons = [f"- {kind.what}: {kind.verdict}, {kind.reason}." for kind in kinds]
    return ["", "## Why", "", *reasons]


def _is_short(section: Section, group: Group) -> bool:
    """Whether a group is shown as a line of a table that it shares with others: one row that breaks nobody."""
    if section.kind not in ("look", "compatible") or len(group.rows) > 1:
        return False
    return group.owner.kind in (Kind.OPERATION, Kind.SHARED)


def _short_groups(report: Report, groups: list[Group], reached: Reached) -> list[str]:
    """A table of groups of one row each, with what they reach."""
    rows = []
    last_cells = []
    for group in groups:
        row = group.rows[0]
        if not row.is_run:
            row = replace(row, part=row.change.where)
        rows.append(row)
        operations = reached.in_words(group.owner)
        if group.owner.kind is Kind.OPERATION:
            operations = heading(group.owner, code, visible)
        last_cells.append(operations.removeprefix("Reaches "))
    return _table(report, rows, "Operations", last_cells)


def _group(report: Report, group: Group, reached: Reached) -> list[str]:
    """The heading of a group, what it reaches, and a table."""
    lines = [f"### {heading(group.owner, code, visible)}", ""]
    reaches = reached.in_words(group.owner)
    if reaches:
        lines += [reaches, ""]
    reasons = [visible(report.reason(row.change)) for row in group.rows]
    return [*lines, *_table(report, group.rows, "Accepted because", reasons)]


def _table(
    report: Report, rows: Sequence[Row], last_title: str, last_cells: list[str]
) -> list[str]:
    """A table of rows. The last column, and that of the lines, only where any row has something there."""
    titles = [*_TITLES]
    has_lines = any(lines_of(report, row.change) for row in rows)
    if has_lines:
        titles.append("Lines (old → new)")
    has_last_cells = any(last_cells)
    if has_last_cells:
        titles.append(last_title)
    lines = [_table_row(titles), _table_row(["---"] * len(titles))]
    for row, last_cell in zip(rows, last_cells, strict=True):
        cells = _cells(report, row)
        if has_lines:
            cells.append(lines_of_row(report, row))
        if has_last_cells:
            cells.append(last_cell)
        lines.append(_table_row([cell.replace("|", "\\|") for cell in cells]))
    return lines


def _cells(report: Report, row: Row) -> list[str]:
    change = row.shown
    return [
        where(row, code),
        f"{row.what}{notes_in_words(report, row)}",
        direction(change),
        _side(row, change.before),
        _side(row, change.after),
    ]


def _side(row: Row, value: object) -> str:
    """What a row had before or has after."""
    words = side_in_words(row.change, value)
    if words and row.shows_example:
        return f"such as {words}"
    return words


def lines_of_row(report: Report, row: Row) -> str:
    """The lines of a row; those of the first change, and a mark, where it is about several."""
    lines = lines_of(report, row.change)
    if lines and (row.is_run or row.places):
        return f"{lines} …"
    return lines


def lines_of(report: Report, change: Change) -> str:
    """The lines of both documents, as `12 → 14`; empty where neither has one. Of what is added or removed, only one has."""
    old = report.old.position(old_place(change))
    new = report.new.position(new_place(change))
    if not (old or new):
        return ""
    return f"{_line(old)} → {_line(new)}"


def _line(position: Position | None) -> str:
    return "-" if position is None else str(position[0])


def _table_row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
