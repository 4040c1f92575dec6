"""Compare what restricts values: limits, which are tighter than before and which looser, and the values of enums and constants."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from fractions import Fraction
from math import isfinite

from scripts.contract.changes import Difference, canonical
from scripts.contract.model import Json, Schema
from scripts.contract.view import View
from scripts.plain_data import referred

Types = Mapping[str, Schema]
_LOWER = ("minContains", "minItems", "minLength", "minProperties")
_UPPER = ("maxContains", "maxItems", "maxLength", "maxProperties")
_BOUNDS = {"minimum": "exclusiveMinimum", "maximum": "exclusiveMaximum"}
_ANYTHING = ("", ".*", "^", "$", "^.*", ".*$", "^.*$")  # patterns
_MOST = 20_000  # nodes of a limit with its references written out


def differences(va: View, vb: View, old: Types, new: Types) -> Iterator[Difference]:
    """Each limit that differs."""
    a, b = va.node, vb.node
    if a.exclusive != b.exclusive and _overlapping(a):
        sides = ("oneOf", "anyOf") if a.exclusive else ("anyOf", "oneOf")
        yield Difference(f"limit-{'loosened' if a.exclusive else 'tightened'}", *sides)
    if not (a.limits or b.limits):
        return
    before, after = _stated(a), _stated(b)
    for name in sorted({*before, *after}):
        one, other = before.get(name), after.get(name)
        if canonical(one) == canonical(other):  # but for what references stand for
            one, other = expanded(one, old), expanded(other, new)
        elif canonical(expanded(one, old)) == canonical(expanded(other, new)):
            continue
        if canonical(one) != canonical(other):
            texts = _text(name, one), _text(name, other)
            yield Difference(_rule(name, one, other), *texts)


def _stated(node: Schema) -> dict[str, Json]:
    """Limits that restrict something. An inclusive and an exclusive bound are one, the tighter, as [value, exclusive]."""
    found = {name: _whole(value) for name, value in node.limits.items()}
    for name, exclusive in _BOUNDS.items():
        bounds = [
            [found.pop(key), key == exclusive]
            for key in (name, exclusive)
            if found.get(key) is not None
        ]
        if bounds:
            pick = max if name == "minimum" else min
            found[name] = pick(bounds, key=lambda bound: _rank(name, bound))
    if found.get("pattern") in _ANYTHING:
        del found["pattern"]
    if found.get("minContains") == 1:
        del found["minContains"]
    return found


def _overlapping(node: Schema) -> bool:
    """Whether one value may fit several variants, so that `oneOf` says more than `anyOf`."""
    kinds = ["" if v.ref else v.kind for v in node.variants]
    return (
        len({*kinds}) < len(kinds) or "" in kinds or {"integer", "number"} <= {*kinds}
    )


def _rank(name: str, bound: list[Json]) -> tuple[Json, bool]:
    value, exclusive = bound
    return (value, exclusive) if name == "minimum" else (value, not exclusive)


def _rule(name: str, old: Json, new: Json) -> str:
    """Which way a limit moved. What cannot be told, such as one pattern against another, has merely changed."""
    if old is None or new is None:
        return "limit-tightened" if old is None else "limit-loosened"
    if name in _BOUNDS:
        tighter = (_rank(name, new) > _rank(name, old)) is (name == "minimum")
    elif name in _LOWER or name in _UPPER:
        tighter = (new > old) is (name in _LOWER)
    elif name == "multipleOf" and _times(old, new) != _times(new, old):
        tighter = _times(old, new)
    else:
        return "limit-changed"
    return "limit-tightened" if tighter else "limit-loosened"


def _times(one: Json, other: Json) -> bool:
    """Whether a number is a multiple of another; 0.3 is one of 0.1."""
    finite = one and other and isfinite(one + other)
    return finite and not Fraction(str(other)) % Fraction(str(one))


def _text(name: str, limit: Json) -> Json:
    if limit is None:
        return None
    if name in _BOUNDS:
        value, exclusive = limit
        return f"{_BOUNDS[name] if exclusive else name} {value}"
    shown = limit if isinstance(limit, str) else json.dumps(limit, sort_keys=True)
    return f"{name} {shown}"


def expanded(
    value: Json,
    types: Types,
    within: tuple[str, ...] = (),
    left: list[int] | None = None,
) -> Json:
    """A rule with what its references stand for in their places: each once along a way, until `left` nodes are used up."""
    left = left or [_MOST]
    left[0] -= 1
    if isinstance(value, list):
        return [expanded(item, types, within, left) for item in value]
    if not isinstance(value, dict):
        return value
    ref = value.get("$ref")
    if isinstance(ref, str):
        key = referred(ref)[-1]
        if key in types and key not in within and left[0] > 0:
            beside = {k: v for k, v in value.items() if k != "$ref"}
            target = expanded(types[key].rule, types, (*within, key), left)
            if not beside:
                return target
            return {"allOf": [target, expanded(beside, types, within, left)]}
    return {k: expanded(v, types, within, left) for k, v in value.items()}


def values(va: View, vb: View) -> Iterator[Difference]:
    """Enums and constants added and removed, and each value that differs."""
    a, b = va.node, vb.node
    if a.values is None and b.values is None:
        return
    if a.values is None or b.values is None:
        stated = a if b.values is None else b
        kind = "const" if stated.constant else "enum"
        rule = f"{kind}-{'added' if a.values is None else 'removed'}"
        yield Difference(rule, _listed(a), _listed(b))
        return
    before, after = _by_type(a), _by_type(b)
    if a.constant and b.constant:
        if before.keys() != after.keys():
            yield Difference("const-changed", _listed(a), _listed(b))
        return
    for key in before.keys() - after.keys():
        yield Difference("enum-value-removed", before[key], None)
    for key in after.keys() - before.keys():
        yield Difference("enum-value-added", None, after[key])


def _by_type(node: Schema) -> dict[str, Json]:
    """Values by JSON text: `1` and `1.0` are the same number, `1` and `true` are not the same value."""
    return {canonical(_whole(value)): value for value in node.values or ()}


def _whole(value: Json) -> Json:
    """`1.0` is the number `1`."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _listed(node: Schema) -> Json:
    if node.values is None:
        return None
    return sorted(node.values, key=canonical) if not node.constant else node.values[0]
