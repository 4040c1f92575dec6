"""What several parts of one schema say together: its own keywords, and those of all that `allOf` and `$ref` add to it."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from scripts.contract.model import ANY, ARRAY, OBJECT, Json
from scripts.contract.reading.keywords import BOUNDS, LIMITS, NUMBERS, Node
from scripts.intake.prose import SINGLE

_OF_KIND = {
    "string": {"minLength", "maxLength", "pattern", "format"},
    "integer": BOUNDS | {"format"},
    "number": BOUNDS | {"format"},
    ARRAY: {"items", "prefixItems", "minItems", "maxItems", "uniqueItems", "contains"},
    OBJECT: {
        *("properties", "required", "additionalProperties", "minProperties"),
        *("maxProperties", "patternProperties", "propertyNames"),
        *("dependentRequired", "dependentSchemas"),
    },
}


def kinds(node: Node) -> list[str]:
    """The types that a schema declares, or that its keywords imply; empty where it says nothing."""
    declared = node.says.get("type")
    if declared is not None:
        return [*dict.fromkeys([declared] if isinstance(declared, str) else declared)]
    others = node.says.get("additionalProperties")
    if "properties" in node.says or (others and others.alone is None):
        return [OBJECT]
    return [ARRAY] if {"items", "prefixItems"} & node.says.keys() else []


def kinds_of(parts: list[Node]) -> tuple[list[str] | None, bool]:
    """The types that all parts allow, None for any, and whether null is allowed."""
    found: list[str] | None = None
    nulls = []
    for part in parts:
        own = kinds(part)
        if part.says.get("nullable") or "null" in own:
            nulls.append(True)
        elif "type" in part.says:
            nulls.append(False)
        if named := [kind for kind in own if kind != "null"] or own[:1]:
            found = named if found is None else _common(found, named)
    if found is None and any("required" in part.says for part in parts):
        found = [OBJECT]
    nullable = parts[0].says.get("nullable") or (bool(nulls) and all(nulls))
    return found, nullable and found != ["null"]


def _common(ones: list[str], others: list[str]) -> list[str]:
    if "integer" in (*ones, *others) and "number" in (*ones, *others):
        ones = [k for k in ones if k != "number" or "number" in others] + [
            "integer" for k in ones if k == "number" and "number" not in others
        ]
        others = [*others, "integer"]
    return [kind for kind in ones if kind in others]


def of_kind(node: Node, kind: str) -> Node:
    """The keywords that say something about values of one type."""
    says = {k: v for k, v in node.says.items() if k in _OF_KIND.get(kind, ())}
    if fitting := [v for v in node.says.get("enum", ()) if _fits(v, kind)]:
        says["enum"] = fitting
    return dataclasses.replace(node, says={**says, "type": kind})


def _fits(value: Json, kind: str) -> bool:
    own = kind_of_values((value,))
    return own == kind or (own == "integer" and kind == "number")


def kind_of_values(values: tuple[Json, ...]) -> str:
    """The one type that all values have, or ANY."""
    names = {bool: "boolean", int: "integer", float: "number", str: "string"}
    found = {names.get(type(v), ANY) for v in values}
    if found == {"integer", "number"}:
        return "number"
    return found.pop() if len(found) == 1 else ANY


def declared(parts: list[Node], key: str) -> list[Any]:
    """All that parts say under a keyword."""
    return [part.says[key] for part in parts if key in part.says]


def properties(parts: list[Node]) -> dict[str, list[Node]]:
    """Every declaration of each property, the properties of base types first."""
    found: dict[str, dict[object, Node]] = {}
    for held in declared([*parts[1:], *parts[:1]], "properties"):
        for name, node in held.items():
            found.setdefault(name, {}).setdefault(node.at, node)
    return {name: [*nodes.values()] for name, nodes in found.items()}


def values(parts: list[Node]) -> tuple[tuple[Json, ...] | None, bool]:
    """The values that all parts allow, None for any, and whether it is one by `const`."""
    found: list[Json] | None = None
    constants = declared(parts, "const")
    for own in [*([value] for value in constants), *declared(parts, "enum")]:
        known = {canonical(v): v for v in own}
        kept = known.values() if found is None else found
        found = [v for v in kept if canonical(v) in known]
    return (None if found is None else tuple(found)), bool(constants)


def canonical(value: Json) -> str:
    """JSON text that is equal for equal values."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def limits(parts: list[Node], ruled: Callable[[Any], Json]) -> dict[str, Json]:
    """The restrictions of all parts; where two give the same one, the tighter."""
    found: dict[str, Json] = {}
    for part in parts:
        for key in sorted(LIMITS & part.says.keys()):
            value = ruled(part.says[key])
            if not _says_nothing(key, value):
                add_limit(found, key, value)
    return found


def _says_nothing(key: str, value: Json) -> bool:
    if key == "not":
        return value is False
    if key in SINGLE and key != "contains":
        return value is True or value == {}
    if key.startswith("min") and key not in ("minimum", "minContains"):
        return bool(value == 0)
    return value is False if isinstance(value, bool) else value in ({}, [])


def add_limit(found: dict[str, Json], key: str, value: Json) -> None:
    """Add a restriction: the tighter of two numbers, the least multiple of both, both of anything else."""
    if key not in found or found[key] == value:
        found[key] = value
    elif key == "multipleOf":
        a, b = Fraction(str(found[key])), Fraction(str(value))
        both = Fraction(math.lcm(a.numerator, b.numerator))
        both /= math.gcd(a.denominator, b.denominator)
        found[key] = int(both) if both.denominator == 1 else float(both)
    elif key in NUMBERS:
        tighter = max if "inimum" in key or key.startswith("min") else min
        found[key] = tighter(found[key], value)
    elif isinstance(found[key], dict) and "allOf" in found[key]:
        found[key] = {"allOf": [*found[key]["allOf"], value]}
    else:
        found[key] = {"allOf": [found[key], value]}
