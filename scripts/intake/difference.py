"""The first place in which two parts of a document mean different things, in words."""

from __future__ import annotations

import json

from scripts.common.printer import listing
from scripts.intake.document import Pointer
from scripts.intake.prose import without_prose
from scripts.intake.yaml_text import at

LONGEST_VALUE = 80
_CONTEXT = 20  # characters before a difference


def same(before: object, after: object) -> bool:
    """Whether data is equal, 1 and 1.0 and True being different."""
    return json.dumps(before, sort_keys=True) == json.dumps(after, sort_keys=True)


def difference(first: object, second: object) -> str:
    """The first place where two parts mean different things; empty if there is none. Prose and extensions don't count."""
    return _first_difference(first, second, "is {} and {}")


def change(before: object, after: object) -> str:
    """The first place where a part means something new, as `difference` finds it."""
    return _first_difference(before, after, "was {} and is {}")


def _first_difference(first: object, second: object, wording: str) -> str:
    one = without_prose(first, extensions=False)
    another = without_prose(second, extensions=False)
    return _difference(one, another, (), wording)


def shown_value(value: object) -> str:
    """The JSON of a value for a message, cut to 80 characters; "absent" for None."""
    return _excerpt(_text(value), 0)


def _difference(before: object, after: object, place: Pointer, wording: str) -> str:
    if same(before, after):
        return ""
    match before, after:
        case dict(), dict():
            return _difference_of_objects(before, after, place, wording)
        case list(), list():
            return _difference_of_lists(before, after, place, wording)
    texts = wording.format(*_excerpts(_text(before), _text(after)))
    return f"{_where(place)} {texts}"


def _difference_of_objects(
    before: dict[str, object], after: dict[str, object], place: Pointer, wording: str
) -> str:
    for key in {**before, **after}:
        changed = _difference(before.get(key), after.get(key), (*place, key), wording)
        if changed:
            return changed
    return ""


def _difference_of_lists(
    before: list[object], after: list[object], place: Pointer, wording: str
) -> str:
    """The items removed from a list or added to it; or the first item that differs, if its items have parts."""
    has_parts = any(isinstance(item, dict | list) for item in [*before, *after])
    if has_parts and len(before) == len(after):
        for index, (old_item, new_item) in enumerate(zip(before, after, strict=True)):
            changed = _difference(old_item, new_item, (*place, str(index)), wording)
            if changed:
                return changed
    old_texts = [_text(item) for item in before]
    new_texts = [_text(item) for item in after]
    lost = [text for text in old_texts if text not in new_texts]
    gained = [text for text in new_texts if text not in old_texts]
    changes = []
    if lost:
        changes.append(f"loses {_listed(lost)}")
    if gained:
        changes.append(f"gains {_listed(gained)}")
    if not changes:
        changes.append("has another order or number of items")
    return f"{_where(place)} {' and '.join(changes)}"


def _where(place: Pointer) -> str:
    if place:
        return at(place)
    return "it"


def _listed(texts: list[str]) -> str:
    return listing([_excerpt(text, 0) for text in texts])


def _excerpts(before: str, after: str) -> tuple[str, str]:
    """Parts of two different texts, from shortly before the place where they differ."""
    common = 0
    for old_character, new_character in zip(before, after, strict=False):
        if old_character != new_character:
            break
        common += 1
    start = 0
    if common >= LONGEST_VALUE - _CONTEXT:
        start = common - _CONTEXT
    return _excerpt(before, start), _excerpt(after, start)


def _excerpt(text: str, start: int) -> str:
    """Part of a text, with dots where something is left out."""
    excerpt = text[start : start + LONGEST_VALUE]
    if start:
        excerpt = f"...{excerpt}"
    if len(text) > start + LONGEST_VALUE:
        excerpt = f"{excerpt}..."
    return excerpt


def _text(value: object) -> str:
    if value is None:
        return "absent"
    return json.dumps(value)
