"""Every kind of single-point change: what is changed, where, and which rows a comparison must report for it.

Rows are written as `rule:breaks`, with `always`, `never`, `sent` or `received` for when the row must be breaking. `quiet` is no row at all.
Classes that come, go or change their names in consequence may be reported on top, except by what is quiet.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from scripts.document import METHODS, Json
from scripts.mutations.spots import Spot

Edit = Callable[[Any], object]


class Mutation(NamedTuple):
    """One change at one spot. `edit` works on what stands there in a copy of the document."""

    kind: str
    edit: Edit
    rows: str  # expected


QUIET = "quiet"
_STRING = {"type": "string"}
_NUMBERS = ("integer", "number")


def put(key: str, value: Json) -> Edit:
    return lambda held: held.update({key: copy.deepcopy(value)})


def drop(*keys: str) -> Edit:
    return lambda held: [held.pop(key) for key in keys]


def move(old: str, new: str) -> Edit:
    return lambda held: held.update({new: held.pop(old)})


def become(value: Json) -> Edit:
    return lambda held: (held.clear(), held.update(copy.deepcopy(value)))


def turn(held: Json) -> None:
    """The same keys the other way round, down to the last; lists stay."""
    if isinstance(held, dict):
        items = list(held.items())[::-1]
        become(dict(items))(held)
        for inner in held.values():
            turn(inner)


def describe(held: Json) -> None:
    held.update(description="Other words", **{"x-note": {"type": "integer"}})


def drop_field(name: str) -> Edit:
    def edit(held: Json) -> None:
        del held["properties"][name]
        if name in held.get("required", ()):
            held["required"].remove(name)

    return edit


def rename_field(name: str) -> Edit:
    def edit(held: Json) -> None:
        held["properties"][f"{name}_2"] = held["properties"].pop(name)
        held["required"] = [f"{n}_2" if n == name else n for n in held.get("required", ())]

    return edit


def mutations(spot: Spot) -> Iterator[Mutation]:
    """The part of the table for one spot."""
    for kind, wanted, edit, rows in _TABLE[spot.sort]:
        if wanted(spot):
            yield Mutation(kind, edit, rows)
    for more in _MORE.get(spot.sort, ()):
        yield from more(spot)


def always(_spot: Spot) -> bool:
    return True


def has(*keys: str) -> Callable[[Spot], bool]:
    return lambda s: all(key in s.held for key in keys)


def lacks(*keys: str) -> Callable[[Spot], bool]:
    return lambda s: not any(key in s.held for key in keys)


def own(*kinds: str) -> Callable[[Spot], bool]:
    """A schema of one of these types that stands for itself: what one member of `allOf` allows, another may rule out."""
    return lambda s: s.held.get("type") in kinds and s.within != "allOf" and lacks("$ref", "allOf", "anyOf", "oneOf")(s)


def plain(*kinds: str, **absent: str) -> Callable[[Spot], bool]:
    return lambda s: own(*kinds)(s) and lacks("enum", "const", *absent.values())(s)


def alone(*kinds: str) -> Callable[[Spot], bool]:
    """Such a schema that is no variant: as one, it would be another variant."""
    return lambda s: own(*kinds)(s) and s.within not in ("anyOf", "oneOf")


def inline(spot: Spot) -> bool:
    return "$ref" not in spot.held


_SCALARS = ("string", "integer", "number", "boolean")
_ANY = (*_SCALARS, "array", "object")
_TABLE: dict[str, list[tuple[str, Callable[[Spot], bool], Edit, str]]] = {
    "schema": [
        ("described", always, describe, QUIET),
        ("keys turned round", inline, turn, QUIET),
        ("additionalProperties: true", lambda s: "properties" in s.held and "additionalProperties" not in s.held, put("additionalProperties", True), QUIET),
        ("reference in allOf", lambda s: "$ref" in s.held and s.within != "allOf", lambda h: become({"allOf": [dict(h)]})(h), QUIET),
        ("required turned round", has("required"), lambda h: h["required"].reverse(), QUIET),
        ("enum turned round", has("enum"), lambda h: h["enum"].reverse(), QUIET),
        ("pattern that allows all", plain("string", a="pattern"), put("pattern", ".*"), QUIET),
        ("minLength: 0", plain("string", a="minLength"), put("minLength", 0), QUIET),
        ("deprecated", lambda s: alone(*_ANY)(s) and "deprecated" not in s.held, put("deprecated", True), "deprecated:never"),
        ("sunset", alone(*_ANY), put("x-sunset", "2030-01-01"), "sunset-changed:never"),
        ("read-only", lambda s: s.within == "properties" and alone(*_ANY)(s) and lacks("readOnly")(s), put("readOnly", True), "field-made-read-only:sent"),
        ("write-only", lambda s: s.within == "properties" and alone(*_ANY)(s) and lacks("writeOnly")(s), put("writeOnly", True), "field-made-write-only:received"),
        ("unknown keyword", alone(*_ANY), put("frobnicate", 7), "annotation-changed:never"),
        ("media type stated", alone("string"), put("contentMediaType", "text/html"), "content-stated:sent"),
        ("nullable", lambda s: alone(*_ANY)(s) and not s.held.get("nullable"), put("nullable", True), "nullable-changed:always"),
        ("made an array of itself", lambda s: alone(*_SCALARS, "object")(s) and "parameters" not in s.pointer, lambda h: become({"type": "array", "items": copy.deepcopy(h)})(h), "type-changed:always"),
        ("made a union", lambda s: alone("string", "boolean")(s) and "parameters" not in s.pointer, become({"anyOf": [{"type": "array", "items": {}}, {"type": "integer"}]}), "type-changed:always"),
        ("typed no more", lambda s: alone(*_SCALARS)(s) and s.within != "additionalProperties", become({}), "type-changed:always"),
        ("unknown fields typed no more", lambda s: s.within == "additionalProperties", become({}), "unknown-fields-retyped:always"),
        *((f"retyped as {kind}", lambda s, kind=kind: alone(*_ANY)(s) and s.held["type"] != kind, become({"type": kind}), "type-changed:always") for kind in _SCALARS),
        ("integer format", lambda s: plain(*_NUMBERS)(s) and s.held.get("format") != "int32", put("format", "int32"), "format-changed:never"),
        ("formatted", lambda s: plain("string", a="format")(s) and s.within not in ("anyOf", "oneOf"), put("format", "uuid"), "format-changed:always"),
        ("enum added", plain("string", a="format"), put("enum", ["only"]), "enum-added:sent"),
        ("const added", lambda s: plain("string", a="format")(s) and s.within not in ("anyOf", "oneOf"), put("const", "only"), "const-added:sent"),
        ("enum dropped", lambda s: own("string")(s) and "enum" in s.held, drop("enum"), "enum-removed:always"),
        ("enum value added", lambda s: own("string")(s) and "enum" in s.held, lambda h: h["enum"].append("brand-new"), "enum-value-added:never"),
        ("enum value removed", lambda s: own(*_SCALARS)(s) and len(s.held.get("enum", ())) > 1, lambda h: h["enum"].pop(0), "enum-value-removed:sent"),
        *((f"{key} added", lambda s, key=key, kinds=kinds: plain(*kinds, a=key)(s) and lacks(key.replace("exclusiveM", "m"))(s), put(key, value), "limit-tightened:sent") for kinds, key, value in [
            (("string",), "maxLength", 5), (("string",), "minLength", 2), (("string",), "pattern", "^a"), (_NUMBERS, "exclusiveMaximum", 1000), (_NUMBERS, "multipleOf", 3),
            (("array",), "minItems", 2), (("array",), "contains", {"const": 1}), (("object",), "minProperties", 2), (("object",), "not", {"required": ["never"]}),
            (("object",), "dependentRequired", {"title": ["description"]}), (("object",), "propertyNames", {"pattern": "^a"})]),
        *((f"{key} dropped", lambda s, key=key: own(*_ANY)(s) and key in s.held, drop(key), "limit-loosened:never") for key in ("maxLength", "minLength", "minItems", "maxItems", "minimum", "maximum")),
        ("default added", lambda s: plain("string", a="default")(s), put("default", "x"), "default-changed:never"),
        ("default dropped", lambda s: own(*_ANY)(s) and "default" in s.held, drop("default"), "default-changed:never"),
        ("items typed no more", lambda s: own("array")(s) and s.held.get("items"), drop("items"), "type-changed:always"),
        ("field added", lambda s: "properties" in s.held, lambda h: h["properties"].update(brand_new=_STRING), "field-added:never"),
        ("required field added", lambda s: "properties" in s.held, lambda h: (h["properties"].update(brand_new=_STRING), h.setdefault("required", []).append("brand_new")), "required-field-added:sent"),
        ("title is a field name", lambda s: "properties" in s.held and "allOf" not in s.held and "title" not in s.held["properties"], lambda h: h["properties"].update(title=_STRING), "field-added:never"),
        ("unknown fields refused", lambda s: own("object")(s) and lacks("additionalProperties")(s), put("additionalProperties", False), "unknown-fields-refused:always"),
        ("unknown fields typed", lambda s: own("object")(s) and lacks("additionalProperties")(s), put("additionalProperties", _STRING), "unknown-fields-retyped:always"),
        ("variant dropped", lambda s: s.within != "allOf" and len([m for m in s.held.get("anyOf", s.held.get("oneOf", ())) if m.get("type") != "null"]) > 2, lambda h: h.get("anyOf", h.get("oneOf")).pop(0), "variant-removed:always"),
        ("variant added", lambda s: s.within != "allOf" and len([m for m in s.held.get("anyOf", s.held.get("oneOf", ())) if m.get("type") != "null"]) > 1, lambda h: h.get("anyOf", h.get("oneOf")).append({"type": "array", "items": {"format": "uuid", "type": "string"}}), "variant-added:always"),
        ("variants turned round", lambda s: s.within != "allOf" and ("anyOf" in s.held or "oneOf" in s.held), lambda h: h.get("anyOf", h.get("oneOf")).reverse(), f"{QUIET} MORE"),
    ],
    "operation": [
        ("described", always, lambda h: h.update(summary="Other words", description="Other words", **{"x-note": 1}), QUIET),
        ("second tag", always, lambda h: h.setdefault("tags", ["default"]).append("More"), QUIET),
        ("parameters turned round", has("parameters"), lambda h: h["parameters"].reverse(), QUIET),
        ("deprecated", lacks("deprecated"), put("deprecated", True), "deprecated:never"),
        ("sunset", always, put("x-sunset", "2030-01-01"), "sunset-changed:never"),
        ("id changed", always, put("operationId", "anotherOne"), "operation-id-changed:always"),
        ("tag changed", always, put("tags", ["Another"]), "tag-changed:always"),
        ("parameter added", always, lambda h: h.setdefault("parameters", []).append({"name": "brand_new", "in": "query", "schema": _STRING}), "parameter-added:never"),
        ("required parameter added", always, lambda h: h.setdefault("parameters", []).append({"name": "brand_new", "in": "query", "required": True, "schema": _STRING}), "required-parameter-added:always"),
        ("body dropped", has("requestBody"), drop("requestBody"), "body-removed:always"),
        ("body added", lacks("requestBody"), put("requestBody", {"content": {"application/json": {"schema": _STRING}}}), "body-added:never"),
        ("servers of its own", lacks("servers"), put("servers", [{"url": "https://other.example"}]), "server-changed:always MORE"),
        ("authentication of its own", lambda s: s.within == "secured", put("security", []), "authentication-changed:always"),
        ("callback added", lacks("callbacks"), put("callbacks", {"done": {"{$url}": {"post": {"responses": {"200": {"description": "d"}}}}}}), "callback-added:never"),
    ],
    "parameter": [
        ("described", always, describe, QUIET),
        ("required said aloud", lacks("required"), put("required", False), QUIET),
        ("header in capitals", lambda s: s.held["in"] == "header", lambda h: h.update(name=h["name"].upper()), QUIET),
        ("deprecated", lacks("deprecated"), put("deprecated", True), "deprecated:never"),
        ("renamed", lambda s: s.held["in"] != "path", lambda h: h.update(name=f"{h['name']}-2"), "parameter-renamed:always"),
        ("moved", lambda s: s.held["in"] in ("query", "header") and s.held["schema"].get("type") in _SCALARS, lambda h: h.update({"in": "query" if h["in"] == "header" else "header"}), "parameter-removed:always MORE"),
        ("required", lambda s: not s.held.get("required"), put("required", True), "parameter-made-required:always"),
        ("optional", lambda s: s.held.get("required") and s.held["in"] != "path", put("required", False), "parameter-made-optional:never"),
    ],
    "body": [
        ("described", always, describe, QUIET),
        ("required said aloud", lacks("required"), put("required", False), QUIET),
        ("required", lambda s: not s.held.get("required"), put("required", True), "body-made-required:always"),
        ("optional", lambda s: s.held.get("required"), put("required", False), "body-made-optional:never"),
    ],
    "media": [
        ("described", always, put("example", "an example"), QUIET),
        ("schema dropped", lambda s: s.held.get("schema"), drop("schema"), "type-changed:always"),
        ("encoding", lacks("encoding"), put("encoding", {"a": {"contentType": "text/plain"}}), "encoding-changed:sent"),
    ],
    "responses": [
        ("error added", lacks("418"), put("418", {"description": "no"}), "error-response-added:never"),
    ],
    "response": [
        ("described", always, describe, QUIET),
        ("header added", lacks("headers"), put("headers", {"X-New": {"schema": _STRING}}), "response-header-added:never"),
    ],
    "header": [
        ("described", always, describe, QUIET),
        ("required", lambda s: not s.held.get("required"), put("required", True), "response-header-made-required:never"),
    ],
    "server": [
        ("described", always, describe, QUIET),
        ("changed", lambda s: s.name == "0", put("url", "https://moved.example"), "server-changed:always"),
        ("removed", lambda s: s.name != "0", put("url", "https://moved.example"), "server-removed:always MORE"),
    ],
    "scheme": [
        ("described", always, describe, QUIET),
        ("renamed", lambda s: s.held["type"] == "apiKey", put("name", "x-other"), "authentication-changed:always"),
        ("moved", lambda s: s.held["type"] == "apiKey", lambda h: h.update({"in": "query" if h["in"] == "header" else "header"}), "authentication-changed:always"),
        ("of another kind", lambda s: s.held["type"] == "apiKey", become({"type": "http", "scheme": "bearer"}), "authentication-changed:always"),
    ],
    "document": [
        ("turned round", always, lambda d: [turn(d[key]) for key in ("components", "paths", "info") if key in d], QUIET),
        ("retitled", always, lambda d: d["info"].update(title="Another", version="999"), QUIET),
        ("unused schema", always, lambda d: d.setdefault("components", {}).setdefault("schemas", {}).update(Unused={"type": "object", "properties": {"a": _STRING}}), QUIET),
        ("operation added", always, lambda d: d["paths"].update({"/brand-new": {"get": {"responses": {"204": {"description": "d"}}}}}), "operation-added:never"),
        ("server added", has("servers"), lambda d: d["servers"].append({"url": "https://more.example"}), "server-added:never"),
    ],
}  # fmt: skip


def _fields(spot: Spot) -> Iterator[Mutation]:
    for name in spot.held.get("properties", {}).keys() - spot.elsewhere:
        yield Mutation("field dropped", drop_field(name), "field-removed:always")
        yield Mutation("field renamed", rename_field(name), "field-removed:always MORE")
        if name in spot.held.get("required", ()):
            edit: Edit = lambda h, n=name: h["required"].remove(n)
            yield Mutation("field optional", edit, "field-made-optional:received")
        else:
            edit = lambda h, n=name: h.setdefault("required", []).append(n)
            never = spot.held["properties"][name].get("readOnly")
            rows = "field-made-required:never" if never else "field-made-required:sent"
            yield Mutation("field required", edit, rows)


def _references(spot: Spot) -> Iterator[Mutation]:
    if "$ref" in spot.held and spot.within in ("properties", "items", "schema"):
        other = "#/components/schemas/BrandNew"
        yield Mutation("reference elsewhere", put("$ref", other), "type-changed:always")


def _calls(spot: Spot) -> Iterator[Mutation]:
    _paths, path, method = spot.pointer
    yield Mutation("described", put("description", "Other words"), QUIET)


def _content(spot: Spot) -> Iterator[Mutation]:
    first = next(iter(spot.held.get("content", ())), "")
    other = "application/vnd.other+json"
    if first:
        edit: Edit = lambda h: move(first, other)(h["content"])
        yield Mutation("content type changed", edit, "content-type-changed:always")
        edit = lambda h: put(other, h["content"][first])(h["content"])
        yield Mutation("content type added", edit, "content-type-added:never")


def _statuses(spot: Spot) -> Iterator[Mutation]:
    for status in spot.held:
        good = status.startswith("2") or (status == "default" and len(spot.held) == 1)
        kind, breaks = ("success-status", "always") if good else ("error-response", "never")
        yield Mutation("status dropped", drop(status), f"{kind}-removed:{breaks}")
        if status != "default":
            new = "477" if status[0] == "4" else f"{status[0]}77"
            yield Mutation("status changed", move(status, new), f"{kind}-removed:{breaks} MORE")


_MORE = {
    "schema": [_fields, _references],
    "body": [_content],
    "response": [_content],
    "responses": [_statuses],
}
