"""Combine schemas that all apply to one value: the keywords of a schema, and those that `allOf` and `$ref` add."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable
from fractions import Fraction

from scripts.contract.reading.keywords import BOUNDS, LIMITS, NUMBERS, Node
from scripts.contract.schema import ANY, ARRAY, OBJECT, whole
from scripts.intake.prose import SINGLE
from scripts.intake.yaml_text import Pointer

# The keywords that say something about values of one type.
_OF_TYPE = {
    "string": {"minLength", "maxLength", "pattern", "format"},
    "integer": BOUNDS | {"format"},
    "number": BOUNDS | {"format"},
    ARRAY: {"items", "prefixItems", "minItems", "maxItems", "uniqueItems", "contains"},
    OBJECT: {
        "properties",
        "required",
        "additionalProperties",
        "minProperties",
        "maxProperties",
        "patternProperties",
        "propertyNames",
        "dependentRequired",
        "dependentSchemas",
    },
}
_TYPE_NAMES = {bool: "boolean", int: "integer", float: "number", str: "string"}


def types_of(node: Node) -> list[str]:
    """The types that a schema declares, or that its keywords imply; empty where it says nothing."""
    keywords = node.keywords
    stated = keywords.get("type")
    if isinstance(stated, str):
        return [stated]
    if isinstance(stated, list):
        return list(dict.fromkeys(stated))
    additional = node.schema("additionalProperties")
    if "properties" in keywords or (additional and additional.boolean is None):
        return [OBJECT]
    if "items" in keywords or "prefixItems" in keywords:
        return [ARRAY]
    return []


def common_types(nodes: list[Node]) -> list[str] | None:
    """The types that all schemas allow; None where none of them names a type. Null is left out, unless nothing else is allowed."""
    common: list[str] | None = None
    for node in nodes:
        types = types_of(node)
        not_null = [name for name in types if name != "null"] or types[:1]
        if common is None:
            common = not_null or None
        elif not_null:
            common = _in_both(common, not_null)
    if common is None and any("required" in node.keywords for node in nodes):
        common = [OBJECT]
    return common


def allows_null(nodes: list[Node]) -> bool | None:
    """Whether schemas that apply together allow null; None where none of them says. `nullable: true` in the first one decides."""
    if nodes[0].is_nullable:
        return True
    stated: list[bool] = []
    for node in nodes:
        if node.is_nullable or "null" in types_of(node):
            stated.append(True)
        elif "type" in node.keywords:
            stated.append(False)
    return all(stated) if stated else None


def _in_both(types: list[str], allowed: list[str]) -> list[str]:
    """The types of which both lists allow values: an integer is a number, too."""
    common = []
    for name in types:
        if name in allowed:
            common.append(name)
        elif (name == "number" and "integer" in allowed) or (
            name == "integer" and "number" in allowed
        ):
            common.append("integer")
    return list(dict.fromkeys(common))


def of_type(node: Node, name: str) -> Node:
    """A schema reduced to the keywords that apply to values of one type."""
    keywords = {
        key: value
        for key, value in node.keywords.items()
        if key in _OF_TYPE.get(name, ())
    }
    fitting = [value for value in node.values("enum") if _has_type(value, name)]
    if fitting:
        keywords["enum"] = fitting
    keywords["type"] = name
    return Node(node.pointer, keywords, node.base_key, node.boolean)


def _has_type(value: object, name: str) -> bool:
    value_type = type_of_values((value,))
    return value_type == name or (value_type == "integer" and name == "number")


def type_of_values(values: tuple[object, ...]) -> str:
    """The one type that all values have, or "any"."""
    types = {_TYPE_NAMES.get(type(value), ANY) for value in values}
    if types == {"integer", "number"}:
        return "number"
    if len(types) == 1:
        return types.pop()
    return ANY


def declared(nodes: list[Node], key: str) -> list[Node]:
    """All schemas under a keyword that holds one schema."""
    return [schema for node in nodes if (schema := node.schema(key)) is not None]


def required(nodes: Iterable[Node]) -> set[str]:
    """The names that are required by any schema."""
    names: set[str] = set()
    for node in nodes:
        names.update(node.required)
    return names


def format_of(nodes: list[Node]) -> str:
    """The first format that a schema names; empty where none does."""
    for node in nodes:
        name = node.keywords.get("format")
        if isinstance(name, str) and name:
            return name
    return ""


def properties(nodes: list[Node]) -> dict[str, list[Node]]:
    """Every declaration of each property, the properties of base types first."""
    by_name: dict[str, dict[Pointer, Node]] = {}
    for node in (*nodes[1:], *nodes[:1]):
        for name, field in node.properties.items():
            by_name.setdefault(name, {}).setdefault(field.pointer, field)
    return {name: list(fields.values()) for name, fields in by_name.items()}


def values(nodes: list[Node]) -> tuple[tuple[object, ...] | None, bool]:
    """The values that all schemas allow, None for any, and whether it is one by `const`."""
    allowed = [[node.keywords["const"]] for node in nodes if "const" in node.keywords]
    is_constant = bool(allowed)
    allowed += [node.values("enum") for node in nodes if "enum" in node.keywords]
    if not allowed:
        return None, False
    common = {canonical(whole(value)): value for value in allowed[0]}
    for further_values in allowed[1:]:
        texts = {canonical(whole(value)) for value in further_values}
        common = {text: value for text, value in common.items() if text in texts}
    return tuple(common.values()), is_constant


def canonical(value: object) -> str:
    """JSON text that is equal for equal values."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def limits(nodes: list[Node], rule_of: Callable[[object], object]) -> dict[str, object]:
    """The restrictions of all schemas; where two give the same one, the tighter."""
    tightest: dict[str, object] = {}
    for node in nodes:
        for key in sorted(LIMITS & node.keywords.keys()):
            value = rule_of(node.keywords[key])
            if not _says_nothing(key, value):
                add_limit(tightest, key, value)
    return tightest


def _says_nothing(key: str, value: object) -> bool:
    """Whether a restriction allows every value."""
    if key == "not":
        return value is False
    if key in SINGLE and key != "contains":
        return value is True or value == {}
    if key.startswith("min") and key not in ("minimum", "minContains"):
        return value == 0
    if isinstance(value, bool):
        return value is False
    return value in ({}, [])


def add_limit(limits: dict[str, object], key: str, value: object) -> None:
    """Add a restriction: the tighter of two numbers, the least multiple of both, both of anything else."""
    present = limits.get(key)
    if key not in limits or present == value:
        limits[key] = value
    elif (
        key in NUMBERS
        and isinstance(present, int | float)
        and isinstance(value, int | float)
    ):
        limits[key] = _tighter(key, present, value)
    elif isinstance(present, dict) and "allOf" in present:
        limits[key] = {"allOf": [*present["allOf"], value]}
    else:
        limits[key] = {"allOf": [present, value]}


def _tighter(key: str, first: float, second: float) -> float:
    """The value of a restriction that means the same as two values together."""
    if key == "multipleOf":
        return _least_common_multiple(first, second)
    if "inimum" in key or key.startswith("min"):
        return max(first, second)
    return min(first, second)


def _least_common_multiple(first: float, second: float) -> float:
    fractions = (Fraction(str(first)), Fraction(str(second)))
    multiple = Fraction(
        math.lcm(*(fraction.numerator for fraction in fractions)),
        math.gcd(*(fraction.denominator for fraction in fractions)),
    )
    if multiple.denominator == 1:
        return int(multiple)
    return float(multiple)
