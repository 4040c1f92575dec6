"""The keywords of JSON Schema, and schemas in one spelling of them."""

from __future__ import annotations

import dataclasses
import difflib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from scripts.contract.schema import ARRAY, OBJECT
from scripts.intake.prose import LISTS, MAPS, PROSE, SINGLE, UNIONS, words
from scripts.intake.yaml_text import Json, Pointer

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
# Keywords that stay in a rule, which validates.
RULED = (ASSERTIONS | {"$defs", "contentSchema"}) - {"nullable"}
ANNOTATIONS = words(
    "contentEncoding contentMediaType contentSchema default deprecated readOnly",
    "writeOnly xml",
)
KNOWN = ASSERTIONS | PROSE | ANNOTATIONS
KNOWN |= words("$anchor $defs $dynamicAnchor $dynamicRef $id $schema discriminator id")

_FLAGS = words("deprecated nullable readOnly uniqueItems writeOnly")
_NEVER_EMPTY = LISTS | {"enum"}
# The Python types that keywords take as values; the others take any.
_VALUE_TYPES: dict[str, tuple[type, ...]] = {
    **dict.fromkeys(_NEVER_EMPTY, (list,)),
    **dict.fromkeys(_FLAGS, (bool,)),
    **dict.fromkeys((*MAPS, "dependentRequired"), (dict,)),
    **dict.fromkeys(NUMBERS, (int, float)),
    **dict.fromkeys(SINGLE, (bool, dict)),
    **dict.fromkeys(("$ref", "format", "pattern"), (str,)),
    **dict.fromkeys(("exclusiveMaximum", "exclusiveMinimum"), (bool, int, float)),
}


@dataclass(frozen=True, slots=True)
class Node:
    """A schema as JSON Schema 2020-12 writes it, but for `nullable`. Unions have no null and more than one member.

    Attributes:
        keywords: The keywords that mean something; schemas inside are nodes.
        base: Key of the type that it belongs to, where `allOf` or `$ref` led there.
        boolean: The schema itself, where it is true or false.
    """

    pointer: Pointer
    keywords: Mapping[str, Any]
    base: str = ""
    boolean: bool | None = None

    def without(self, *names: str) -> Node:
        """The schema without some of its keywords."""
        kept = {key: v for key, v in self.keywords.items() if key not in names}
        return dataclasses.replace(self, keywords=kept)


def normalised(
    raw: dict[str, Json],
    warn: Callable[[str], None],
    is_subtype: Callable[[str], bool],
) -> dict[str, Json]:
    """The keywords of a schema that mean something, in the spelling of a node.

    Args:
        warn: Is told about keywords that are unknown or have a value without a meaning.
        is_subtype: Whether a reference leads to a type that extends the schema itself.
    """
    keywords = {}
    for key, value in raw.items():
        if _is_well_formed(key, value):
            keywords[key] = value
        elif value is not None:
            warn(f"{key}: {value!r:.40} has no meaning here")
        if key not in KNOWN and not key.startswith("x-"):
            for known in difflib.get_close_matches(key, KNOWN, 1, 0.8):
                warn(f"unknown keyword {key!r}; did you mean {known!r}?")
    _turn_flags_into_bounds(keywords)
    _simplify_unions(keywords, is_subtype)
    _write_values_as_text(keywords, warn)
    return keywords


def _is_well_formed(key: str, value: Json) -> bool:
    """Whether the value of a keyword is of the type that the keyword takes."""
    if key == "type":
        names = value if isinstance(value, list) else [value]
        return bool(names) and all(str(name) in (*TYPES, "null") for name in names)
    if key == "required":
        return isinstance(value, list) and all(isinstance(v, str) for v in value)
    if type(value) not in _VALUE_TYPES.get(key, (type(value),)):
        return False
    return key not in _NEVER_EMPTY or bool(value)


def _turn_flags_into_bounds(keywords: dict[str, Json]) -> None:
    """Write `exclusiveMinimum: true` beside a minimum (OpenAPI 3.0) as JSON Schema 2020-12 does, and the maximum alike."""
    for inclusive in ("minimum", "maximum"):
        exclusive = f"exclusive{inclusive.capitalize()}"
        flag = keywords.get(exclusive)
        if isinstance(flag, bool):
            del keywords[exclusive]
            if flag and inclusive in keywords:
                keywords[exclusive] = keywords.pop(inclusive)


def _write_values_as_text(
    keywords: dict[str, Json], warn: Callable[[str], None]
) -> None:
    """Write numbers in the enum of a string as text: YAML reads `enum: [1, 7]` as numbers, and as they stand no value is possible."""
    types = keywords.get("type")
    types = [types] if isinstance(types, str) else types
    values = keywords.get("enum")
    if values is None or types is None or {*types} - {"null"} != {"string"}:
        return
    others = [value for value in values if value is not None]
    if others and all(type(value) in (int, float) for value in others):
        warn("the type is string and the values are numbers; quote them")
        texts = [None if value is None else json.dumps(value) for value in values]
        keywords["enum"] = texts


def _simplify_unions(
    keywords: dict[str, Json], is_subtype: Callable[[str], bool]
) -> None:
    """Write null as a member of a union as `nullable`, and a union of one member as `allOf`, unless that is a subtype."""
    for key in UNIONS:
        members = keywords.get(key, ())
        others = [member for member in members if not _allows_null_alone(member)]
        if len(others) < len(members):
            keywords["nullable"] = True
            keywords[key] = others
        refs = [m.get("$ref") for m in others if isinstance(m, dict)]
        if any(isinstance(ref, str) and is_subtype(ref) for ref in refs):
            continue
        if key in keywords and len(others) < 2:
            del keywords[key]
            keywords["allOf"] = [*keywords.get("allOf", ()), *others]


def _allows_null_alone(raw: Json) -> bool:
    """Whether a schema is that of null."""
    if not isinstance(raw, dict):
        return False
    if raw.get("type") in ("null", ["null"]) or raw.get("enum") == [None]:
        return True
    return "const" in raw and raw["const"] is None
