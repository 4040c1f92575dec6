"""Every kind of single-point change: where it can be made, what is changed, and which rows a comparison must report for it.

A new kind is a line of `_TABLE`, with a function in `_EDITS` if the words for edits do not suffice. The columns are the sort of spot (see
`spots.Spot`), where, edits and rows.

Where: types, `alone` (no variant), `plain` (no enum, no const), `+key` or `-key` (there or not), `?key` (there and true),
`key:value`, `@within`, `!step` (not inside); `a|b` is either. A type means a schema that stands for itself: what one part of
`allOf` allows, another may rule out. Edits, joined by `&`: `key=JSON`, `key+=JSON` and `key-=JSON` (members of a list), `-key`,
`~key` (turn round), `key>key` (rename), `=JSON` (become), or a name from `_EDITS`; keys lead inside (`a.b`), NAME is the field,
status or content type that a spot is about. Rows: `rule:when it breaks`, `more` where others may come with it, `names` where
names of classes may change, or `quiet`.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple

from scripts.intake.document import Json
from tests.mutation.spots import Spot

Edit = Callable[[Any], object]
QUIET = "quiet"
_SCALAR = ("string", "integer", "number", "boolean")
_ANY = (*_SCALAR, "array", "object")
_KINDS: dict[str, tuple[str, ...]] = {kind: (kind,) for kind in _ANY}
_KINDS |= {"scalar": _SCALAR, "any": _ANY, "numeric": ("integer", "number")}
_COMPOSED = {"$ref", "allOf", "anyOf", "oneOf"}
_TABLE = """
schema|operation|parameter|body|response|header|server|scheme ; ; describe ; quiet
schema     ; -$ref                           ; turn                                      ; quiet
schema     ; +properties -additionalProperties ; additionalProperties=true               ; quiet
schema     ; +$ref !allOf                    ; wrap                                      ; quiet
schema     ; +required                       ; ~required                                 ; quiet
schema     ; +enum                           ; ~enum                                     ; quiet
schema     ; !allOf +anyOf                   ; ~anyOf                                    ; quiet names
schema     ; !allOf +oneOf                   ; ~oneOf                                    ; quiet names
schema     ; plain string -pattern           ; pattern=".*"                              ; quiet
schema     ; plain string -minLength         ; minLength=0                               ; quiet
schema     ; alone any -deprecated           ; deprecated=true                           ; deprecated:never
schema     ; alone any                       ; x-sunset="2030-01-01"                     ; sunset-changed:never
schema     ; alone any                       ; frobnicate=7                              ; annotation-changed:never
schema     ; alone any @properties -readOnly ; readOnly=true                             ; field-made-read-only:sent
schema     ; alone any @properties -writeOnly ; writeOnly=true                           ; field-made-write-only:received
schema     ; alone string -contentMediaType  ; contentMediaType="text/html"              ; content-stated:sent
schema     ; alone any -nullable             ; nullable=true                             ; nullable-changed:received
schema     ; alone scalar|object !parameters !application/x-www-form-urlencoded ; array                                     ; type-changed:always
schema     ; alone string|boolean !parameters !application/x-www-form-urlencoded ; ={"anyOf": [{"type": "array"}, {"type": "integer"}]} ; type-changed:always
schema     ; alone scalar !additionalProperties !application/octet-stream !image/png ; ={} ; type-changed:received
schema     ; @additionalProperties           ; ={}                                       ; unknown-fields-retyped:received
schema     ; alone integer|number|boolean|array|object ; ={"type": "string"}             ; type-changed:always
schema     ; alone string|boolean|array|object ; ={"type": "integer"}                    ; type-changed:always
schema     ; alone number                    ; ={"type": "integer"}                      ; type-changed:sent more
schema     ; alone string|boolean|array|object ; ={"type": "number"}                     ; type-changed:always
schema     ; alone integer                   ; ={"type": "number"}                       ; type-changed:received more
schema     ; alone string|integer|number|array|object ; ={"type": "boolean"}             ; type-changed:always
schema     ; +$ref @properties|items|schema  ; $ref="#/components/schemas/BrandNew"      ; type-changed:always
schema     ; plain numeric                   ; format="float"                            ; format-changed:never
schema     ; alone plain string -format      ; format="uuid"                             ; format-changed:always
schema     ; plain string -format            ; enum=["only"]                             ; enum-added:sent
schema     ; alone plain string -format      ; const="only"                              ; const-added:sent
schema     ; string +enum                    ; -enum                                     ; enum-removed:received
schema     ; string +enum                    ; enum+="brand-new"                         ; enum-value-added:never
schema     ; scalar +enum.1                  ; -enum.0                                   ; enum-value-removed:sent
schema     ; plain string -maxLength         ; maxLength=5                               ; limit-tightened:sent
schema     ; plain string -minLength         ; minLength=2                               ; limit-tightened:sent
schema     ; plain string -pattern           ; pattern="^a"                              ; limit-tightened:sent
schema     ; plain numeric -maximum          ; exclusiveMaximum=1000                     ; limit-tightened:sent
schema     ; plain numeric                   ; multipleOf=3                              ; limit-tightened:sent
schema     ; array -minItems                 ; minItems=2                                ; limit-tightened:sent
schema     ; array                           ; contains={"const": 1}                     ; limit-tightened:sent
schema     ; object                          ; minProperties=2                           ; limit-tightened:sent
schema     ; object -not                     ; not={"required": ["never"]}               ; limit-tightened:sent
schema     ; object                          ; dependentRequired={"title": ["summary"]}  ; limit-tightened:sent
schema     ; object                          ; propertyNames={"pattern": "^a"}           ; limit-tightened:sent
schema     ; string +maxLength               ; -maxLength                                ; limit-loosened:received
schema     ; array +maxItems                 ; -maxItems                                 ; limit-loosened:received
schema     ; plain numeric +maximum          ; -maximum                                  ; limit-loosened:received
schema     ; plain string -default           ; default="x"                               ; default-changed:never
schema     ; any +default                    ; -default                                  ; default-changed:never
schema     ; array ?items                    ; -items                                    ; type-changed:received
schema     ; +properties                     ; properties.brand_new={"type": "string"}   ; field-added:never
schema     ; +properties -properties.title -allOf ; properties.title={"type": "string"}  ; field-added:never
schema     ; +properties                     ; properties.brand_new={} & required+="brand_new" ; required-field-added:sent
schema     ; object -additionalProperties    ; additionalProperties=false                ; unknown-fields-refused:always
schema     ; object -additionalProperties    ; additionalProperties={"type": "string"}   ; unknown-fields-retyped:sent
schema     ; !allOf +anyOf.3                 ; -anyOf.0                                  ; variant-removed:sent
schema     ; !allOf +oneOf.2                 ; -oneOf.0                                  ; variant-removed:sent
schema     ; !allOf +anyOf.2                 ; anyOf+={"type": "array", "items": {"type": "boolean"}} ; variant-added:received
field      ;                                 ; -properties.NAME & required-="NAME"       ; field-removed:always
field      ;                                 ; properties.NAME>NAME_2 & required-="NAME" ; field-removed:always more
field      ; @optional                       ; required+="NAME"                          ; field-made-required:sent
field      ; @required                       ; required-="NAME"                          ; field-made-optional:received
operation  ;                                 ; summary="Other words"                     ; quiet
operation  ; +tags                           ; tags+="More"                              ; quiet
operation  ; +parameters                     ; ~parameters                               ; quiet
operation|parameter ; -deprecated            ; deprecated=true                           ; deprecated:never
operation  ;                                 ; x-sunset="2030-01-01"                     ; sunset-changed:never
operation  ;                                 ; operationId="anotherOne"                  ; operation-id-changed:always
operation  ;                                 ; tags=["Another"]                          ; tag-changed:always
operation  ;                                 ; parameters+={"name": "new", "in": "query"} ; parameter-added:never
operation  ;                                 ; parameters+={"name": "new", "in": "query", "required": true} ; required-parameter-added:always
operation  ; +requestBody                    ; -requestBody                              ; body-removed:always
operation  ; -requestBody                    ; requestBody={"content": {"application/json": {}}} ; body-added:never
operation  ; -servers                        ; servers=[{"url": "https://other.example"}] ; server-changed:always more
operation  ; @secured                        ; security=[]                               ; authentication-changed:never
operation  ; -callbacks                      ; callbacks={"done": {"{$url}": {"post": {}}}}  ; callback-added:never
parameter|body ; -required                   ; required=false                            ; quiet
parameter  ; in:header                       ; capitals                                  ; quiet
parameter  ; in:query|header|cookie          ; rename                                    ; parameter-renamed:always
parameter  ; in:query -style                 ; in="header"                               ; parameter-moved:always more
parameter  ; -required                       ; required=true                             ; parameter-made-required:always
parameter  ; in:query|header ?required       ; required=false                            ; parameter-made-optional:never
body       ; -required                       ; required=true                             ; body-made-required:always
body       ; ?required                       ; required=false                            ; body-made-optional:never
content    ;                                 ; content.NAME>application/vnd.other+json   ; content-type-changed:always
content    ; -content.text/event-stream      ; content.text/event-stream={"schema": {"type": "boolean"}}                       ; content-type-added:never
media      ;                                 ; example="an example"                      ; quiet
media      ; ?schema !application/octet-stream !image/png ; -schema                      ; type-changed:received
media      ; ?schema @application/octet-stream   ; -schema                                   ; quiet
media      ; ?schema @image/png                  ; -schema                                   ; quiet
media      ; -encoding                       ; encoding={"a": {"contentType": "text/plain"}} ; encoding-changed:sent
responses  ; -418                            ; 418={"description": "no"}                 ; error-response-added:never
responses  ; +200 -2XX                       ; 277={"description": "more"}               ; success-status-added:always
status     ; @success                        ; -NAME                                     ; success-status-removed:always
status     ; @one-of-several                 ; -NAME                                     ; success-status-removed:never
status     ; @error                          ; -NAME                                     ; error-response-removed:never
status     ; @success|one-of-several -2XX +200 ; NAME>277                                 ; success-status-removed:always more
status     ; @success|one-of-several -2XX -200 -default ; NAME>277                        ; success-status-removed:always more
status     ; @success +2XX                   ; NAME>277                                  ; success-status-removed:never more
status     ; @success +default -2XX -200 -201 -202 -204 ; NAME>277                        ; success-status-removed:never more
status     ; @error !default                 ; NAME>477                                  ; error-response-removed:never more
response   ; -headers                        ; headers={"X-New": {}}                     ; response-header-added:never
header     ; -required                       ; required=true                             ; response-header-made-required:never
server     ; @0                              ; url="https://moved.example"               ; server-changed:always
server     ; !0                              ; url="https://moved.example"               ; server-removed:always more
scheme     ; type:apiKey                     ; name="x-other"                            ; authentication-changed:always
scheme     ; type:apiKey in:header           ; in="query"                                ; authentication-changed:always
scheme     ; type:apiKey                     ; ={"type": "http", "scheme": "bearer"}     ; authentication-changed:always
document   ;                                 ; turn                                      ; quiet
document   ;                                 ; info.title="Another" & info.version="999" ; quiet
document   ;                                 ; components.schemas.Unused={"type": "object"} ; quiet
document   ;                                 ; paths./new={"get": {"responses": {}}}     ; operation-added:never
document   ; +servers                        ; servers+={"url": "https://more.example"}  ; server-added:never
"""  # noqa: E501  # a table


class Mutation(NamedTuple):
    """One change at one spot. `edit` works on what stands there in a copy of the document."""

    kind: str
    edit: Edit
    rows: str  # expected


def mutations(spot: Spot) -> Iterator[Mutation]:
    """All mutations of one spot."""
    for sorts, where, edit, rows in _LINES:
        if spot.sort not in sorts.split("|"):
            continue
        if all(_is_true(word, spot) for word in where.split()):
            edit_spot = partial(apply, edit, spot.part)
            yield Mutation(f"{spot.sort}: {edit}", edit_spot, rows)


_EDIT = re.compile(r"([-~]?)([\w$./+-]*?)(?:(\+=|-=|=|>)(.*))?")
_LINES = [re.split(r"\s*;\s*", line) for line in _TABLE.strip().splitlines()]


def _is_true(word: str, spot: Spot) -> bool:
    """Whether a word of the second column is true of a spot."""
    sign = word[0]
    rest = word[1:]
    match sign:
        case "+":
            return _lookup(spot.value, rest) is not None
        case "-":
            return _lookup(spot.value, rest) is None
        case "?":
            return bool(_lookup(spot.value, rest))
        case "!":
            return spot.within != rest and rest not in spot.pointer
        case "@":
            return spot.within in rest.split("|") or spot.pointer[-1] == rest
        case _:
            return _is_of_kind(word, spot)


def _is_of_kind(word: str, spot: Spot) -> bool:
    """Whether a word of the second column that has no sign is true of a spot."""
    if word == "plain":
        return not {"enum", "const"} & spot.value.keys()
    if word == "alone":
        return spot.within not in ("anyOf", "oneOf")
    if ":" in word:
        key, _colon, values = word.partition(":")
        return spot.value.get(key) in values.split("|")
    kinds = [kind for name in word.split("|") for kind in _KINDS[name]]
    stands_for_itself = spot.within != "allOf" and not _COMPOSED & spot.value.keys()
    return stands_for_itself and spot.value.get("type") in kinds


def _lookup(value: Json, path: str) -> Json:
    """The part of a value that keys with dots between them lead to; None where there is none."""
    for key in path.split("."):
        if isinstance(value, list) and int(key) < len(value):
            value = value[int(key)]
        elif isinstance(value, dict):
            value = value.get(key)
        else:
            return None
    return value


def apply(edits: str, part: str, value: Json) -> None:
    """Do what the third column says to a value; NAME stands for the part that a spot is about."""
    for edit in edits.split(" & "):
        if edit in _EDITS:
            _EDITS[edit](value)
            continue
        parsed = _EDIT.fullmatch(edit)
        assert parsed is not None
        sign, path, operator, text = parsed.groups()
        text = (text or "").replace("NAME", part)
        *steps, key = (step.replace("NAME", part) for step in path.split("."))
        inner = _inside(value, steps)
        if sign == "-":
            del inner[int(key) if isinstance(inner, list) else key]
        elif sign == "~":
            inner[key].reverse()
        elif operator == ">":
            inner[text] = inner.pop(key)
        elif operator == "-=":
            inner[key] = [v for v in inner.get(key, ()) if v != json.loads(text)]
        elif operator == "+=":
            inner.setdefault(key, []).append(json.loads(text))
        elif key:
            inner[key] = json.loads(text)
        else:
            _become(value, json.loads(text))


def _inside(value: Json, steps: list[str]) -> Json:
    """The part of a value that steps lead to; mappings that are missing are added."""
    for step in steps:
        if isinstance(value, list):
            value = value[int(step)]
            continue
        value = value.setdefault(step, {})
    return value


def _become(mapping: Json, other: Json) -> None:
    """Turn a mapping into another one, in place."""
    content = copy.deepcopy(other)
    mapping.clear()
    mapping.update(content)


def _turn(value: Json) -> None:
    """Reverse the order of the keys of a mapping and of all mappings inside; lists stay."""
    if isinstance(value, dict):
        _become(value, dict(list(value.items())[::-1]))
        for inner in value.values():
            _turn(inner)


_EDITS: dict[str, Edit] = {
    "array": lambda h: _become(h, {"type": "array", "items": h}),
    "capitals": lambda h: h.update(name=h["name"].upper()),
    "describe": lambda h: h.update({"description": "Other words", "x-note": {}}),
    "rename": lambda h: h.update(name=f"{h['name']}-2"),
    "turn": _turn,
    "wrap": lambda h: _become(h, {"allOf": [h]}),
}
