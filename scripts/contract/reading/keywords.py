"""The keywords of JSON Schema, and schemas in one spelling of them."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from scripts.contract.schema import ARRAY, OBJECT
from scripts.intake.prose import LISTS, MAPS, PROSE, SINGLE, UNIONS, words
from scripts.intake.yaml_text import Pointer

TYPES = ("boolean", "integer", "number", "string", ARRAY, OBJECT)

BOUNDS = words("exclusiveMaximum exclusiveMinimum maximum minimum multipleOf")
NUMBERS = BOUNDS | words(
    "maxContains maxItems maxLength maxProperties",
    "minContains minItems minLength minProperties",
)
# Keywords whose schemas say something of the same value.
IN_PLACE = words("$ref allOf anyOf if not oneOf")
# Keywords that restrict values and make no type of their own.
LIMITS = NUMBERS | words(
    "contains dependentRequired dependentSchemas else if not pattern then uniqueItems",
    "patternProperties propertyNames unevaluatedItems unevaluatedProperties",
)
# All keywords that say which values are allowed.
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

_TYPES_AND_NULL = frozenset({*TYPES, "null"})
_BOUNDS_WITH_FLAGS = (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum"))
_FLAGS = words("deprecated nullable readOnly uniqueItems writeOnly")
# A pattern with anchors, as JavaScript writes it in a program. A slash before `^` or behind `$` leaves nothing that matches.
_PATTERN_LITERAL = re.compile(
    r"/(?P<pattern>\^.*(?<!\\)\$)/(?P<flags>[a-z]*)", re.DOTALL
)
# The flags that do not change whether a text matches; JSON Schema asks for `u` anyway.
_FLAGS_WITHOUT_EFFECT = frozenset("gu")
_NEVER_EMPTY = LISTS | {"enum"}
# The Python types that keywords take as values; the others take any.
_VALUE_TYPES: dict[str, tuple[type, ...]] = {
    **dict.fromkeys(_NEVER_EMPTY, (list,)),
    **dict.fromkeys(_FLAGS, (bool,)),
    **dict.fromkeys((*MAPS, "dependentRequired", "discriminator"), (dict,)),
    **dict.fromkeys(NUMBERS, (int, float)),
    **dict.fromkeys(SINGLE, (bool, dict)),
    **dict.fromkeys(("$ref", "format", "pattern"), (str,)),
    **dict.fromkeys(("exclusiveMaximum", "exclusiveMinimum"), (bool, int, float)),
}


@dataclass(frozen=True, slots=True)
class Node:
    """A schema in the spelling of JSON Schema 2020-12, but null beside other types is `nullable`, and unions have two members or more.

    Attributes:
        keywords: The keywords that mean something, with values of the types that they take; schemas inside are nodes.
        base_key: Key of the base type that it is a part of, where `allOf` or `$ref` led to it; else empty.
        boolean: The schema itself, where it is true or false.
    """

    pointer: Pointer
    keywords: Mapping[str, object]
    base_key: str = ""
    boolean: bool | None = None

    @property
    def reference(self) -> str:
        """The value of `$ref`; empty where the schema has none."""
        ref = self.keywords.get("$ref")
        return ref if isinstance(ref, str) else ""

    @property
    def is_nullable(self) -> bool:
        """Whether `nullable` says that null is allowed beside what the other keywords allow."""
        return self.keywords.get("nullable") is True

    @property
    def required(self) -> list[str]:
        """The value of `required`."""
        names = self.keywords.get("required")
        return names if isinstance(names, list) else []

    @property
    def properties(self) -> dict[str, Node]:
        """The value of `properties`."""
        nodes = self.keywords.get("properties")
        return nodes if isinstance(nodes, dict) else {}

    def schema(self, keyword: str) -> Node | None:
        """The value of a keyword that holds one schema, such as `items`; None where it is not there."""
        node = self.keywords.get(keyword)
        return node if isinstance(node, Node) else None

    def schemas(self, keyword: str) -> list[Node]:
        """The value of a keyword that holds a list of schemas, such as `allOf`; empty where it is not there."""
        nodes = self.keywords.get(keyword)
        return nodes if isinstance(nodes, list) else []

    def values(self, keyword: str) -> list[object]:
        """The value of a keyword that holds a list of data, such as `enum`; empty where it is not there."""
        values = self.keywords.get(keyword)
        return values if isinstance(values, list) else []

    def without(self, *names: str) -> Node:
        """The schema without some of its keywords."""
        keywords = {
            key: value for key, value in self.keywords.items() if key not in names
        }
        return Node(self.pointer, keywords, self.base_key, self.boolean)

    def within(self, base_key: str) -> Node:
        """The schema as a part of the base type with a key; "" for none."""
        return Node(self.pointer, self.keywords, base_key, self.boolean)


def normalised(
    raw: Mapping[str, object],
    warn: Callable[[str], None],
    is_subtype: Callable[[str], bool],
) -> dict[str, object]:
    """The keywords of a schema, without those whose value has no meaning, in the spelling of a `Node`.

    Args:
        warn: Called with a message about each keyword that is unknown, or has a value without a meaning.
        is_subtype: Whether a reference leads to a type that extends the schema itself.
    """
    keywords = {}
    for key, value in raw.items():
        if _is_well_formed(key, value):
            keywords[key] = value
        elif value is not None:
            warn(f"{key}: {value!r:.40} has no meaning here")
        if key not in KNOWN and not key.startswith("x-"):
            for similar in difflib.get_close_matches(key, KNOWN, 1, 0.8):
                warn(f"unknown keyword {key!r}; did you mean {similar!r}?")
    _turn_flags_into_bounds(keywords)
    _state_null_beside_members(keywords)
    for key in UNIONS:
        if key in keywords:
            _simplify_union(keywords, key, is_subtype)
    _write_values_as_text(keywords, warn)
    _take_slashes_off_pattern(keywords, warn)
    return keywords


def in_json_schema(keywords: dict[str, object]) -> dict[str, object]:
    """The keywords of an OpenAPI 3.0 schema as JSON Schema 2020-12 writes them; the same mapping where nothing is written otherwise."""
    written = dict(keywords)
    _turn_flags_into_bounds(written)
    _state_null_beside_members(written)
    nullable = written.get("nullable")
    if isinstance(nullable, bool):
        del written["nullable"]
    if nullable is True:
        written = _or_null(written)
    return keywords if written == keywords else written


def _or_null(keywords: dict[str, object]) -> dict[str, object]:
    """A schema that allows null as well."""
    type_name = keywords.get("type")
    if not isinstance(type_name, str) or keywords.keys() & IN_PLACE:
        return {"anyOf": [keywords, {"type": "null"}]}
    written = {**keywords, "type": [type_name, "null"]}
    values = keywords.get("enum")
    if isinstance(values, list) and None not in values:
        written["enum"] = [*values, None]
    return written


def _is_well_formed(key: str, value: object) -> bool:
    """Whether the value of a keyword is of the type that the keyword takes."""
    if key == "type":
        names = value if isinstance(value, list) else [value]
        return bool(names) and all(str(name) in _TYPES_AND_NULL for name in names)
    if key == "required":
        return isinstance(value, list) and all(isinstance(name, str) for name in value)
    types = _VALUE_TYPES.get(key)
    if types is not None and type(value) not in types:
        return False
    return key not in _NEVER_EMPTY or bool(value)


def _turn_flags_into_bounds(keywords: dict[str, object]) -> None:
    """Write `exclusiveMinimum: true` beside a minimum (OpenAPI 3.0) as JSON Schema 2020-12 does, and the maximum alike."""
    for inclusive, exclusive in _BOUNDS_WITH_FLAGS:
        flag = keywords.get(exclusive)
        if isinstance(flag, bool):
            del keywords[exclusive]
            if flag and inclusive in keywords:
                keywords[exclusive] = keywords.pop(inclusive)


def _state_null_beside_members(keywords: dict[str, object]) -> None:
    """Write `nullable` beside `allOf` where a member says nothing else that restricts values.

    OpenAPI 3.0 gives it no meaning without a type; vendors write it where they mean that the whole may be null.
    """
    members = keywords.get("allOf")
    if not isinstance(members, list) or not any(map(_says_only_null, members)):
        return
    keywords["nullable"] = True
    keywords["allOf"] = [_without_nullable(member) for member in members]


def _says_only_null(member: object) -> bool:
    """Whether a schema says that null is allowed, and restricts nothing."""
    if not isinstance(member, dict) or member.get("nullable") is not True:
        return False
    return member.keys() & ASSERTIONS == {"nullable"}


def _without_nullable(member: object) -> object:
    """A member of `allOf` without `nullable`, if it says nothing else."""
    if not isinstance(member, dict) or not _says_only_null(member):
        return member
    return {key: value for key, value in member.items() if key != "nullable"}


def _write_values_as_text(
    keywords: dict[str, object], warn: Callable[[str], None]
) -> None:
    """Write numbers and booleans among the values of a string as text: no string equals what YAML reads in `enum: [4.1, true, 3_lite]`."""
    if not _is_string(keywords.get("type")):
        return
    values = keywords.get("enum")
    if isinstance(values, list) and any(map(_is_number_or_boolean, values)):
        warn("the type is string, and values of the enum are none; quote them")
        keywords["enum"] = [
            json.dumps(value) if _is_number_or_boolean(value) else value
            for value in values
        ]
    constant = keywords.get("const")
    if _is_number_or_boolean(constant):
        warn("the type is string, and the const is none; quote it")
        keywords["const"] = json.dumps(constant)


def _take_slashes_off_pattern(
    keywords: dict[str, object], warn: Callable[[str], None]
) -> None:
    """Write the pattern between the slashes of a literal of JavaScript, `/^a$/`, which no text matches with its slashes.

    Flags such as `i` have no place in a pattern: with one of them the pattern is left out, since it would refuse what the service takes.
    """
    pattern = keywords.get("pattern")
    if not isinstance(pattern, str):
        return
    literal = _PATTERN_LITERAL.fullmatch(pattern)
    if literal is None:
        return
    if {*literal["flags"]} <= _FLAGS_WITHOUT_EFFECT:
        warn("pattern: no text matches it with its slashes; read without them")
        keywords["pattern"] = literal["pattern"]
    else:
        warn(
            "pattern: no text matches it with its slashes, and flags behind them have no meaning; not enforced"
        )
        del keywords["pattern"]


def _is_number_or_boolean(value: object) -> bool:
    return isinstance(value, bool | int | float)


def _is_string(types: object) -> bool:
    """Whether the value of `type` allows strings, and nothing else but null."""
    if isinstance(types, list):
        return {*types} - {"null"} == {"string"}
    return types == "string"


def _simplify_union(
    keywords: dict[str, object], key: str, is_subtype: Callable[[str], bool]
) -> None:
    """Write null as a member of a union as `nullable`, and a union of one member as `allOf`, unless that is a subtype."""
    members = keywords[key]
    if not isinstance(members, list):
        return
    not_null = [member for member in members if not _is_null(member)]
    if len(not_null) < len(members):
        keywords["nullable"] = True
        keywords[key] = not_null
    if len(not_null) < 2 and not any(map(is_subtype, _references(not_null))):
        del keywords[key]
        conjunction = keywords.get("allOf")
        if isinstance(conjunction, list):
            not_null = [*conjunction, *not_null]
        keywords["allOf"] = not_null


def _references(members: Iterable[object]) -> Iterable[str]:
    """The references among the members of a union."""
    for member in members:
        if isinstance(member, dict) and isinstance(member.get("$ref"), str):
            yield member["$ref"]


def _is_null(raw: object) -> bool:
    """Whether a schema allows null and no other value."""
    if not isinstance(raw, dict):
        return False
    if raw.get("type") in ("null", ["null"]) or raw.get("enum") == [None]:
        return True
    return "const" in raw and raw["const"] is None
