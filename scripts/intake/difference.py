"""The first place in which two parts of a document mean different things, in words."""

from __future__ import annotations

import json

from scripts.common.printer import listing
from scripts.intake.document import Json, Pointer
from scripts.intake.prose import without_prose
from scripts.intake.yaml_text import at

LONGEST_VALUE = 80
_CONTEXT = 20  # characters before a difference


def same(one: Json, other: Json) -> bool:
    """Whether data is equal, 1 and 1.0 and True being different."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def difference(one: Json, other: Json) -> str:
    """The first place where two parts mean different things; empty if there is none. Prose and extensions don't count."""
    before = without_prose(one, extensions=False)
    after = without_prose(other, extensions=False)
    return _difference(before, after, ())


def shown(value: Json) -> str:
    """A value for a message; "absent" for None."""
    return _excerpt(_text(value), 0)


def _difference(one: Json, other: Json, place: Pointer) -> str:
    if same(one, other):
        return ""
    where = at(place) if place else "it"
    match one, other:
        case dict(), dict():
            return _difference_of_objects(one, other, place)
        case list(), list():
            return _difference_of_lists(one, other, place)
    return f"{where} is {_both(_text(one), _text(other))}"


def _difference_of_objects(
    one: dict[str, Json], other: dict[str, Json], place: Pointer
) -> str:
    for key in {**one, **other}:
        found = _difference(one.get(key), other.get(key), (*place, key))
        if found:
            return found
    return ""


def _difference_of_lists(one: list[Json], other: list[Json], place: Pointer) -> str:
    """What was taken out of a list or put in; or the first item that differs, if its items have parts."""
    where = at(place) if place else "it"
    has_parts = any(isinstance(item, dict | list) for item in [*one, *other])
    if has_parts and len(one) == len(other):
        for index, (old_item, new_item) in enumerate(zip(one, other, strict=True)):
            found = _difference(old_item, new_item, (*place, str(index)))
            if found:
                return found
    old_texts = [_text(item) for item in one]
    new_texts = [_text(item) for item in other]
    lost = [text for text in old_texts if text not in new_texts]
    gained = [text for text in new_texts if text not in old_texts]
    changes = []
    if lost:
        changes.append(f"loses {_listed(lost)}")
    if gained:
        changes.append(f"gains {_listed(gained)}")
    if not changes:
        changes.append("has another order or number of items")
    return f"{where} {' and '.join(changes)}"


def _listed(texts: list[str]) -> str:
    return listing([_excerpt(text, 0) for text in texts])


def _both(one: str, other: str) -> str:
    """Two different texts, from shortly before the place where they differ."""
    common = 0
    for old_character, new_character in zip(one, other, strict=False):
        if old_character != new_character:
            break
        common += 1
    start = 0
    if common >= LONGEST_VALUE - _CONTEXT:
        start = common - _CONTEXT
    return f"{_excerpt(one, start)} and {_excerpt(other, start)}"


def _excerpt(text: str, start: int) -> str:
    """Part of a text, with dots where something is left out."""
    before = "..." if start else ""
    after = "..." if len(text) > start + LONGEST_VALUE else ""
    return f"{before}{text[start : start + LONGEST_VALUE]}{after}"


def _text(value: Json) -> str:
    return "absent" if value is None else json.dumps(value)
