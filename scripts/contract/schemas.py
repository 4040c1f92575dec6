"""Read schemas of a document, of OpenAPI 3.0 or 3.1, into the contract's one form. Equal meaning gives equal form: `nullable: true`,
`type: [string, "null"]` and `anyOf: [..., {type: "null"}]` are one, and so are `allOf: [X]` and `X`."""

from __future__ import annotations

import dataclasses
from typing import Any

from scripts.contract import keywords
from scripts.contract.model import ANY, ARRAY, OBJECT, Json, Schema
from scripts.document import DocumentError

_KINDS = ("null", "boolean", "integer", "number", "string", ARRAY, OBJECT)
_COMPONENTS = "#/components/schemas/"

# Which keywords say something about which kind, to take a list of types apart.
_NUMERIC = {
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "format",
}
_SAYS_SOMETHING = {
    "string": {"minLength", "maxLength", "pattern", "format"},
    "integer": _NUMERIC,
    "number": _NUMERIC,
    ARRAY: {"items", "minItems", "maxItems", "uniqueItems"},
    OBJECT: {
        "properties",
        "required",
        "additionalProperties",
        "minProperties",
        "maxProperties",
    },
}
_USE = {"nullable", "default"}


def read(raw: Json, place: str) -> Schema:
    """A schema and all that is inline in it. Raises DocumentError for what has no meaning, with its place."""
    if raw is True:
        return Schema(place)
    opaque = keywords.check(
        raw, place, keywords.SCHEMA, keywords.OPAQUE_SCHEMA | {"$defs"}
    )
    saying = {
        key for key in raw if key in keywords.SCHEMA and raw[key] not in (None, [], {})
    } | ({"default"} & set(raw))
    if "$ref" in raw:
        return _reference(raw, place, saying, opaque)
    if saying <= _USE | {"type"} and not opaque and isinstance(raw.get("type"), list):
        return _of_types(raw, place)
    for key in ("allOf", "oneOf", "anyOf"):
        if saying - _USE - {"type"} == {key} and not opaque:
            alone = _alone(raw, key, place)
            if alone is not None:
                return alone
    return _whole(raw, place, opaque)


def component(ref: Json, place: str) -> str:
    """Name of the component that a reference to a schema names; the pointer itself where it leads deeper."""
    if not isinstance(ref, str) or not ref.startswith("#/"):
        raise DocumentError(f"{place}: the reference {ref!r} leads out of the document")
    return ref.removeprefix(_COMPONENTS)


def _reference(
    raw: Json, place: str, saying: set[str], opaque: dict[str, str]
) -> Schema:
    target = Schema(place, ref=component(raw["$ref"], place))
    beside = saying - {"$ref"}
    if not beside and not opaque:
        return target
    if beside <= _USE and not opaque:
        return _used(target, raw)
    whole = _whole({k: v for k, v in raw.items() if k != "$ref"}, place, opaque)
    whole.members = (target, *whole.members)
    return whole


def _used(schema: Schema, raw: Json) -> Schema:
    """A schema with what the place that uses it adds."""
    changes: dict[str, Any] = {}
    if raw.get("nullable") is True:
        changes["nullable"] = True
    if "default" in raw:
        changes.update(has_default=True, default=raw["default"])
    return dataclasses.replace(schema, **changes) if changes else schema


def _alone(raw: Json, key: str, place: str) -> Schema | None:
    """What a list with one meaningful member means by itself."""
    listed = keywords.sequence(raw[key], place)
    others = [m for m in listed if not _is_null(m)] if key != "allOf" else listed
    if len(others) != 1 or (key == "allOf" and raw.get("type") and _free(others[0])):
        return None
    inner = _used(read(others[0], place), raw)
    if len(others) < len(listed):
        inner = dataclasses.replace(inner, nullable=True)
    return inner


def _free(raw: Json) -> bool:
    return isinstance(raw, dict) and not set(raw) & keywords.SCHEMA


def _is_null(raw: Json) -> bool:
    return isinstance(raw, dict) and raw.get("type") in ("null", ["null"])


def _of_types(raw: Json, place: str) -> Schema:
    return _whole(raw, place, {})


def _whole(raw: Json, place: str, opaque: dict[str, str]) -> Schema:
    kinds = _kinds(raw, place)
    schema = Schema(place, opaque=opaque, nullable="null" in kinds)
    named = [kind for kind in kinds if kind != "null"]
    if len(named) > 1:
        schema.variants = tuple(
            _whole(_for_kind(raw, kind), f"{place}|{index}", {})
            for index, kind in enumerate(named)
        )
        raw = {key: raw[key] for key in ("default", "nullable") if key in raw}
        named = []
    elif kinds == ["null"]:
        schema.kind, schema.nullable = "null", False
    if named:
        schema.kind = named[0]
    schema.nullable = schema.nullable or raw.get("nullable") is True
    if "default" in raw:
        schema.has_default, schema.default = True, raw["default"]
    _values(schema, raw, place)
    _limits(schema, raw, place)
    _contents(schema, raw, place)
    _combined(schema, raw, place)
    return schema


def _kinds(raw: Json, place: str) -> list[str]:
    declared = raw.get("type")
    kinds = [declared] if isinstance(declared, str) else declared
    if kinds is None:
        if "properties" in raw or isinstance(raw.get("additionalProperties"), dict):
            return [OBJECT]
        return [ARRAY] if "items" in raw else []
    for kind in keywords.sequence(kinds, place):
        if kind not in _KINDS:
            raise DocumentError(f"{place}: {kind!r} is no type")
    return list(dict.fromkeys(kinds))


def _for_kind(raw: Json, kind: str) -> Json:
    alone = {k: v for k, v in raw.items() if k in _SAYS_SOMETHING.get(kind, ())}
    if isinstance(raw.get("enum"), list):
        alone["enum"] = [v for v in raw["enum"] if kind in _kinds_of_value(v)]
    return {**alone, "type": kind}


def _kinds_of_value(value: Json) -> tuple[str, ...]:
    if value is None:
        return ("null",)
    if isinstance(value, bool):
        return ("boolean",)
    if isinstance(value, int):
        return ("integer", "number")
    if isinstance(value, float):
        return ("number",)
    return ("string",) if isinstance(value, str) else (ARRAY, OBJECT)


def _values(schema: Schema, raw: Json, place: str) -> None:
    if "const" in raw:
        schema.enum, schema.constant = (raw["const"],), True
    elif raw.get("enum") is not None:
        listed = keywords.sequence(raw["enum"], place)
        schema.enum = tuple(v for v in dict.fromkeys(map(_hashable, listed)))
        if None in schema.enum:
            schema.enum = tuple(v for v in schema.enum if v is not None)
            schema.nullable = True
        if not schema.enum:
            schema.enum, schema.kind, schema.nullable = None, "null", False
    if schema.enum and schema.kind == ANY and not schema.variants:
        kinds = {_kinds_of_value(value)[0] for value in schema.enum}
        schema.kind = kinds.pop() if len(kinds) == 1 else ANY
    schema.format = str(raw.get("format") or "")


def _hashable(value: Json) -> Json:
    return value if not isinstance(value, list | dict) else repr(value)


def _limits(schema: Schema, raw: Json, place: str) -> None:
    for key in keywords.LIMITS & set(raw):
        value = raw[key]
        if not isinstance(value, str if key == "pattern" else int | float | None):
            raise DocumentError(f"{place}: {value!r} is no {key}")
        if value is None or value is False:
            continue
        if value is True and key.startswith("exclusive"):
            continue  # OpenAPI 3.0: a flag beside the limit, read with it
        if key in ("minimum", "maximum"):
            flag = raw.get(f"exclusive{key.capitalize()}")
            schema.limits[f"exclusive{key.capitalize()}" if flag is True else key] = (
                value
            )
        elif value not in (0, 0.0) or not key.startswith("min"):
            schema.limits[key] = value


def _contents(schema: Schema, raw: Json, place: str) -> None:
    schema.required = frozenset(
        keywords.text(name, f"required of {place}")
        for name in keywords.sequence(raw.get("required") or [], place)
    )
    for name, inner in keywords.mapping(raw.get("properties") or {}, place).items():
        schema.fields[name] = read(inner, f"{place}.{name}")
    additional = raw.get("additionalProperties")
    if isinstance(additional, dict) and additional:
        inner = read(additional, f"{place}.*")
        says = inner.ref or inner.kind != ANY or inner.variants or inner.members
        schema.additional = inner if says or inner.enum else True
    elif additional is not None:
        schema.additional = additional is not False
    if schema.kind == ARRAY:
        schema.items = read(raw.get("items", {}), f"{place}[]")


def _combined(schema: Schema, raw: Json, place: str) -> None:
    schema.members = tuple(
        read(m, place) for m in keywords.sequence(raw.get("allOf") or [], place)
    )
    unions = [raw[k] for k in ("oneOf", "anyOf") if raw.get(k)]
    if not unions:
        return
    if len(unions) > 1 or schema.variants:
        schema.members += tuple(read({"anyOf": union}, place) for union in unions)
        return
    listed = keywords.sequence(unions[0], place)
    others = [m for m in listed if not _is_null(m)]
    schema.nullable = schema.nullable or len(others) < len(listed)
    schema.variants = tuple(
        read(m, f"{place}|{index}") for index, m in enumerate(others)
    )
