"""What several parts of one schema say together: its own keywords, and those of all that `allOf` and `$ref` add to it."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from scripts.contract.reading.keywords import BOUNDS, LIMITS, NUMBERS, Node
from scripts.contract.schema import ANY, ARRAY, OBJECT
from scripts.intake.prose import SINGLE
from scripts.intake.yaml_text import Json, Pointer

# The keywords that say something about values of one type.
_OF_TYPE = {
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


def types_of(node: Node) -> list[str]:
    """The types that a schema declares, or that its keywords imply; empty where it says nothing."""
    stated = node.keywords.get("type")
    if isinstance(stated, str):
        return [stated]
    if stated is not None:
        return list(dict.fromkeys(stated))
    others = node.keywords.get("additionalProperties")
    if "properties" in node.keywords or (others and others.boolean is None):
        return [OBJECT]
    if {"items", "prefixItems"} & node.keywords.keys():
        return [ARRAY]
    return []


def common_types(parts: list[Node]) -> tuple[list[str] | None, bool]:
    """The types that all parts allow, None for any, and whether null is allowed."""
    common: list[str] | None = None
    null_allowed: list[bool] = []
    for part in parts:
        types = types_of(part)
        if part.keywords.get("nullable") or "null" in types:
            null_allowed.append(True)
        elif "type" in part.keywords:
            null_allowed.append(False)
        named = [name for name in types if name != "null"] or types[:1]
        if named:
            common = named if common is None else _in_both(common, named)
    if common is None and any("required" in part.keywords for part in parts):
        common = [OBJECT]
    nullable = bool(parts[0].keywords.get("nullable"))
    nullable = nullable or (bool(null_allowed) and all(null_allowed))
    return common, nullable and common != ["null"]


def _in_both(types: list[str], others: list[str]) -> list[str]:
    """The types of which both lists allow values: an integer is a number, too."""
    found = []
    for name in types:
        if name in others:
            found.append(name)
        elif (name == "number" and "integer" in others) or (
            name == "integer" and "number" in others
        ):
            found.append("integer")
    return list(dict.fromkeys(found))


def of_type(node: Node, name: str) -> Node:
    """What a schema says about values of one type."""
    keywords = {k: v for k, v in node.keywords.items() if k in _OF_TYPE.get(name, ())}
    fitting = [v for v in node.keywords.get("enum", ()) if _has_type(v, name)]
    if fitting:
        keywords["enum"] = fitting
    keywords["type"] = name
    return dataclasses.replace(node, keywords=keywords)


def _has_type(value: Json, name: str) -> bool:
    own = type_of_values((value,))
    return own == name or (own == "integer" and name == "number")


def type_of_values(values: tuple[Json, ...]) -> str:
    """The one type that all values have, or "any"."""
    names = {bool: "boolean", int: "integer", float: "number", str: "string"}
    found = {names.get(type(value), ANY) for value in values}
    if found == {"integer", "number"}:
        return "number"
    return found.pop() if len(found) == 1 else ANY


def declared(parts: list[Node], key: str) -> list[Any]:
    """All that parts say under a keyword."""
    return [part.keywords[key] for part in parts if key in part.keywords]


def properties(parts: list[Node]) -> dict[str, list[Node]]:
    """Every declaration of each property, the properties of base types first."""
    found: dict[str, dict[Pointer, Node]] = {}
    for fields in declared([*parts[1:], *parts[:1]], "properties"):
        for name, node in fields.items():
            found.setdefault(name, {}).setdefault(node.pointer, node)
    return {name: list(nodes.values()) for name, nodes in found.items()}


def values(parts: list[Node]) -> tuple[tuple[Json, ...] | None, bool]:
    """The values that all parts allow, None for any, and whether it is one by `const`."""
    common: list[Json] | None = None
    constants = declared(parts, "const")
    for allowed in [*([value] for value in constants), *declared(parts, "enum")]:
        by_text = {canonical(value): value for value in allowed}
        known = by_text.values() if common is None else common
        common = [value for value in known if canonical(value) in by_text]
    return (None if common is None else tuple(common)), bool(constants)


def canonical(value: Json) -> str:
    """JSON text that is equal for equal values."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def limits(parts: list[Node], rule_of: Callable[[Any], Json]) -> dict[str, Json]:
    """The restrictions of all parts; where two give the same one, the tighter."""
    found: dict[str, Json] = {}
    for part in parts:
        for key in sorted(LIMITS & part.keywords.keys()):
            value = rule_of(part.keywords[key])
            if not _says_nothing(key, value):
                add_limit(found, key, value)
    return found


def _says_nothing(key: str, value: Json) -> bool:
    """Whether a restriction allows every value."""
    if key == "not":
        return value is False
    if key in SINGLE and key != "contains":
        return value is True or value == {}
    if key.startswith("min") and key not in ("minimum", "minContains"):
        return bool(value == 0)
    return value is False if isinstance(value, bool) else value in ({}, [])


def add_limit(found: dict[str, Json], key: str, value: Json) -> None:
    """Add a restriction: the tighter of two numbers, the least multiple of both, both of anything else."""
    known = found.get(key)
    if key not in found or known == value:
        found[key] = value
    elif key == "multipleOf":
        found[key] = _least_common_multiple(known, value)
    elif key in NUMBERS:
        is_lower_bound = "inimum" in key or key.startswith("min")
        found[key] = max(known, value) if is_lower_bound else min(known, value)
    elif isinstance(known, dict) and "allOf" in known:
        found[key] = {"allOf": [*known["allOf"], value]}
    else:
        found[key] = {"allOf": [known, value]}


def _least_common_multiple(one: Json, other: Json) -> Json:
    first = Fraction(str(one))
    second = Fraction(str(other))
    multiple = Fraction(math.lcm(first.numerator, second.numerator))
    multiple /= math.gcd(first.denominator, second.denominator)
    return int(multiple) if multiple.denominator == 1 else float(multiple)
