"""What callers do about one breaking row, with its names and values."""

from __future__ import annotations

from scripts.common.printer import listing
from scripts.contract.comparing.changes import Change, Direction, Effect
from scripts.contract.reporting.advice import CONSTANT, action_on, types_of
from scripts.contract.reporting.notes import name_of, successor_in_words
from scripts.contract.reporting.report import Report
from scripts.contract.reporting.rows import Row
from scripts.contract.reporting.runs import fields_of
from scripts.contract.reporting.values import Mark, in_words, is_only_named

_STOP = {
    "Pass": "stop passing",
    "Send": "stop sending",
    "Read": "stop reading",
    "Send and read": "stop sending and reading",
}
# Types of JSON that have no class in Python.
_PLAIN = ("string", "integer", "number", "boolean")
_EXAMPLES = {("integer", "string"): ('`"12"`', "`12`")}


def row_advice(report: Report, row: Row, mark: Mark) -> str:
    """What a caller affected by a breaking row does; that for its first consequence where only these break."""
    change = row.change
    if not change.breaks_by_itself:
        followers = [each for each in change.consequences if each.breaks_by_itself]
        if not followers:
            return ""
        change = followers[0]
    general = action_on(report, change)
    if report.is_first_typed(change) or general == CONSTANT:
        return general
    if change.rule.startswith("class-"):
        return _of_class(change, mark) or general
    return _particular(report, row, mark) or general


def _of_class(change: Change, mark: Mark) -> str:
    """What callers import, or use, in the place of a class; empty where the row does not say."""
    after = change.after
    if not isinstance(after, str):
        return ""
    kind = after.partition(" (")[0]
    if change.rule == "class-renamed":
        return f"Import {mark(after)}, no longer {mark(str(change.before))}."
    if kind in _PLAIN:
        return f"Stop importing {mark(change.where)}; use a plain {mark(after)}."
    if after.isidentifier() and after[:1].isupper():
        return f"Import {mark(after)}, no longer {mark(change.where)}."
    return ""


def _particular(report: Report, row: Row, mark: Mark) -> str:
    """What callers do with the names and the types of a row; empty where that is the same for all of its kind."""
    change = row.change
    types = types_of(change)
    match change.rule:
        case "field-removed" | "parameter-removed" | "enum-value-removed":
            return _removed(report, row, mark)
        case "required-field-added" | "field-made-required":
            names = dict.fromkeys(mark(name) for name in fields_of(row.changes))
            return f"Send {listing([*names])} in every request."
        case "content-type-changed":
            general = action_on(report, change)
            return general.replace(
                "content of the new type", in_words(change.after, mark)
            )
        case "type-changed" if is_only_named(change.new_at):
            return (
                "Expect objects without the field; where it comes, it may be any value."
            )
        case "type-changed" | "format-changed" if types is not None:
            return f"{_verb(change)} {_exchanged(types, mark)}."
    return ""


def _removed(report: Report, row: Row, mark: Mark) -> str:
    """What callers do without what a row has removed."""
    steps: dict[str, None] = {}
    verb = _verb(row.change)
    stop = _STOP.get(verb, "stop using")
    stopped: dict[str, None] = {}
    for change in row.changes:
        name = mark(name_of(change))
        if change.rule == "enum-value-removed":
            name = in_words(change.before, mark)
        successor = report.renames.successor(change)
        if successor is None:
            stopped[name] = None
            continue
        names = successor_in_words(successor, mark)
        if successor.is_renamed:
            if successor.new_type:
                names += f" ({mark(successor.new_type)})"
                name += f" ({mark(str(change.before))})"
            steps[f"{verb.lower()} {names} instead of {name}"] = None
        else:
            steps[f"{stop} {name}, and see whether {names} serves instead"] = None
    if stopped:
        steps[f"{stop} {listing([*stopped])}"] = None
    words = "; ".join(steps)
    return f"{words[:1].upper()}{words[1:]}."


def _verb(change: Change) -> str:
    """What callers do with values."""
    if "parameter" in change.rule:
        return "Pass"
    if change.rule == "enum-value-removed":
        return "Send"
    if change.effect is Effect.WIDENED:
        return "Expect"
    match change.travels:
        case Direction.SENT:
            return "Send"
        case Direction.RECEIVED:
            return "Read"
        case _:
            return "Send and read"


def _exchanged(types: tuple[str, str], mark: Mark) -> str:
    """The new type instead of the old one, with an example where the two are easily mixed up."""
    before, after = types
    if before == "nothing":
        return mark(after)
    words = f"{mark(after)}, no longer {mark(before)}"
    kinds = (before.partition(" (")[0], after.partition(" (")[0])
    if kinds in _EXAMPLES:
        new_example, old_example = _EXAMPLES[kinds]
        words += f" ({new_example} instead of {old_example})"
    return words
