"""The rules of drift, and the rows that a comparison collects: what may differ between two contracts, and whom it breaks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import NamedTuple

from scripts.contract.model import Json, Pointer

SENT = "sent"
RECEIVED = "received"
ALWAYS = "always"
NEVER = "never"
UNTIL_NOW = {SENT: "sent until now", RECEIVED: "received until now"}
Sides = tuple[Json, Json]  # before and after
Places = tuple[Pointer, Pointer]


class Rule(NamedTuple):
    """One kind of change."""

    name: str
    breaks: str  # always, never, or only where callers send or receive what changed
    mirrors: tuple[str, ...]  # what it may be called when OLD and NEW are exchanged


# A rule and when it breaks, then its mirror image; a rule alone is its own.
_TABLE = """
operation-added never, operation-removed always
operation-left-out always, operation-taken-in never
left-out-operation-added never, left-out-operation-removed never
left-out-operation-changed never
operation-id-changed always
method-changed always
path-changed always
tag-changed always
function-renamed always
server-added never, server-removed always
server-changed always
server-variables-changed never
authentication-changed always
flow-added never, flow-removed always
flow-changed always
parameter-added never, parameter-removed always
required-parameter-added always, parameter-removed always
parameter-renamed always
parameter-made-required always, parameter-made-optional never
parameter-style-changed always
body-added never, body-removed always
required-body-added always, body-removed always
body-made-required always, body-made-optional never
content-type-added never, content-type-removed always
content-type-changed always
success-status-added never, success-status-removed always
error-response-added never, error-response-removed never
response-header-added never, response-header-removed always
response-header-made-required never, response-header-made-optional always
encoding-changed sent
callback-added never, callback-removed always
callback-changed always
webhook-added never, webhook-removed always
webhook-changed always
class-added never, class-removed always
class-renamed always
python-name-changed always
type-changed always
format-changed always
nullable-changed always
variant-added always, variant-removed always
discriminator-added never, discriminator-removed always
discriminator-changed always
field-added never, field-removed always
required-field-added sent, field-removed always
field-made-required sent, field-made-optional received
field-made-read-only sent until now, field-no-longer-read-only never
field-made-write-only received until now, field-no-longer-write-only never
unknown-fields-kept never, unknown-fields-refused always
unknown-fields-retyped always
enum-added sent, enum-removed always
enum-value-added never, enum-value-removed sent
const-added sent, const-removed received
const-changed always
limit-tightened sent, limit-loosened never
limit-changed sent
content-stated sent, content-no-longer-stated received
content-changed always
default-changed never
deprecated never, no-longer-deprecated never
sunset-changed never
annotation-changed never
"""
RULES: dict[str, Rule] = {}
for _line in _TABLE.strip().splitlines():
    _named = [part.split(maxsplit=1) for part in _line.split(", ")]
    for (_name, _breaks), (_image, _) in zip(_named, _named[::-1], strict=True):
        _known = RULES[_name].mirrors if _name in RULES else ()
        RULES[_name] = Rule(_name, _breaks, (*_known, _image))

# Rules for what is gone, with all that is below its place.
GONE = {
    name
    for name, r in RULES.items()
    if r.breaks == ALWAYS and name.endswith(("-removed", "-left-out"))
}
GONE |= {"type-changed", "unknown-fields-retyped"}


class Change(NamedTuple):
    """One row of a report. `before` and `after` are JSON data, None where there was or is nothing; `old_at` and `new_at` the places in
    the documents, or what holds them."""

    rule: str
    where: str
    breaking: bool
    before: Json = None
    after: Json = None
    old_at: Pointer = ()
    new_at: Pointer = ()

    @property
    def what(self) -> str:
        return self.rule.replace("-", " ")


class Changes:
    """Collects rows; the same change, seen from several users of a shared part, is one row, and breaks if it breaks any of them."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, ...], Change] = {}

    def add(
        self,
        rule: str,
        where: str,
        sides: Sides,
        at: Places,
        breaking: bool | None = None,
        way: str = "",
    ) -> None:
        """Add a row, unless both sides read the same."""
        before, after = map(canonical, sides)
        if before == after:
            return
        if breaking is None:
            breaking = RULES[rule].breaks in (ALWAYS, way)
        key = (where, rule, before, after)
        known = self.rows.get(key)
        breaking = breaking or (known is not None and known.breaking)
        first = known or Change(rule, where, breaking, *sides, *at)
        self.rows[key] = first._replace(breaking=breaking)

    def listed(self) -> list[Change]:
        """Breaking first, then by place."""
        ordered = sorted(self.rows.items(), key=lambda i: (not i[1].breaking, i[0]))
        return [change for _key, change in ordered]


def bump(changes: list[Change]) -> str:
    """The version step that changes ask for: none, minor or major."""
    if any(change.breaking for change in changes):
        return "major"
    return "minor" if changes else "none"


def step(before: object, after: object) -> str:
    """What happened to something that a side may lack."""
    return "added" if before is None else "removed" if after is None else "changed"


def canonical(value: Json) -> str:
    """JSON text in which equal values are equal."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)


class Difference(NamedTuple):
    """One thing that differs between two parts of contracts, at `step` below them."""

    rule: str
    sides: Sides
    step: tuple[str, ...] = ()
    breaking: bool | None = None


def mapping(value: Json) -> dict[str, Json]:
    """What is no mapping says nothing."""
    return value if isinstance(value, dict) else {}


def mapped(kind: str, before: Json, after: Json) -> Iterator[Difference]:
    """What is in one mapping alone, and what differs."""
    before, after = mapping(before), mapping(after)
    for key in sorted({*before, *after}):
        sides = before.get(key), after.get(key)
        if key in before and key in after:
            yield Difference(f"{kind}-changed", differing(*sides), (key,))
        else:  # what there is of it, not all that it says
            a, b = (sorted(v) if isinstance(v, dict) else v for v in sides)
            said = "removed" if key in before else "added"
            yield Difference(f"{kind}-{said}", (a, b), (key,))


def differing(a: Json, b: Json) -> Sides:
    """What differs, without what is the same around it; nothing on either side where nothing does."""
    if canonical(a) == canonical(b):
        return None, None
    if not (isinstance(a, dict) and isinstance(b, dict)):
        return a, b
    found = {k: differing(a.get(k), b.get(k)) for k in sorted({*a, *b})}
    before, after = (
        {k: d[i] for k, d in found.items() if d[i] is not None} for i in (0, 1)
    )
    return before or None, after or None
