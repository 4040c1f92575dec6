"""Compare what restricts values: limits, which are tighter than before and which looser, and the values of enums and constants."""

from __future__ import annotations

import json
from collections.abc import Iterator
from fractions import Fraction

from scripts.contract.comparing.changes import Difference, canonical
from scripts.contract.model import Json, Schema
from scripts.contract.view import Types, View
from scripts.intake.yaml_text import referred

_BOUNDS = {"minimum": "exclusiveMinimum", "maximum": "exclusiveMaximum"}
_COUNTS = ("Contains", "Items", "Length", "Properties")
_ANYTHING = ("", ".*", "^", "$", "^.*", ".*$", "^.*$")  # patterns
_MOST = 20_000  # nodes of a limit with its references written out


def differences(va: View, vb: View) -> Iterator[Difference]:
    """Each limit that differs."""
    a, b = va.node, vb.node
    if a.exclusive != b.exclusive and _overlapping(a):
        sides = ("oneOf", "anyOf") if a.exclusive else ("anyOf", "oneOf")
        yield Difference(f"limit-{'loosened' if a.exclusive else 'tightened'}", sides)
    before, after = _stated(a), _stated(b)
    for name in sorted({*before, *after}):
        stated = before.get(name), after.get(name)
        meant = expanded(stated[0], va.types), expanded(stated[1], vb.types)
        if canonical(meant[0]) != canonical(meant[1]):
            same = canonical(stated[0]) == canonical(stated[1])
            one, other = meant if same else stated
            texts = _text(name, one), _text(name, other)
            yield Difference(_rule(name, one, other), texts)


def _stated(node: Schema) -> dict[str, Json]:
    """Limits that restrict something. An inclusive and an exclusive bound are one, the tighter, as [value, exclusive]."""
    found = {name: _whole(value) for name, value in node.limits.items()}
    for name, exclusive in _BOUNDS.items():
        bounds = [
            [found.pop(key), key == exclusive]
            for key in (name, exclusive)
            if key in found
        ]
        if bounds:
            found[name] = max(bounds, key=lambda bound: _tightness(name, bound))
    if found.get("pattern") in _ANYTHING:
        del found["pattern"]
    if found.get("minContains") == 1:
        del found["minContains"]
    return found


def _overlapping(node: Schema) -> bool:
    """Whether one value may fit several variants, so that `oneOf` says more than `anyOf`."""
    kinds = ["" if v.ref else v.kind for v in node.variants]
    alike = len({*kinds}) < len(kinds) or {"integer", "number"} <= {*kinds}
    return alike or "" in kinds


def _tightness(name: str, limit: Json) -> Json:
    """What is greater for a tighter limit; None where that cannot be told, such as for a pattern."""
    sign = 1 if name.startswith("min") else -1
    if name in _BOUNDS:
        value, exclusive = limit
        return sign * value, exclusive
    return sign * limit if name[3:] in _COUNTS else None


def _rule(name: str, old: Json, new: Json) -> str:
    """Which way a limit moved. What cannot be told has merely changed."""
    if old is None or new is None:
        return "limit-tightened" if old is None else "limit-loosened"
    if name == "multipleOf":
        tighter, looser = _divides(old, new), _divides(new, old)
    else:
        before, after = _tightness(name, old), _tightness(name, new)
        tighter = before is not None and after > before
        looser = before is not None and after < before
    if tighter == looser:
        return "limit-changed"
    return "limit-tightened" if tighter else "limit-loosened"


def _divides(one: Json, other: Json) -> bool:
    """Whether the other number is a multiple of the one; 0.3 is one of 0.1."""
    return bool(one and other) and not Fraction(str(other)) % Fraction(str(one))


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


def values(a: Schema, b: Schema) -> Iterator[Difference]:
    """Enums and constants added and removed, and each value that differs."""
    before, after = _by_text(a), _by_text(b)
    if before is None or after is None:
        kind = "const" if a.constant or b.constant else "enum"
        rule = f"{kind}-{'added' if before is None else 'removed'}"
        yield Difference(rule, (_listed(a), _listed(b)))
    elif a.constant and b.constant:
        if before.keys() != after.keys():
            yield Difference("const-changed", (_listed(a), _listed(b)))
    else:
        for key in before.keys() - after.keys():
            yield Difference("enum-value-removed", (before[key], None))
        for key in after.keys() - before.keys():
            yield Difference("enum-value-added", (None, after[key]))


def _by_text(node: Schema) -> dict[str, Json] | None:
    """Values by JSON text: `1` and `1.0` are the same number, `1` and `true` are not the same value."""
    if node.values is None:
        return None
    return {canonical(_whole(value)): value for value in node.values}


def _whole(value: Json) -> Json:
    """`1.0` is the number `1`."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _listed(node: Schema) -> Json:
    if node.values is None:
        return None
    return sorted(node.values, key=canonical) if not node.constant else node.values[0]
