"""The first place in which two parts of a document mean different things, in words."""

from __future__ import annotations

import json

from scripts.intake.document import Json, Pointer
from scripts.intake.prose import without_prose
from scripts.intake.yaml_text import at

LONGEST_VALUE = 80


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
    return "absent" if value is None else json.dumps(value)[:LONGEST_VALUE]


def _difference(one: Json, other: Json, place: Pointer) -> str:
    if same(one, other):
        return ""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in {**one, **other}:
            found = _difference(one.get(key), other.get(key), (*place, key))
            if found:
                return found
        return ""
    return f"{at(place) if place else 'it'} is {shown(one)} and {shown(other)}"
