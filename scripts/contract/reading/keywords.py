"""Schemas in one spelling: what JSON Schema's keywords are, and which of them a schema has."""

from __future__ import annotations

import dataclasses
import difflib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from scripts.contract.model import ARRAY, OBJECT, Json, Pointer
from scripts.intake.prose import LISTS, MAPS, PROSE, SINGLE, UNIONS, words

TYPES = ("boolean", "integer", "number", "string", ARRAY, OBJECT)

BOUNDS = words("exclusiveMaximum exclusiveMinimum maximum minimum multipleOf")
NUMBERS = BOUNDS | words(
    "maxContains maxItems maxLength maxProperties",
    "minContains minItems minLength minProperties",
)
# Keywords that restrict values and make no type of their own.
LIMITS = NUMBERS | words(
    "contains dependentRequired dependentSchemas else if not pattern then uniqueItems",
    "patternProperties propertyNames unevaluatedItems unevaluatedProperties",
)
ASSERTIONS = LIMITS | LISTS
ASSERTIONS |= words(
    "$ref additionalProperties const enum format items nullable properties required type"
)
RULED = (ASSERTIONS | {"$defs", "contentSchema"}) - {"nullable"}  # and make rules
ANNOTATIONS = words(
    "contentEncoding contentMediaType contentSchema default deprecated readOnly",
    "writeOnly xml",
)
KNOWN = ASSERTIONS | PROSE | ANNOTATIONS
KNOWN |= words("$anchor $defs $dynamicAnchor $dynamicRef $id $schema discriminator id")

# The kinds of values that keywords take; the others take any.
_FLAGS = words("deprecated nullable readOnly uniqueItems writeOnly")
_FILLED = LISTS | {"enum"}
_TAKES: dict[str, tuple[type, ...]] = {
    **dict.fromkeys(_FILLED, (list,)),
    **dict.fromkeys(_FLAGS, (bool,)),
    **dict.fromkeys((*MAPS, "dependentRequired"), (dict,)),
    **dict.fromkeys(NUMBERS, (int, float)),
    **dict.fromkeys(SINGLE, (bool, dict)),
    **dict.fromkeys(("$ref", "format", "pattern"), (str,)),
    **dict.fromkeys(("exclusiveMaximum", "exclusiveMinimum"), (bool, int, float)),
}


@dataclass(frozen=True, slots=True)
class Node:
    """A schema as JSON Schema 2020-12 writes it, but for `nullable`. Unions have no null and more than one member."""

    at: Pointer
    says: dict[str, Any]  # keywords that mean something; schemas inside are nodes
    base: str = ""  # the type that it belongs to, where `allOf` or `$ref` led there
    alone: bool | None = None  # true and false are schemas, too

    def without(self, *keys: str) -> Node:
        """The schema without some of its keywords."""
        says = {k: v for k, v in self.says.items() if k not in keys}
        return dataclasses.replace(self, says=says)


def spelt(raw: dict[str, Json], warn: Callable[[str], None]) -> dict[str, Json]:
    """The keywords of a schema that mean something, as a node has them; `warn` is told about others."""
    good = {}
    for key, value in raw.items():
        if _well_formed(key, value):
            good[key] = value
        elif value is not None:
            warn(f"{key}: {value!r:.40} has no meaning here")
        if key not in KNOWN and not key.startswith("x-"):
            for known in difflib.get_close_matches(key, KNOWN, 1, 0.8):
                warn(f"unknown keyword {key!r}; did you mean {known!r}?")
    _modernise(good)
    return good


def _well_formed(key: str, value: Json) -> bool:
    """Whether the value of a keyword is of the kind that the keyword takes."""
    if key == "type":
        names = value if isinstance(value, list) else [value]
        return bool(names) and all(n in (*TYPES, "null") for n in map(str, names))
    if key == "required":
        return isinstance(value, list) and all(isinstance(v, str) for v in value)
    if type(value) not in _TAKES.get(key, (type(value),)):
        return False
    return key not in _FILLED or bool(value)


def _modernise(raw: dict[str, Json]) -> None:
    """Turn what OpenAPI 3.0 writes in another way than JSON Schema 2020-12, and unions that are none, into one form."""
    for limit in ("Minimum", "Maximum"):
        flag = raw.get(f"exclusive{limit}")
        if isinstance(flag, bool):
            del raw[f"exclusive{limit}"]
            if flag and limit.lower() in raw:
                raw[f"exclusive{limit}"] = raw.pop(limit.lower())
    for key in UNIONS:
        members = raw.get(key, ())
        kept = [member for member in members if not _says_null(member)]
        if len(kept) < len(members):
            raw["nullable"] = True
            raw[key] = kept
        if key in raw and len(kept) < 2:
            del raw[key]
            raw["allOf"] = [*raw.get("allOf", ()), *kept]


def _says_null(raw: Json) -> bool:
    """Whether a schema is that of null alone."""
    if not isinstance(raw, dict):
        return False
    alone = raw.get("type") in ("null", ["null"]) or raw.get("enum") == [None]
    return alone or ("const" in raw and raw["const"] is None)
