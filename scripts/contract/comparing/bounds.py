"""Compare what restricts values: limits, which may be tighter or looser than before, and the values of enums and constants."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator

from scripts.contract.comparing.changes import Difference, Effect, canonical, step
from scripts.contract.comparing.content import ContentComparison
from scripts.contract.comparing.digests import Digests
from scripts.contract.comparing.rule_effects import (
    BOUNDS,
    Bound,
    effect_of_keyword,
    with_joined_bounds,
)
from scripts.contract.model import Contract
from scripts.contract.schema import (
    Enum,
    Reference,
    Schema,
    Types,
    Union,
    type_name,
    whole,
)
from scripts.contract.view import View
from scripts.intake.prose import LISTS
from scripts.intake.yaml_text import reference, referred

_RULES = {
    Effect.NARROWED: "limit-tightened",
    Effect.WIDENED: "limit-loosened",
    Effect.REPLACED: "limit-changed",
}
_ANYTHING = ("", ".*", "^", "$", "^.*", ".*$", "^.*$")  # patterns
_MOST = 20_000  # nodes of a limit with its references written out
_MOST_SHOWN = 100  # of one that a row shows whole


def limit_differences(old: View, new: View) -> Iterator[Difference]:
    """Each limit that differs."""
    yield from _exclusiveness(old.schema, new.schema)
    if not old.schema.limits and not new.schema.limits:
        return
    before = _stated(old.schema)
    after = _stated(new.schema)
    for name in sorted({*before, *after}):
        old_limit = before.get(name)
        new_limit = after.get(name)
        old_digest = _rule_digests(old.contract).of(old_limit)
        if old_digest == _rule_digests(new.contract).of(new_limit):
            continue
        if canonical(old_limit) == canonical(new_limit):
            texts = _texts_of_targets(name, old_limit, old.contract, new.contract)
            effect = _effect_of_targets(name, old_limit, old.contract, new.contract)
        else:
            texts = (_text(name, old_limit), _text(name, new_limit))
            effect = effect_of_keyword(name, old_limit, new_limit)
        if effect is not None:
            yield Difference(_RULES[effect], texts)


def _effect_of_targets(
    name: str, limit: object, old: Contract, new: Contract
) -> Effect | None:
    """The effect of a limit in which only what its references stand for has changed; None where there is none."""
    if name in LISTS:
        return Effect.REPLACED  # one of its members is another one now
    before = expanded(limit, old.types)
    after = expanded(limit, new.types)
    if canonical(before) == canonical(after):
        return Effect.REPLACED  # they differ in what is too deep to be written out
    return effect_of_keyword(name, before, after)


def _texts_of_targets(
    name: str, limit: object, old: Contract, new: Contract
) -> tuple[str | None, str | None]:
    """A limit in words in which only what its references stand for has changed: whole where that is short, else what differs."""
    before = _short(limit, old.types)
    after = _short(limit, new.types)
    if before is None or after is None:
        before, after = _rule_comparison(old, new).differing(limit, limit)
    nothing = f"{name} without it"
    return _text(name, before) or nothing, _text(name, after) or nothing


def _short(limit: object, types: Types) -> object:
    """A limit with the targets of its references; None where that is too long to be read."""
    budget = [_MOST_SHOWN]
    meaning = expanded(limit, types, (), budget)
    return meaning if budget[0] > 0 else None


def rule_digest(rule: object, contract: Contract) -> str:
    """Equal for rules that allow the same values, references in them followed."""
    return _rule_digests(contract).of(rule)


# The two contracts of a comparison.
@functools.lru_cache(maxsize=2)
def _rule_digests(contract: Contract) -> Digests:
    """Digests of limits, equal for limits that mean the same with references followed."""
    return Digests(_rules_by_reference(contract))


@functools.lru_cache(maxsize=1)
def _rule_comparison(old: Contract, new: Contract) -> ContentComparison:
    """Finds what differs in limits of two contracts, references followed."""
    return ContentComparison(_rules_by_reference(old), _rules_by_reference(new))


def _rules_by_reference(contract: Contract) -> dict[str, object]:
    """The rules of the types of a contract, by the references to them in other rules."""
    return {
        reference(("$defs", key)): schema.rule for key, schema in contract.types.items()
    }


def _exclusiveness(old: Schema, new: Schema) -> Iterator[Difference]:
    """`oneOf` instead of `anyOf`, or the other way round, where one value may fit several variants."""
    was_exclusive = isinstance(old, Union) and old.exclusive
    is_exclusive = isinstance(new, Union) and new.exclusive
    if was_exclusive == is_exclusive or not _overlapping(old):
        return
    if was_exclusive:
        yield Difference("limit-loosened", ("oneOf", "anyOf"))
    else:
        yield Difference("limit-tightened", ("anyOf", "oneOf"))


def _stated(schema: Schema) -> dict[str, object]:
    """Limits that restrict something, with the bounds of numbers joined."""
    is_integer = type_name(schema) == "integer"
    limits = with_joined_bounds(schema.limits, is_integer=is_integer)
    if limits.get("pattern") in _ANYTHING:
        del limits["pattern"]
    if limits.get("minContains") == 1:
        del limits["minContains"]
    return limits


def _overlapping(schema: Schema) -> bool:
    """Whether one value may fit several variants, so that `oneOf` says more than `anyOf`."""
    if not isinstance(schema, Union):
        return False
    types = []
    for variant in schema.variants:
        if isinstance(variant, Reference):
            return True
        types.append(type_name(variant))
    return len({*types}) < len(types) or {"integer", "number"} <= {*types}


def _text(name: str, limit: object) -> str | None:
    match limit:
        case None:
            return None
        case Bound(value=value, excluded=True):
            return f"{BOUNDS[name]} {value}"
        case Bound(value=value):
            return f"{name} {value}"
        case str():
            return f"{name} {limit}"
        case _:
            return f"{name} {json.dumps(limit, sort_keys=True)}"


def expanded(
    value: object,
    types: Types,
    within: tuple[str, ...] = (),
    budget: list[int] | None = None,
) -> object:
    """A rule with references replaced by their targets, each once along a chain, until the budget of nodes is used up."""
    budget = budget or [_MOST]
    budget[0] -= 1
    if isinstance(value, list):
        return [expanded(item, types, within, budget) for item in value]
    if not isinstance(value, dict):
        return value
    ref = value.get("$ref")
    if isinstance(ref, str):
        key = referred(ref)[-1]
        if key in types and key not in within and budget[0] > 0:
            beside = {k: v for k, v in value.items() if k != "$ref"}
            target = expanded(types[key].rule, types, (*within, key), budget)
            if not beside:
                return target
            return {"allOf": [target, expanded(beside, types, within, budget)]}
    return {k: expanded(v, types, within, budget) for k, v in value.items()}


def value_differences(old: Schema, new: Schema) -> Iterator[Difference]:
    """Enums and constants added and removed, and each value that differs."""
    before = _by_text(old)
    after = _by_text(new)
    was_constant = isinstance(old, Enum) and old.constant
    is_constant = isinstance(new, Enum) and new.constant
    if before is None or after is None:
        kind = "const" if was_constant or is_constant else "enum"
        sides = (_listed(old), _listed(new))
        yield Difference(f"{kind}-{step(before, after)}", sides)
    elif was_constant and is_constant:
        if before.keys() != after.keys():
            yield Difference("const-changed", (_listed(old), _listed(new)))
    else:
        for key in before.keys() - after.keys():
            yield Difference("enum-value-removed", (before[key], None))
        for key in after.keys() - before.keys():
            yield Difference("enum-value-added", (None, after[key]))


def _by_text(schema: Schema) -> dict[str, object] | None:
    """Values by JSON text: `1` and `1.0` are the same number, `1` and `true` are not the same value."""
    if not isinstance(schema, Enum):
        return None
    return {canonical(whole(value)): value for value in schema.values}


def _listed(schema: Schema) -> object:
    """The values of an enum in one order, the value of a constant."""
    if not isinstance(schema, Enum):
        return None
    if schema.constant:
        return schema.values[0]
    return sorted(schema.values, key=canonical)
