"""A report as Markdown."""

from __future__ import annotations

from scripts.common.printer import listing, visible
from scripts.contract.comparing.changes import Change
from scripts.contract.reporting.advice import advice
from scripts.contract.reporting.direction import direction
from scripts.contract.reporting.notes import notes_in_words
from scripts.contract.reporting.owners import Kind, Owner
from scripts.contract.reporting.reasons import kinds_with_reasons
from scripts.contract.reporting.report import Group, Report, Row
from scripts.contract.reporting.summary import VERSION_STEPS, Count
from scripts.contract.reporting.values import (
    code,
    place,
    side_in_words,
)
from scripts.intake.yaml_text import Position

# So many operations are named of those that a part reaches.
FEW_OPERATIONS = 3
_TITLES = ("Where", "What", "Direction", "Before", "After")


def markdown(report: Report) -> str:
    """A summary, then breaking changes, compatible ones, and those that are accepted."""
    if not report.changes:
        return "No drift: the contract is the same."
    lines = [
        f"# Drift: {_title(report)}",
        "",
        *_names(report),
        f"{VERSION_STEPS[report.summary.step]} {report.summary.sentence()}",
        "",
        "|  | added | removed | changed |",
        "| --- | ---: | ---: | ---: |",
        _count("operations", report.summary.operations),
        _count("types", report.summary.types),
    ]
    lines += _advice(report)
    reached = Reached()
    for section in report.sections():
        lines += ["", f"## {section.title}"]
        for group in section.groups:
            lines += ["", *_group(report, group, reached)]
    return "\n".join([*lines, *_reasons(report)])


def _title(report: Report) -> str:
    """The title of the new document, with both versions where they differ. `contract.lock` keeps none."""
    old_version, new_version = report.versions
    title = code(report.titles[1])
    if old_version in ("", new_version):
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
    for kind in kinds:
        action = kind.action_in_words(code).replace("|", "\\|")
        lines.append(_table_row([kind.what, kind.times, action]))
    return lines


def _count(name: str, count: Count) -> str:
    return f"| {name} | {count.added} | {count.removed} | {count.changed} |"


def _reasons(report: Report) -> list[str]:
    """Why each kind of change breaks callers or does not."""
    kinds = kinds_with_reasons(report.changes)
    reasons = [f"- {kind.what}: {kind.verdict}, {kind.reason}." for kind in kinds]
    return ["", "## Why", "", *reasons]


def _group(report: Report, group: Group, reached: Reached) -> list[str]:
    """The heading of a group, what it reaches, and a table."""
    lines = [f"### {heading(group.owner)}", ""]
    reaches = reached.in_words(group.owner)
    if reaches:
        lines += [reaches, ""]
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
        cells = _cells(report, row)
        if has_lines:
            cells.append(lines_of_row(report, row))
        if has_reasons:
            cells.append(visible(report.reason(row.change)))
        lines.append(_table_row([cell.replace("|", "\\|") for cell in cells]))
    return lines


def heading(owner: Owner) -> str:
    """The title of a group, with the id of an operation."""
    if owner.kind is Kind.SERVICE:
        return visible(owner.title)
    if owner.kind is Kind.OPERATIONS:
        if len(owner.reaches) > FEW_OPERATIONS:
            return visible(owner.title)
        return ", ".join(map(code, owner.reaches))
    if owner.name:
        return f"{code(owner.title)} ({code(owner.name)})"
    return code(owner.title)


class Reached:
    """Says what shared parts reach. The operations that an earlier part of the same report reaches are not named again."""

    def __init__(self) -> None:
        self._first: dict[tuple[str, ...], str] = {}

    def in_words(self, owner: Owner) -> str:
        """The operations that a shared part reaches; empty where there are none, or the heading names them."""
        keys = owner.reaches
        names = [code(key) for key in keys]
        if owner.kind is Kind.OPERATIONS:
            # All of them, because this is where their change is told.
            return ", ".join(names) if len(keys) > FEW_OPERATIONS else ""
        if not keys:
            return ""
        if len(keys) == 1:
            return f"Reaches {names[0]}"
        first = self._first.setdefault(keys, owner.title)
        if first != owner.title and len(keys) > FEW_OPERATIONS:
            return f"Reaches the same {len(keys)} operations as {code(first)}"
        return f"Reaches {len(keys)} operations: {listing(names, FEW_OPERATIONS)}"


def where(row: Row) -> list[str]:
    """What a row is about, as names."""
    if row.classes:
        return [*row.classes]
    return [place(row.part)]


def _cells(report: Report, row: Row) -> list[str]:
    change = row.shown
    names = ", ".join(map(code, where(row)))
    if row.fields:
        names += f": {', '.join(map(code, row.fields))}"
    return [
        names,
        f"{row.what}{notes_in_words(report, change)}",
        direction(change),
        side_in_words(change, change.before),
        side_in_words(change, change.after),
    ]


def lines_of_row(report: Report, row: Row) -> str:
    """The lines of a row; those of the first field, and a mark, where it is about several."""
    lines = lines_of(report, row.change)
    if lines and row.is_run:
        return f"{lines} …"
    return lines


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
