"""The rules of drift: what may differ between two contracts, what that does to callers, and the rows that a comparison collects.

Severity follows from two things alone: the direction in which a value travels, and the effect of the change (`severity`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import Enum, Flag, auto
from typing import NamedTuple

from scripts.contract.model import Pointer

Sides = tuple[object, object]  # before and after: JSON data
Places = tuple[Pointer, Pointer]


class Direction(Flag):
    """Which way a value travels, seen from the caller."""

    NEITHER = 0
    SENT = auto()
    RECEIVED = auto()
    BOTH = SENT | RECEIVED


class Effect(Enum):
    """The effect of a change on what callers could rely on."""

    NARROWED = "narrowed"  # fewer values are allowed
    WIDENED = "widened"  # more values are allowed
    REMOVED = "removed"  # gone, or renamed in Python
    REPLACED = "replaced"  # something else stands in its place
    ADDED = "added"  # new, and nobody has to use it
    NOTED = "noted"  # reported, but no program can notice it


class Severity(Enum):
    BREAKING = "breaking"
    COMPATIBLE = "compatible"


def severity(travels: Direction, effect: Effect) -> Severity:
    """Whether a change of something that travels this way can stop a working program.

    A program may send everything that was allowed, and may rely on receiving nothing else.
    """
    match effect:
        case Effect.NARROWED:
            is_breaking = Direction.SENT in travels
        case Effect.WIDENED:
            is_breaking = Direction.RECEIVED in travels
        case Effect.REMOVED | Effect.REPLACED:
            is_breaking = True
        case Effect.ADDED | Effect.NOTED:
            is_breaking = False
    return Severity.BREAKING if is_breaking else Severity.COMPATIBLE


def breaks(travels: Direction, effect: Effect) -> bool:
    """Whether a change is a breaking one."""
    return severity(travels, effect) is Severity.BREAKING


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of change."""

    name: str
    # What a change of this kind may do to callers; the first is the default of a row.
    effects: tuple[Effect, ...]
    # Names of the rules that the reverse change may have.
    mirrors: tuple[str, ...] = ()

    @property
    def effect(self) -> Effect:
        return self.effects[0]


_NARROWED = Effect.NARROWED
_WIDENED = Effect.WIDENED
_REMOVED = Effect.REMOVED
_REPLACED = Effect.REPLACED
_ADDED = Effect.ADDED
_NOTED = Effect.NOTED
_ANY_WAY = (_REPLACED, _NARROWED, _WIDENED)

# Each rule with its effects, beside the rule for the reverse change. A rule that stands alone is its own reverse.
# A breaking rule also needs a line in `reporting/advice.py`, and one that is about no values a line in `reporting/direction.py`.
_PAIRS: tuple[tuple[tuple[str, Effect | tuple[Effect, ...]], ...], ...] = (
    # Operations and how they are reached
    (("operation-added", _ADDED), ("operation-removed", _REMOVED)),
    (("operation-taken-in", _ADDED), ("operation-left-out", _REMOVED)),
    (("left-out-operation-added", _NOTED), ("left-out-operation-removed", _NOTED)),
    (("left-out-operation-changed", _NOTED),),
    (("operation-id-changed", (_REPLACED, _NOTED)),),
    (("method-changed", _REPLACED),),
    (("path-changed", _REPLACED),),
    (("prefix-moved", _NOTED),),
    (("tag-changed", (_REPLACED, _NOTED)),),
    (("function-renamed", _REMOVED),),
    (("server-added", _ADDED), ("server-removed", _REMOVED)),
    (("server-changed", _REPLACED),),
    (("server-variables-changed", _NOTED),),
    (("authentication-changed", (_REPLACED, _ADDED)),),
    (("flow-added", _ADDED), ("flow-removed", _REMOVED)),
    (("flow-changed", _REPLACED),),
    # What is sent
    (("parameter-added", _ADDED), ("parameter-removed", _REMOVED)),
    (("required-parameter-added", _NARROWED), ("parameter-removed", _REMOVED)),
    (("parameter-renamed", (_REMOVED, _NOTED)),),
    (("parameter-moved", _REPLACED),),
    (("parameter-made-required", _NARROWED), ("parameter-made-optional", _WIDENED)),
    (("parameter-style-changed", _REPLACED),),
    (("body-added", _ADDED), ("body-removed", _REMOVED)),
    (("required-body-added", _NARROWED), ("body-removed", _REMOVED)),
    (("body-made-required", _NARROWED), ("body-made-optional", _WIDENED)),
    (("encoding-changed", (_REPLACED, _NOTED)),),
    # Bodies and answers
    (("content-type-added", (_ADDED, _WIDENED)), ("content-type-removed", (_REMOVED, _NOTED))),
    (("content-type-changed", (_REPLACED, _NOTED)),),
    (("content-type-order-changed", _REPLACED),),
    (("success-status-added", (_ADDED, _WIDENED)), ("success-status-removed", (_REMOVED, _NARROWED))),
    (("error-response-added", _ADDED), ("error-response-removed", (_NOTED, _NARROWED))),
    (("response-header-added", (_ADDED, _NARROWED)), ("response-header-removed", _REMOVED)),
    (("response-header-made-required", _NARROWED), ("response-header-made-optional", _WIDENED)),
    # What the service calls
    (("callback-added", _ADDED), ("callback-removed", _REMOVED)),
    (("callback-changed", _REPLACED),),
    (("webhook-added", _ADDED), ("webhook-removed", _REMOVED)),
    (("webhook-changed", _REPLACED),),
    # Types and their names in Python
    (("class-added", _ADDED), ("class-removed", _REMOVED)),
    (("class-renamed", _REMOVED),),
    (("python-name-changed", _REMOVED),),
    (("type-changed", (*_ANY_WAY, _NOTED)),),
    (("format-changed", (_REPLACED, _NOTED)),),
    (("nullable-changed", (_NARROWED, _WIDENED)),),
    (("variant-added", (_WIDENED, _ADDED)), ("variant-removed", (_NARROWED, _NOTED))),
    (("discriminator-added", _ADDED), ("discriminator-removed", _REMOVED)),
    (("discriminator-changed", _REPLACED),),
    # Fields
    (("field-added", _ADDED), ("field-removed", _REMOVED)),
    (("required-field-added", _NARROWED), ("field-removed", _REMOVED)),
    (("field-made-required", _NARROWED), ("field-made-optional", _WIDENED)),
    (("field-made-read-only", (_REMOVED, _NOTED)), ("field-no-longer-read-only", (_ADDED, _NARROWED, _NOTED))),
    (("field-made-write-only", (_REMOVED, _NOTED)), ("field-no-longer-write-only", (_ADDED, _NOTED))),
    (("unknown-fields-kept", _ADDED), ("unknown-fields-refused", _REMOVED)),
    (("unknown-fields-retyped", (_NARROWED, _WIDENED)),),
    # Values
    (("enum-added", _NARROWED), ("enum-removed", _WIDENED)),
    (("enum-value-added", _ADDED), ("enum-value-removed", _NARROWED)),
    (("const-added", _NARROWED), ("const-removed", _WIDENED)),
    (("const-changed", _REPLACED),),
    (("limit-tightened", _NARROWED), ("limit-loosened", _WIDENED)),
    (("limit-changed", _REPLACED),),
    (("content-stated", _NARROWED), ("content-no-longer-stated", _WIDENED)),
    (("content-changed", _REPLACED),),
    # Annotations
    (("default-changed", _NOTED),),
    (("deprecated", _NOTED), ("no-longer-deprecated", _NOTED)),
    (("sunset-changed", _NOTED),),
    (("annotation-changed", _NOTED),),
)  # fmt: skip


def _rules() -> dict[str, Rule]:
    """Every rule by its name, with the rules that the reverse change may have."""
    rules: dict[str, Rule] = {}
    for pair in _PAIRS:
        names = [name for name, _effects in pair]
        for (name, stated), mirror in zip(pair, reversed(names), strict=True):
            effects = (stated,) if isinstance(stated, Effect) else stated
            rule = rules.get(name, Rule(name, effects))
            rules[name] = replace(rule, mirrors=(*rule.mirrors, mirror))
    return rules


RULES = _rules()

# Rules whose names say too little to a reader.
_IN_WORDS = {
    "operation-taken-in": "operation generated for the first time",
    "operation-left-out": "operation no longer generated",
}

# Rules that are for a part with another value, and also for one that was added, or removed.
_OF_ADDED = {
    "format-changed",
    "default-changed",
    "limit-tightened",
    "operation-id-changed",
}
_OF_REMOVED = {
    "format-changed",
    "default-changed",
    "limit-loosened",
    "operation-id-changed",
}

# Rules for what is gone, with all that is below its place.
GONE = {
    name
    for name, rule in RULES.items()
    if name.endswith(("-removed", "-left-out")) and rule.effect is not _NOTED
}
GONE -= {"enum-removed", "const-removed", "class-removed", "enum-value-removed"}
GONE |= {"type-changed", "unknown-fields-retyped", "error-response-removed"}


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """One row of a report: what changed, where and how.

    `before` and `after` are JSON data, None where there was or is nothing. `old_at` and `new_at` are the places in the documents, or
    what holds them.
    """

    rule: str
    where: str
    breaking: bool
    before: object = None
    after: object = None
    old_at: Pointer = ()
    new_at: Pointer = ()
    effect: Effect = Effect.NOTED
    travels: Direction = Direction.BOTH
    # The operations that have it, where they are more than the one that `where` names.
    operations: tuple[str, ...] = ()
    # Rows that only follow from this one.
    consequences: tuple[Change, ...] = ()

    @property
    def what(self) -> str:
        """The rule in words; of a rule for any change, whether a part was added or removed."""
        in_words = _IN_WORDS.get(self.rule, self.rule.replace("-", " "))
        noun, _blank, verb = in_words.rpartition(" ")
        if noun == "flow" and self._is_of_scope:
            return f"scope {verb}"
        if self.before is None and self.rule in _OF_ADDED:
            return f"{noun} added"
        if self.after is None and self.rule in _OF_REMOVED:
            return f"{noun} removed"
        return in_words

    @property
    def _is_of_scope(self) -> bool:
        """Whether a change of a flow is one of its scopes, which a side names as `authorizationCode scope files:read`."""
        names = [*mapping(self.before), *mapping(self.after)]
        return any(" scope " in name for name in names)

    @property
    def breaks_by_itself(self) -> bool:
        """Whether the change is breaking without what follows from it."""
        return breaks(self.travels, self.effect)

    @property
    def identifier(self) -> str:
        """The same in every run and every order: it depends on nothing but what changed, where, and how."""
        facts = canonical([self.rule, self.where, self.before, self.after])
        digest = hashlib.sha256(facts.encode("utf-8", "surrogatepass")).hexdigest()
        return f"{self.rule}-{digest[:12]}"


class Changes:
    """Collects rows. The same change, seen from several users of a shared part, is one row, and breaks if it breaks any of them."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, ...], Change] = {}

    def add(
        self,
        rule: str,
        where: str,
        sides: Sides,
        at: Places,
        travels: Direction = Direction.BOTH,
        effect: Effect | None = None,
        operations: tuple[str, ...] = (),
    ) -> None:
        """Add a row, unless both sides read the same. The effect is the rule's own where none is given."""
        before, after = sides
        key = (where, rule, canonical(before), canonical(after))
        if key[2] == key[3]:
            return
        if effect is None:
            effect = RULES[rule].effect
        breaking = breaks(travels, effect)
        known = self.rows.get(key)
        if known is None:
            row = Change(
                rule,
                where,
                breaking,
                before,
                after,
                *at,
                effect=effect,
                travels=travels,
                operations=operations,
            )
        else:
            row = _worse(known, effect, travels, breaking=breaking)
        self.rows[key] = row

    def listed(self) -> list[Change]:
        """Breaking first, then by place."""

        def order(item: tuple[tuple[str, ...], Change]) -> tuple[object, ...]:
            key, change = item
            return not change.breaking, key

        return [change for _key, change in sorted(self.rows.items(), key=order)]


def _worse(
    row: Change, effect: Effect, travels: Direction, *, breaking: bool
) -> Change:
    """A row that is seen once more: with both directions, and with the effect that breaks."""
    if breaking and not row.breaking:
        row = replace(row, effect=effect, breaking=True)
    return replace(row, travels=row.travels | travels)


def bump(changes: list[Change]) -> str:
    """The version step that changes ask for: none, minor or major."""
    if not changes:
        return "none"
    if any(change.breaking for change in changes):
        return "major"
    return "minor"


def step(before: object, after: object) -> str:
    """The word for a change of a part that one side may lack: added, removed or changed."""
    if before is None:
        return "added"
    if after is None:
        return "removed"
    return "changed"


def canonical(value: object) -> str:
    """JSON text in which equal values are equal."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)


class Difference(NamedTuple):
    """One thing that differs between two parts of contracts, at `step` below them. Without an effect, it is that of the rule."""

    rule: str
    sides: Sides
    step: tuple[str, ...] = ()
    effect: Effect | None = None


def mapping(value: object) -> dict[str, object]:
    """The value itself, or an empty mapping for what is none."""
    return value if isinstance(value, dict) else {}


def mapped(
    kind: str,
    before: object,
    after: object,
    differ: Callable[[object, object], Sides] | None = None,
) -> Iterator[Difference]:
    """What only one of two mappings has, and what differs under the same key. `differ`: how the values of a key are compared."""
    differ = differ or differing
    old = mapping(before)
    new = mapping(after)
    for key in sorted({*old, *new}):
        if key in old and key in new:
            sides = differ(old[key], new[key])
            yield Difference(f"{kind}-changed", sides, (key,))
        elif key in old:
            yield Difference(f"{kind}-removed", (_outline(old[key]), None), (key,))
        else:
            yield Difference(f"{kind}-added", (None, _outline(new[key])), (key,))


def _outline(value: object) -> object:
    """A part without the values of its members."""
    return sorted(value) if isinstance(value, dict) else value


def differing(old: object, new: object) -> Sides:
    """What differs, without what is the same around it; nothing on either side where nothing does."""
    if canonical(old) == canonical(new):
        return None, None
    if not (isinstance(old, dict) and isinstance(new, dict)):
        return old, new
    before: dict[str, object] = {}
    after: dict[str, object] = {}
    for key in sorted({*old, *new}):
        old_value, new_value = differing(old.get(key), new.get(key))
        if old_value is not None:
            before[key] = old_value
        if new_value is not None:
            after[key] = new_value
    return before or None, after or None
