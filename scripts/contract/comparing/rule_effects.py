"""The effect of replacing one rule of JSON Schema by another: whether it allows less or more, judged keyword by keyword."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterable, Mapping, Set
from fractions import Fraction
from typing import NamedTuple

from scripts.contract.comparing.changes import Effect, canonical, mapping
from scripts.contract.schema import whole

# Keywords that restrict nothing.
_SILENT = {"description", "format", "title", "default", "examples"}
_ANYTHING: tuple[object, ...] = (True, {})
_REVERSED = {Effect.NARROWED: Effect.WIDENED, Effect.WIDENED: Effect.NARROWED}

# The effect of a keyword that has another value.
Comparison = Callable[[object, object], Effect | None]
# The effect of a member of two mappings; None stands for a member that is not there.
MemberComparison = Callable[[str, object, object], Effect | None]


class Bound(NamedTuple):
    """A bound of numbers: an inclusive and an exclusive one are one, the tighter."""

    value: float
    excluded: bool


# Bounds of numbers, with the keyword that excludes the bound itself.
BOUNDS = {"minimum": "exclusiveMinimum", "maximum": "exclusiveMaximum"}


def effect_of_rules(old: object, new: object) -> Effect | None:
    """The effect of replacing a rule; None where both mean the same. REPLACED where it is neither clearly narrower nor wider."""
    if canonical(old) == canonical(new):
        return None
    if old in _ANYTHING or new is False:
        return Effect.NARROWED
    if new in _ANYTHING or old is False:
        return Effect.WIDENED
    if not isinstance(old, dict) or not isinstance(new, dict):
        return Effect.REPLACED
    before = with_joined_bounds(old, is_integer=old.get("type") == "integer")
    after = with_joined_bounds(new, is_integer=new.get("type") == "integer")
    return _of_members(before, after, effect_of_keyword)


def with_joined_bounds(
    rule: Mapping[str, object], *, is_integer: bool
) -> dict[str, object]:
    """A rule in which each bound is a `Bound`; those of integers exclude nothing."""
    joined = {key: whole(value) for key, value in rule.items()}
    for inclusive, exclusive in BOUNDS.items():
        bounds = []
        for key in (inclusive, exclusive):
            value = joined.get(key)
            if isinstance(value, (int, float)) and not isinstance(value, bool):
                del joined[key]
                bound = Bound(value, key == exclusive)
                if is_integer:
                    bound = _integer_bound(inclusive, bound)
                bounds.append(bound)
        if bounds:
            joined[inclusive] = max(bounds, key=_TIGHTNESS[inclusive])
    return joined


def _integer_bound(name: str, bound: Bound) -> Bound:
    """The last integer that a bound allows."""
    if name == "minimum":
        lowest = math.ceil(bound.value)
        if bound.excluded:
            lowest = math.floor(bound.value) + 1
        return Bound(lowest, excluded=False)
    highest = math.floor(bound.value)
    if bound.excluded:
        highest = math.ceil(bound.value) - 1
    return Bound(highest, excluded=False)


# What is greater for a tighter bound.
_TIGHTNESS: Mapping[str, Callable[[Bound], tuple[float, bool]]] = {
    "minimum": lambda bound: (bound.value, bound.excluded),
    "maximum": lambda bound: (-bound.value, bound.excluded),
}


def effect_of_keyword(name: str, old: object, new: object) -> Effect | None:
    """The effect of another value of a keyword; None where there is none. A value of None stands for an absent keyword."""
    if name in _SILENT or canonical(old) == canonical(new):
        return None
    if old is None:
        return Effect.NARROWED
    if new is None:
        return Effect.WIDENED
    comparison = _COMPARISONS.get(name)
    if comparison is None:
        return Effect.REPLACED
    return comparison(old, new)


def _of_members(old: object, new: object, effect_of: MemberComparison) -> Effect | None:
    """All effects of the members of two mappings together."""
    before = mapping(old)
    after = mapping(new)
    return _together(
        effect_of(key, before.get(key), after.get(key)) for key in {*before, *after}
    )


def _together(effects: Iterable[Effect | None]) -> Effect | None:
    """The effect of several changes together: the one that they share, else REPLACED."""
    stated = {effect for effect in effects if effect is not None}
    if len(stated) > 1:
        return Effect.REPLACED
    return stated.pop() if stated else None


# Numbers


def _of_bounds(old: object, new: object, *, name: str) -> Effect | None:
    if not isinstance(old, Bound) or not isinstance(new, Bound):
        return Effect.REPLACED
    before = _TIGHTNESS[name](old)
    after = _TIGHTNESS[name](new)
    if before == after:
        return None
    return Effect.NARROWED if after > before else Effect.WIDENED


def _of_least(old: object, new: object) -> Effect | None:
    """The effect of changing a lower limit: a greater number allows less."""
    if not isinstance(old, (int, float)) or not isinstance(new, (int, float)):
        return Effect.REPLACED
    if old == new:
        return None
    return Effect.NARROWED if new > old else Effect.WIDENED


def _of_most(old: object, new: object) -> Effect | None:
    """The effect of changing an upper limit: a greater number allows more."""
    return _of_least(new, old)


def _of_multiples(old: object, new: object) -> Effect:
    """A multiple of a multiple is narrower."""
    is_narrower = _divides(old, new)
    is_wider = _divides(new, old)
    if is_narrower == is_wider:
        return Effect.REPLACED
    return Effect.NARROWED if is_narrower else Effect.WIDENED


def _divides(divisor: object, number: object) -> bool:
    """Whether a number is a multiple of the divisor; 0.3 is one of 0.1."""
    if not isinstance(divisor, (int, float)) or not isinstance(number, (int, float)):
        return False
    if not divisor or not number:
        return False
    return not Fraction(str(number)) % Fraction(str(divisor))


# Sets


def _of_all(old: object, new: object) -> Effect | None:
    """The effect of changing a list whose members must all hold: more of them allow less."""
    return _of_sets(_texts(old), _texts(new))


def _of_any(old: object, new: object) -> Effect | None:
    """The effect of changing a list of which one member must hold: more of them allow more."""
    return _of_sets(_texts(new), _texts(old))


def _of_types(old: object, new: object) -> Effect | None:
    return _of_sets(_types(new), _types(old))


def _of_sets(old: Set[str], new: Set[str]) -> Effect | None:
    """The effect of changing a set of requirements: a larger set allows less."""
    if old == new:
        return None
    if new >= old:
        return Effect.NARROWED
    return Effect.WIDENED if old >= new else Effect.REPLACED


def _texts(values: object) -> set[str]:
    """The members of a list as text."""
    if not isinstance(values, list):
        return set()
    return {canonical(whole(value)) for value in values}


def _types(stated: object) -> set[str]:
    """The types that a rule allows; every integer is a number."""
    types = set()
    if isinstance(stated, str):
        types.add(stated)
    elif isinstance(stated, list):
        types |= {str(name) for name in stated}
    if "number" in types:
        types.add("integer")
    return types


# Rules inside rules


def _of_rules_by_name(old: object, new: object) -> Effect | None:
    """The effect of rules by name; one that is not there allows anything."""

    def of_member(_name: str, before: object, after: object) -> Effect | None:
        before = True if before is None else before
        after = True if after is None else after
        return effect_of_rules(before, after)

    return _of_members(old, new, of_member)


def _of_names_by_name(old: object, new: object) -> Effect | None:
    """The effect of names that another name requires."""

    def of_member(_name: str, before: object, after: object) -> Effect | None:
        return _of_all(before, after)

    return _of_members(old, new, of_member)


def _of_negation(old: object, new: object) -> Effect | None:
    effect = effect_of_rules(old, new)
    if effect is None:
        return None
    return _REVERSED.get(effect, effect)


def _of_uniqueness(_old: object, new: object) -> Effect:
    return Effect.NARROWED if new else Effect.WIDENED


_COMPARISONS: Mapping[str, Comparison] = {
    **{name: functools.partial(_of_bounds, name=name) for name in BOUNDS},
    **dict.fromkeys(
        ("minContains", "minItems", "minLength", "minProperties"), _of_least
    ),
    **dict.fromkeys(
        ("maxContains", "maxItems", "maxLength", "maxProperties"), _of_most
    ),
    "multipleOf": _of_multiples,
    "uniqueItems": _of_uniqueness,
    **dict.fromkeys(("required", "allOf"), _of_all),
    **dict.fromkeys(("enum", "anyOf"), _of_any),
    "type": _of_types,
    "dependentRequired": _of_names_by_name,
    "not": _of_negation,
    **dict.fromkeys(
        ("dependentSchemas", "patternProperties", "properties"), _of_rules_by_name
    ),
    **dict.fromkeys(
        ("additionalProperties", "contains", "else", "items", "propertyNames", "then"),
        effect_of_rules,
    ),
    **dict.fromkeys(("unevaluatedItems", "unevaluatedProperties"), effect_of_rules),
}
