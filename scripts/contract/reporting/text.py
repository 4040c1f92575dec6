"""A report as lines of text: a line for each row as compilers write them, under what it belongs to."""

from __future__ import annotations

from scripts.common.printer import listing, visible
from scripts.contract.comparing.changes import Change
from scripts.contract.reporting.direction import direction
from scripts.contract.reporting.headings import (
    Reached,
    broken_calls,
    heading,
    reasons_to_look,
    title,
    unreached,
    where,
    with_fields,
)
from scripts.contract.reporting.notes import notes_in_words
from scripts.contract.reporting.owners import Kind
from scripts.contract.reporting.report import Report, Section
from scripts.contract.reporting.row_advice import row_advice
from scripts.contract.reporting.rows import PRESENCE, Group, Row
from scripts.contract.reporting.runs import field_of
from scripts.contract.reporting.side import old_place
from scripts.contract.reporting.summary import VERSION_STEPS, Count
from scripts.contract.reporting.values import code, place, sides_in_words

# Operations that are named of those that have a change in common.
_MOST_OPERATIONS = 8
# Kinds of sections that a line names by other words.
_KINDS_IN_WORDS = {"look": "compatible, but look"}
# Kinds of sections that a reader only skims.
_SHORT = ("look", "compatible", "accepted")


def text(report: Report) -> str:
    """A summary, then a line for each row under its operation or shared part, breaking ones first, with what to do about them."""
    last_line = unreached(report, visible)
    if not report.changes:
        return f"No drift: the contract is the same.\n{last_line}".rstrip()
    lines = _summary(report)
    reached = Reached(visible, _MOST_OPERATIONS)
    for section in report.sections():
        lines += ["", f"=== {section.title} ===", *reasons_to_look(section), ""]
        for group in section.groups:
            is_short = len(group.rows) == 1 and section.kind in _SHORT
            if is_short:
                lines.append(_short_group(report, section, group, reached))
                continue
            if lines[-1]:
                lines.append("")
            lines += [*_group(report, section, group, reached), ""]
        if not lines[-1]:
            lines.pop()
    if last_line:
        lines += ["", last_line]
    return "\n".join(lines)


def _summary(report: Report) -> list[str]:
    """Which documents these are, what has changed, and what the maintainer of the client does."""
    lines = [title(report, visible, "->")]
    if report.old.name and report.new.name:
        lines.append(f"{visible(report.old.title)} -> {visible(report.new.title)}")
    lines.append(report.summary.sentence())
    broken = broken_calls(report.summary, visible)
    if broken:
        lines.append(broken)
    lines.append(_count("Operations", report.summary.operations))
    lines.append(_count("Types", report.summary.types))
    lines.append(VERSION_STEPS[report.summary.step])
    return lines


def _count(name: str, count: Count) -> str:
    changed = f"{count.changed} changed"
    if count.breaking:
        changed += f" ({count.breaking} breaking)"
    return f"{name}: {count.added} added, {count.removed} removed, {changed}."


def _group(
    report: Report, section: Section, group: Group, reached: Reached
) -> list[str]:
    """The heading of a group with what it reaches, then its rows with what to do about them."""
    owner = group.owner
    first_line = heading(owner, visible, visible)
    operations = reached.in_words(owner)
    if operations and owner.kind is Kind.OPERATIONS:
        first_line += f": {operations}"
    elif operations:
        first_line += f" ({_lower(operations)})"
    lines = [first_line]
    last_advice = ""
    for row in group.rows:
        advice = ""
        if section.kind == "breaking":
            advice = row_advice(report, row, code)
        if advice != last_advice and last_advice:
            lines.append(f"    To do: {last_advice}")
        last_advice = advice
        lines.append(_line(report, section, row))
    if last_advice:
        lines.append(f"    To do: {last_advice}")
    return lines


def _short_group(
    report: Report, section: Section, group: Group, reached: Reached
) -> str:
    """A group of one row on one line, with what it reaches."""
    owner = group.owner
    row = group.rows[0]
    ending = ""
    label = ""
    match owner.kind:
        case Kind.OPERATION:
            change = row.change
            if owner.title not in (change.before, change.after, change.where):
                ending = f"; in {visible(owner.title)}"
        case Kind.OPERATIONS:
            keys = [visible(key) for key in owner.reaches]
            label = f"{_where(row)} ({listing(keys, _MOST_OPERATIONS)})"
        case _:
            operations = reached.in_words(owner)
            if operations:
                ending = f"; {_lower(operations)}"
    return _line(report, section, row, label=label, ending=ending)


def _lower(sentence: str) -> str:
    return f"{sentence[:1].lower()}{sentence[1:]}"


def _line(
    report: Report, section: Section, row: Row, *, label: str = "", ending: str = ""
) -> str:
    """A row with its place.

    Args:
        report: The report.
        section: The section that the row is in.
        row: The row.
        label: What it is about; by default as the row says.
        ending: Stands before the name of the rule.
    """
    change = row.shown
    kind = _KINDS_IN_WORDS.get(section.kind, section.kind)
    reason = report.reason(row.change)
    if reason:
        kind = f"accepted ({visible(reason)})"
    directions = direction(change)
    if directions:
        directions = f", {directions}"
    sides = sides_in_words(change, are_examples=row.shows_example)
    sentence = f"{_what(row)}{directions}{sides}"
    notes = notes_in_words(report, row)
    position = _position(report, row.change)
    return f"{position}{kind}: {label or _where(row)}: {sentence}{notes}{ending} [{change.rule}]"


def _what(row: Row) -> str:
    """The rule in words; without the noun where the place is a number of operations that were added or removed."""
    if row.others and row.change.rule in PRESENCE:
        return row.what.removeprefix("operation ")
    return row.what


def _where(row: Row) -> str:
    """What a row is about, also without the heading above it."""
    if row.places:
        return where(row, visible)
    if row.is_run and len(row.fields) > 1:
        holder, _field = field_of(row.change)
        return with_fields(holder, row.fields, visible)
    if row.others and not row.is_run:
        return f"{where(row, visible)} of {len(row.changes)} operations".removeprefix(
            "the operation of "
        )
    return visible(place(row.change.where))


def _position(report: Report, change: Change) -> str:
    """File, line and column: of the old document for what is removed, else of the new one."""
    sides = [(report.new, change.new_at), (report.old, old_place(change))]
    if change.what.endswith((" removed", " no longer generated")):
        sides.reverse()
    for side, pointer in sides:
        position = side.position(pointer)
        if position is not None:
            line, column = position
            return f"{visible(side.title)}:{line}:{column}: "
    return ""
