"""Whether one rule of JSON Schema allows less than another, or more: keyword by keyword, as far as that can be told."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction

from scripts.contract.comparing.changes import Effect, canonical, mapping
from scripts.intake.yaml_text import Json

# Bounds of numbers, with the keyword that excludes the bound itself.
BOUNDS = {"minimum": "exclusiveMinimum", "maximum": "exclusiveMaximum"}
_COUNTS = ("Contains", "Items", "Length", "Properties")
# Keywords with one schema that narrows with it.
_SCHEMAS = {
    *("additionalProperties", "contains", "else", "items", "propertyNames", "then"),
    *("unevaluatedItems", "unevaluatedProperties"),
}
# Keywords with schemas by name.
_SCHEMAS_BY_NAME = {"dependentSchemas", "patternProperties", "properties"}
# Keywords that restrict nothing.
_SILENT = {"description", "format", "title", "default", "examples"}
_ANYTHING: tuple[Json, ...] = (True, {})

# The effect of a member by its key, and its values in both mappings.
EffectOfMember = Callable[[str, Json, Json], Effect | None]
_REVERSED = {Effect.NARROWED: Effect.WIDENED, Effect.WIDENED: Effect.NARROWED}


def effect_of_rules(old: Json, new: Json) -> Effect | None:
    """What it does that another rule holds; None where it means the same. REPLACED stands for what cannot be told."""
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
    rule: Mapping[str, Json], *, is_integer: bool
) -> dict[str, Json]:
    """A rule in which an inclusive and an exclusive bound are one, the tighter, as [value, excluded]; of integers none is excluded."""
    joined = {key: whole(value) for key, value in rule.items()}
    for inclusive, exclusive in BOUNDS.items():
        bounds: list[tuple[float, bool]] = []
        for key in (inclusive, exclusive):
            value = joined.get(key)
            if isinstance(value, (int, float)) and not isinstance(value, bool):
                del joined[key]
                bounds.append((value, key == exclusive))
        if is_integer:
            bounds = [
                _integer_bound(inclusive, value, excluded=excluded)
                for value, excluded in bounds
            ]
        if bounds:
            joined[inclusive] = [*max(bounds, key=lambda b: _tightness(inclusive, b))]
    return joined


def _integer_bound(name: str, value: float, *, excluded: bool) -> tuple[int, bool]:
    """The last integer that a bound allows."""
    if name == "minimum":
        return (math.floor(value) + 1 if excluded else math.ceil(value)), False
    return (math.ceil(value) - 1 if excluded else math.floor(value)), False


def whole(value: Json) -> Json:
    """`1.0` is the number `1`."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def effect_of_keyword(name: str, old: Json, new: Json) -> Effect | None:
    """What it does that a keyword has another value; None stands for a keyword that is not there. Bounds are joined."""
    if name in _SILENT or canonical(old) == canonical(new):
        return None
    if old is None or new is None:
        return Effect.NARROWED if old is None else Effect.WIDENED
    if name in BOUNDS or name[3:] in _COUNTS:
        return _more_is_narrower(_tightness(name, old), _tightness(name, new))
    if name in _SCHEMAS:
        return effect_of_rules(old, new)
    if name in _SCHEMAS_BY_NAME:
        return _of_members(old, new, lambda _key, a, b: _of_optional_rules(a, b))
    match name:
        case "multipleOf":
            return _of_multiples(old, new)
        case "uniqueItems":
            return Effect.NARROWED if new else Effect.WIDENED
        case "required":
            return _more_is_narrower(set(old), set(new))
        case "dependentRequired":
            return _of_members(old, new, lambda _k, a, b: _more_is_narrower(set(a or ()), set(b or ())))  # fmt: skip
        case "enum":
            return _more_is_narrower(_texts(new), _texts(old))
        case "type":
            return _more_is_narrower(_types(new), _types(old))
        case "not":
            effect = effect_of_rules(old, new)
            return _REVERSED.get(effect, effect) if effect else None
        case "allOf":
            return _more_is_narrower(_texts(old), _texts(new))
        case "anyOf":
            return _more_is_narrower(_texts(new), _texts(old))
    return Effect.REPLACED


def _of_optional_rules(old: Json, new: Json) -> Effect | None:
    """The same for rules of which one may be missing, which allows anything."""
    before = True if old is None else old
    after = True if new is None else new
    return effect_of_rules(before, after)


def _of_members(old: Json, new: Json, effect_of: EffectOfMember) -> Effect | None:
    """All effects of the members of two mappings together."""
    before = mapping(old)
    after = mapping(new)
    effects = {
        effect_of(key, before.get(key), after.get(key)) for key in {*before, *after}
    }
    return _together(effects)


def _together(effects: Iterable[Effect | None]) -> Effect | None:
    """One effect for several: theirs if they agree."""
    stated = {effect for effect in effects if effect is not None}
    if not stated:
        return None
    return stated.pop() if len(stated) == 1 else Effect.REPLACED


def _more_is_narrower(old: Json, new: Json) -> Effect | None:
    """The effect where the greater of two values, or the larger of two sets, allows less."""
    if old == new:
        return None
    if new >= old:
        return Effect.NARROWED
    return Effect.WIDENED if old >= new else Effect.REPLACED


def _tightness(name: str, limit: Json) -> Json:
    """What is greater for a tighter limit."""
    sign = 1 if name.startswith("min") else -1
    if name in BOUNDS:
        value, excluded = limit
        return sign * value, excluded
    return sign * limit


def _of_multiples(old: Json, new: Json) -> Effect:
    """A multiple of a multiple is narrower."""
    is_narrower = _divides(old, new)
    is_wider = _divides(new, old)
    if is_narrower == is_wider:
        return Effect.REPLACED
    return Effect.NARROWED if is_narrower else Effect.WIDENED


def _divides(one: Json, other: Json) -> bool:
    """Whether the other number is a multiple of the one; 0.3 is one of 0.1."""
    return bool(one and other) and not Fraction(str(other)) % Fraction(str(one))


def _texts(values: Json) -> set[str]:
    return {canonical(whole(value)) for value in values}


def _types(stated: Json) -> set[str]:
    """The types that a rule allows; every integer is a number."""
    types = {stated} if isinstance(stated, str) else {*stated}
    return types | {"integer"} if "number" in types else types
