"""Notes on a row: what stands in the place of what was removed, what its sides do not show, and what follows."""

from __future__ import annotations

from collections.abc import Iterator

from scripts.common.printer import listing
from scripts.contract.comparing.changes import Change
from scripts.contract.reporting.placement import UNTYPED, is_misplaced
from scripts.contract.reporting.renames import Successor, holder_and_name
from scripts.contract.reporting.report import Report
from scripts.contract.reporting.rows import Row
from scripts.contract.reporting.summary import NAMES
from scripts.contract.reporting.values import (
    Mark,
    code,
    consequences_in_words,
    meaning_of,
)

# What has a removed part, by the rule.
_BESIDE = {"field-removed": "class", "parameter-removed": "operation"}


def notes_in_words(report: Report, row: Row, mark: Mark = code) -> str:
    """All notes on a row, each after a semicolon."""
    change = row.shown
    notes = [*_successors(report, row, mark), *_predecessors(report, row, mark)]
    notes.append(report.replacements.in_words(change, mark))
    notes.append(_placement(report, change))
    if row.change in report.names_alone and change.rule not in NAMES:
        notes.append("only Python names break")
    words = "".join(f"; {note}" for note in notes if note)
    following = consequences_in_words(change, mark, is_of_several=bool(row.others))
    return words + meaning_of(change) + following


def _successors(report: Report, row: Row, mark: Mark) -> Iterator[str]:
    """What probably stands in the place of what a row has removed; else what was added beside it, the most alike first."""
    renamed: dict[str, None] = {}
    replaced: dict[str, None] = {}
    old_names = {name_of(change) for change in row.changes}
    for change in row.changes:
        successor = report.renames.successor(change)
        if successor is None:
            continue
        name = successor_in_words(successor, mark)
        if len(old_names) > 1:
            name = f"{mark(name_of(change))} -> {name}"
        names = renamed if successor.is_renamed else replaced
        names[name] = None
    if renamed:
        yield f"probably renamed: {listing([*renamed])}"
    if replaced and len(old_names) > 1:
        yield f"perhaps replaced: {listing([*replaced])}"
    elif replaced:
        yield f"perhaps replaced by {listing([*replaced])}"
    if not renamed and not replaced:
        holder = _BESIDE.get(row.change.rule, "")
        beside = report.renames.beside(row.change)
        if holder and beside:
            names_beside = [mark(name) for name in beside]
            yield f"added in the same {holder}: {listing(names_beside)}"


def _predecessors(report: Report, row: Row, mark: Mark) -> Iterator[str]:
    """Under which name an added field probably was there before."""
    pairs: dict[str, None] = {}
    for change in row.changes:
        name = report.renames.predecessor(change)
        if not name:
            continue
        pair = mark(name)
        if len(row.changes) > 1:
            pair = f"{mark(name_of(change))} was {pair}"
        pairs[pair] = None
    if pairs and len(row.changes) == 1:
        yield f"probably was {listing([*pairs])}"
    elif pairs:
        yield f"probably {listing([*pairs])}"


def successor_in_words(successor: Successor, mark: Mark) -> str:
    """The candidates for what stands in the place of something."""
    return " or ".join(mark(name) for name in successor.names)


def name_of(change: Change) -> str:
    """The field, the parameter or the value that a row is about."""
    _holder, name = holder_and_name(change)
    return name


def _placement(report: Report, change: Change) -> str:
    """That the new document states a type where the client does not see it."""
    is_untyped = change.rule == "type-changed" and change.after in UNTYPED
    if is_untyped and is_misplaced(report.new, change.new_at):
        return "the new document states it where OpenAPI 3 does not read it"
    return ""
