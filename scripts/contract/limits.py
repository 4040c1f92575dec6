"""Compare the limits on a value, which are tighter than before and which looser, and the values of enums."""

from __future__ import annotations

from scripts.contract.changes import Changes
from scripts.contract.model import Json
from scripts.contract.view import View

_LOWER = ("minLength", "minItems", "minProperties")
_BOUNDS = {
    "minimum": ("minimum", "exclusiveMinimum"),
    "maximum": ("maximum", "exclusiveMaximum"),
}
_Limit = tuple[Json, str]


def compare(va: View, vb: View, way: str, changes: Changes) -> None:
    """Report each limit that differs, at the place that declares it."""
    before, after = _bounds(va), _bounds(vb)
    for name in sorted({*before, *after}):
        old, new = before.get(name), after.get(name)
        if old is not None and new is not None and old[0] == new[0]:
            continue
        what = "limit tightened" if _tighter(name, old, new) else "limit loosened"
        place = new[1] if new else old[1] if old else ""
        changes.add(place, what, _said(name, old), _said(name, new), way=way)


def _bounds(seen: View) -> dict[str, _Limit]:
    """Limits by name; an inclusive and an exclusive bound are one, as (value, exclusive)."""
    found = dict(seen.limits)
    for name, (inclusive, exclusive) in _BOUNDS.items():
        bounds = [
            ((value, key == exclusive), place)
            for key in (inclusive, exclusive)
            for value, place in [found.pop(key, (None, ""))]
            if value is not None
        ]
        if bounds:
            pick = max if name == "minimum" else min
            found[name] = pick(bounds, key=lambda b: _rank(name, b[0]))
    return found


def _rank(name: str, bound: tuple[float, bool]) -> tuple[float, bool]:
    value, exclusive = bound
    return (value, exclusive) if name == "minimum" else (value, not exclusive)


def _tighter(name: str, old: _Limit | None, new: _Limit | None) -> bool:
    """What cannot be told, such as one pattern against another, counts as tighter."""
    if old is None or new is None:
        return old is None
    one, other = old[0], new[0]
    if name in _BOUNDS:
        step = _rank(name, other) > _rank(name, one)
        return step if name == "minimum" else not step
    if name == "multipleOf":
        return bool((one / other) % 1)
    if name in ("pattern", "uniqueItems"):
        return True
    return bool(other > one) if name in _LOWER else bool(other < one)


def _said(name: str, limit: _Limit | None) -> str | None:
    if limit is None:
        return None
    if name in _BOUNDS:
        value, exclusive = limit[0]
        return f"exclusive {name} {value}" if exclusive else f"{name} {value}"
    return f"{name} {limit[0]}"


def compare_enums(va: View, vb: View, way: str, changes: Changes) -> None:
    """Report enums added and removed, and each value that differs."""
    if va.enum is None and vb.enum is None:
        return
    if va.enum is None or vb.enum is None:
        what = "enum added" if va.enum is None else "enum removed"
        place = vb.enum_at if va.enum is None else va.enum_at
        changes.add(place, what, _listed(va.enum), _listed(vb.enum), way=way)
        return
    before, after = _by_type(va), _by_type(vb)
    for key in before.keys() - after.keys():
        changes.add(va.enum_at, "enum value removed", before[key], way=way)
    for key in after.keys() - before.keys():
        changes.add(vb.enum_at, "enum value added", None, after[key], way=way)


def _by_type(seen: View) -> dict[tuple[str, object], object]:
    return {(type(v).__name__, v): v for v in seen.enum or ()}


def _listed(values: tuple[object, ...] | None) -> list[object] | None:
    return None if values is None else sorted(values, key=str)
