"""Compare annotations: keywords that restrict no values, such as `deprecated`, `default` or `x-sunset`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from scripts.contract.comparing.changes import Difference, canonical, step
from scripts.contract.schema import whole

# Annotations that are true or false; the rule for a change to true, and the rule for a change to false.
_FLAGS = {
    "deprecated": ("deprecated", "no-longer-deprecated"),
    "readOnly": ("field-made-read-only", "field-no-longer-read-only"),
    "writeOnly": ("field-made-write-only", "field-no-longer-write-only"),
}
FIELD_FLAGS = {*_FLAGS["readOnly"], *_FLAGS["writeOnly"]}
# Annotations that describe the content of a string.
_CONTENT = ("contentEncoding", "contentMediaType", "contentSchema")
_CONTENT_RULES = {
    "added": "content-stated",
    "removed": "content-no-longer-stated",
    "changed": "content-changed",
}
# Other annotations with a rule of their own, extensions (`x-`) among them. `changes` lists the rules with their effects.
_RULES = {
    "default": "default-changed",
    "x-sunset": "sunset-changed",
    "encoding": "encoding-changed",
}


def note_differences(
    old: Mapping[str, object], new: Mapping[str, object]
) -> Iterator[Difference]:
    """The annotations that differ, each with the rule for it. Extensions (`x-`) are ignored unless they have a rule here."""
    yield from _extensible_values(old, new)
    for key in sorted({*old, *new}):
        before = _stated(key, old.get(key))
        after = _stated(key, new.get(key))
        if canonical(before) == canonical(after):
            continue
        if key in _FLAGS:
            became_true, became_false = _FLAGS[key]
            rule = became_true if after else became_false
            yield Difference(rule, (before, after))
        elif key in _RULES:
            yield Difference(_RULES[key], (before, after))
        elif not key.startswith("x-"):
            rule = "annotation-changed"
            if key in _CONTENT:
                rule = _CONTENT_RULES[step(before, after)]
            yield Difference(rule, (_under(key, before), _under(key, after)))


def _stated(key: str, value: object) -> object:
    """The value of an annotation; None where it means the same as none."""
    if key in _FLAGS:
        return value is True
    if key == "default":
        return whole(value)
    return value or None


def _under(key: str, value: object) -> dict[str, object] | None:
    return None if value is None else {key: value}


def _extensible_values(
    old: Mapping[str, object], new: Mapping[str, object]
) -> Iterator[Difference]:
    """Values added to or removed from `x-extensible-enum`. Callers must expect new values, so only a removed one is missed."""
    before = old.get("x-extensible-enum")
    after = new.get("x-extensible-enum")
    if not isinstance(before, list) or not isinstance(after, list):
        return
    old_values = {canonical(value): value for value in before}
    new_values = {canonical(value): value for value in after}
    for key in sorted(old_values.keys() - new_values):
        yield Difference("enum-value-removed", (old_values[key], None))
    for key in sorted(new_values.keys() - old_values):
        yield Difference("enum-value-added", (None, new_values[key]))
