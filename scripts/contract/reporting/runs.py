"""Changes of several fields of one class, or of several values of one enum, that are shown as one row."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from scripts.contract.comparing.changes import Change, canonical
from scripts.contract.reporting.attention import is_rewritten

# Rules about values of one place, whatever field that is.
_VALUES = "enum-value-"
# Rules about limits of one place, of which it may have several.
_LIMITS = {"limit-tightened", "limit-loosened"}
# The steps before the name of a field: of one that is declared, and of one that is only required.
_HOLDING_FIELDS = (("properties",), ("required",))
# Rules whose values may differ within a row, which then lists them by field.
_LISTED = {
    "field-added",
    "required-field-added",
    "field-removed",
    "enum-value-added",
    "enum-value-removed",
    "default-changed",
}


def field_of(change: Change) -> tuple[str, str]:
    """The object in words, and the name of its field, that a change is about: `Pet` and `tag`, or `body of add_pet` and `tag`.

    For a change of no field, or of a value that a field may have, its place and an empty name.
    """
    if change.rule.startswith(_VALUES):
        return change.where, ""
    for place in (change.new_at, change.old_at):
        if place[-2:-1] in _HOLDING_FIELDS:
            holder = _without_field(change.where, place[-1])
            if holder:
                return holder, place[-1]
    return change.where, ""


def _without_field(where: str, name: str) -> str:
    """A place in words without its last step, which is a field with this name; empty where it has another last step."""
    step = f".{name}"
    if where.endswith(step):
        return where.removesuffix(step)
    part, of, operation = where.rpartition(f"{step} of ")
    return f"{part} of {operation}" if of else ""


def runs(changes: Iterable[Change]) -> list[list[Change]]:
    """Group changes that differ only in the field or the value, in the order of the first of each group."""
    by_facts: dict[tuple[object, ...], list[Change]] = defaultdict(list)
    for change in changes:
        holder, field = field_of(change)
        facts: list[object] = [change.rule, holder, change.travels, change.effect]
        facts += [change.breaking, bool(field)]
        facts += [change.before is None, change.after is None]
        if change.rule not in _LISTED:
            facts += [canonical(change.before), canonical(change.after)]
        if not field and not change.rule.startswith(_VALUES):
            facts.append(id(change))
        by_facts[tuple(facts)].append(change)
    return _with_limits_together([*by_facts.values()])


def _with_limits_together(groups: list[list[Change]]) -> list[list[Change]]:
    """The groups, with the limits of one field that stand alone together: `minimum 1` and `maximum 9` are one row."""
    by_place: dict[tuple[object, ...], list[Change]] = {}
    merged: list[list[Change]] = []
    for group in groups:
        change = group[0]
        if len(group) > 1 or change.rule not in _LIMITS:
            merged.append(group)
            continue
        facts = (change.what, change.where, change.travels, change.effect)
        known = by_place.get(facts)
        if known is None:
            by_place[facts] = group
            merged.append(group)
        else:
            known.append(change)
    return merged


def sides_of_run(changes: list[Change]) -> tuple[object, object]:
    """Before and after of a group: one value if all have the same, else the value by field, or a list of values."""
    return (
        _together([(field_of(change)[1], change.before) for change in changes]),
        _together([(field_of(change)[1], change.after) for change in changes]),
    )


def _together(values: list[tuple[str, object]]) -> object:
    first = values[0][1]
    if len({canonical(value) for _field, value in values}) == 1:
        return first
    fields = {field for field, _value in values}
    if len(fields) == 1:
        return [value for _field, value in values]
    return dict(values)


def harmless(change: Change) -> tuple[str, ...]:
    """What compatible changes of many types have in common that one row may show; empty for one that needs its own."""
    if change.breaking:
        return ()
    match change.rule:
        case "format-changed":
            return (change.rule, canonical(change.before), canonical(change.after))
        case "field-made-required" | "const-added":
            return (change.rule,)
        case "default-changed" if is_rewritten(change):
            return (change.rule, rewritten_in_words(change))
    return ()


def rewritten_in_words(change: Change) -> str:
    """That a default is the same value, written otherwise."""
    if isinstance(change.after, str):
        return "defaults now written as text"
    return "defaults no longer written as text"


def alike_in_types(change: Change) -> tuple[str, ...]:
    """What changes of several types have in common that are one change of the document; empty for one that stands alone."""
    facts = (change.rule, str(change.travels), str(change.effect), str(change.breaking))
    sides = (canonical(change.before), canonical(change.after))
    if change.rule == "type-changed":
        return (*facts, *sides)
    _holder, name = field_of(change)
    return (*facts, *sides, name) if name else ()


def becomes_constant(change: Change) -> bool:
    """Whether the class of an enum is gone because its one value is now a constant."""
    if change.rule != "class-removed":
        return False
    before = str(change.before)
    after = str(change.after)
    return before.startswith("enum of") and after.startswith("constant of")


def plural(what: str) -> str:
    """A rule in words, about several fields or values."""
    for noun in ("field", "enum value", "format", "default", "limit", "const"):
        if what.startswith((f"{noun} ", f"required {noun} ")):
            return what.replace(noun, f"{noun}s", 1)
    return what.replace("class ", "classes ", 1)


def fields_of(changes: Iterable[Change]) -> Iterator[str]:
    """The names of the fields that rows are about."""
    for change in changes:
        _holder, field = field_of(change)
        if field:
            yield field
