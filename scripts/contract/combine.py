"""What JSON Schema's keywords are, and what several parts of one schema say together."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import NamedTuple

from scripts.contract.model import ANY, ARRAY, OBJECT, Json, Pointer

TYPES = ("boolean", "integer", "number", "string", ARRAY, OBJECT)


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


# Where schemas stand inside a schema: one, a list of them, a mapping to them.
SINGLE = frozenset(
    _words(
        "additionalProperties contains contentSchema else if items not propertyNames"
        " then unevaluatedItems unevaluatedProperties"
    )
)
LISTS = frozenset(_words("allOf anyOf oneOf prefixItems"))
MAPS = frozenset(_words("$defs dependentSchemas patternProperties properties"))
# Keywords, of OpenAPI as well, whose values have names as keys, or hold data.
NAMED = MAPS | {
    *_words("callbacks content dependentRequired encoding headers links mapping"),
    *_words("responses variables"),
}
DATA = frozenset(_words("const default enum"))

_OF_NUMBERS = _words(
    "exclusiveMaximum exclusiveMinimum maximum minimum multipleOf format"
)
_COUNTS = _words(
    "maxContains maxItems maxLength maxProperties minContains minItems minLength"
    " minProperties"
)
_NUMBERS = (*_OF_NUMBERS[:5], *_COUNTS)
# Keywords that restrict values and make no type of their own.
LIMITS = (
    *_NUMBERS,
    *_words("contains dependentRequired dependentSchemas else if not pattern then"),
    *_words("patternProperties propertyNames unevaluatedItems unevaluatedProperties"),
    "uniqueItems",
)
_SHAPES = _words(
    "$ref additionalProperties const enum format items nullable properties required"
    " type"
)
ASSERTIONS = frozenset(LIMITS) | LISTS | frozenset(_SHAPES)
PROSE = frozenset(
    _words("$comment description example examples externalDocs summary title")
)
ANNOTATIONS = frozenset(
    _words(
        "contentEncoding contentMediaType contentSchema default deprecated readOnly"
        " writeOnly xml"
    )
)
_NAMES = _words("$anchor $defs $dynamicAnchor $dynamicRef $id $schema id")
KNOWN = ASSERTIONS | PROSE | ANNOTATIONS | {*_NAMES, "discriminator"}

_OF_KIND = {
    "string": _words("minLength maxLength pattern format"),
    "integer": _OF_NUMBERS,
    "number": _OF_NUMBERS,
    ARRAY: _words("items prefixItems minItems maxItems uniqueItems contains"),
    OBJECT: _words(
        "properties required additionalProperties minProperties maxProperties"
        " patternProperties propertyNames dependentRequired dependentSchemas"
    ),
}


class Part(NamedTuple):
    """Keywords of a schema at one place. `base` is the component that it belongs to, where `allOf` or `$ref` led there."""

    raw: dict[str, Json]
    place: Pointer
    base: str


def listed(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []


def well_formed(key: str, value: Json) -> bool:
    """Whether the value of a keyword is of the kind that the keyword takes."""
    if key in ("required", "enum") or key in LISTS:
        if key == "required" and not all(isinstance(v, str) for v in listed(value)):
            return False
        return isinstance(value, list) and bool(value or key == "required")
    if key == "type":
        names = value if isinstance(value, list) else [value]
        return bool(names) and all(n in (*TYPES, "null") for n in map(str, names))
    if key in MAPS or key == "dependentRequired":
        return isinstance(value, dict)
    if key in SINGLE:
        return isinstance(value, dict | bool)
    if key in ("pattern", "format", "$ref"):
        return isinstance(value, str)
    if key in ("nullable", "uniqueItems", "readOnly", "writeOnly", "deprecated"):
        return isinstance(value, bool)
    if key.startswith("exclusive"):
        return isinstance(value, bool | int | float)
    return key not in _NUMBERS or (
        isinstance(value, int | float) and not isinstance(value, bool)
    )


def modernise(raw: dict[str, Json]) -> None:
    """Turn what OpenAPI 3.0 writes in another way than JSON Schema 2020-12, and unions that are none, into one form."""
    for limit in ("Minimum", "Maximum"):
        flag = raw.get(f"exclusive{limit}")
        if isinstance(flag, bool):
            del raw[f"exclusive{limit}"]
            if flag and limit.lower() in raw:
                raw[f"exclusive{limit}"] = raw.pop(limit.lower())
    for key in ("oneOf", "anyOf"):
        members = listed(raw.get(key))
        kept = [member for member in members if not says_null(member)]
        if len(kept) < len(members):
            raw["nullable"] = True
            raw[key] = kept
        if key in raw and len(kept) < 2:
            del raw[key]
            raw["allOf"] = [*raw.get("allOf", ()), *kept]


def says_null(raw: Json) -> bool:
    """Whether a schema is that of null alone."""
    if not isinstance(raw, dict):
        return False
    alone = raw.get("type") in ("null", ["null"]) or raw.get("enum") == [None]
    return alone or ("const" in raw and raw["const"] is None)


def kinds(raw: dict[str, Json]) -> list[str]:
    """The types that a schema declares, or that its keywords imply; empty where it says nothing."""
    declared = raw.get("type")
    if declared is not None:
        return (
            [declared] if isinstance(declared, str) else list(dict.fromkeys(declared))
        )
    if "properties" in raw or isinstance(raw.get("additionalProperties"), dict):
        return [OBJECT]
    return [ARRAY] if "items" in raw or "prefixItems" in raw else []


def kinds_of(parts: list[Part]) -> tuple[list[str] | None, bool]:
    """The types that all parts allow, None for any, and whether null is allowed."""
    found: list[str] | None = None
    nulls = []
    for part in parts:
        own = kinds(part.raw)
        if part.raw.get("nullable") is True or "null" in own:
            nulls.append(True)
        elif "type" in part.raw:
            nulls.append(False)
        named = [kind for kind in own if kind != "null"]
        if own and not named:
            named = ["null"]
        if named:
            found = named if found is None else _common(found, named)
    if found is None and any("required" in part.raw for part in parts):
        found = [OBJECT]
    outer = parts[0].raw.get("nullable") is True
    nullable = outer or (bool(nulls) and all(nulls))
    return found, nullable and found != ["null"]


def _common(ones: list[str], others: list[str]) -> list[str]:
    if "integer" in (*ones, *others) and "number" in (*ones, *others):
        ones = [k for k in ones if k != "number" or "number" in others] + [
            "integer" for k in ones if k == "number" and "number" not in others
        ]
        others = [*others, "integer"]
    return [kind for kind in ones if kind in others]


def of_kind(raw: dict[str, Json], kind: str) -> dict[str, Json]:
    """The keywords that say something about values of one type."""
    alone = {k: v for k, v in raw.items() if k in _OF_KIND.get(kind, ())}
    if "enum" in raw:
        alone["enum"] = [v for v in raw["enum"] if _fits(v, kind)]
        if not alone["enum"]:
            del alone["enum"]
    return {**alone, "type": kind}


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


def declared(parts: list[Part], key: str) -> list[tuple[Json, Pointer]]:
    """All that parts say under a keyword that holds one schema, each once."""
    return [(p.raw[key], (*p.place, key)) for p in parts if key in p.raw]


def properties(parts: list[Part]) -> dict[str, list[tuple[Json, Pointer]]]:
    """Every declaration of each property, the properties of base types first."""
    found: dict[str, list[tuple[Json, Pointer]]] = {}
    for part in (*parts[1:], *parts[:1]):
        for name, raw in part.raw.get("properties", {}).items():
            place = (*part.place, "properties", name)
            if all(place != other for _raw, other in found.setdefault(name, [])):
                found[name].append((raw, place))
    return found


def values(parts: list[Part]) -> tuple[tuple[Json, ...] | None, bool]:
    """The values that all parts allow, None for any, and whether it is one by `const`."""
    found: list[Json] | None = None
    constant = False
    for part in parts:
        own = [part.raw["const"]] if "const" in part.raw else part.raw.get("enum")
        constant = constant or "const" in part.raw
        if own is None:
            continue
        own = list({canonical(v): v for v in own}.values())
        known = {canonical(v) for v in own}
        found = own if found is None else [v for v in found if canonical(v) in known]
    return (None if found is None else tuple(found)), constant


def canonical(value: Json) -> str:
    """JSON text that is equal for equal values."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def limits(parts: list[Part], rule: Callable[[Json, Pointer], Json]) -> dict[str, Json]:
    """The restrictions of all parts; where two give the same one, the tighter."""
    found: dict[str, Json] = {}
    for part in parts:
        for key in LIMITS:
            if key not in part.raw:
                continue
            value, place = part.raw[key], (*part.place, key)
            if key in SINGLE:
                value = rule(value, place)
            elif key in MAPS:
                value = {n: rule(v, (*place, n)) for n, v in value.items()}
            if _says_nothing(key, value):
                continue
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
    """Add a restriction: the tighter of two numbers, both of anything else."""
    if key not in found or found[key] == value:
        found[key] = value
    elif key in _NUMBERS and key != "multipleOf":
        tighter = max if "inimum" in key or key.startswith("min") else min
        found[key] = tighter(found[key], value)
    elif isinstance(found[key], dict) and "allOf" in found[key]:
        found[key] = {"allOf": [*found[key]["allOf"], value]}
    else:
        found[key] = {"allOf": [found[key], value]}
