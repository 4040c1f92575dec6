"""The accepted contract as a committed file: everything that callers rely on, in a fixed order and without prose, so that a review
shows a change of contract as a change of a line or two.

What is as it would be anyway is not written. What was written before is written as its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from scripts.common.errors import DocumentError
from scripts.common.project import ROOT
from scripts.contract import model
from scripts.contract.model import Contract, Media, Operation
from scripts.contract.names import ClassName, Names
from scripts.contract.schema import (
    ANY,
    ARRAY,
    OBJECT,
    Anything,
    Array,
    Binary,
    Discriminator,
    Enum,
    Never,
    Object,
    Reference,
    Scalar,
    Schema,
    Union,
    stands_for_bytes,
    type_name,
)
from scripts.intake import document as oas
from scripts.intake.yaml_text import Json, Pointer, at, pointer

PATH = ROOT / "contract.lock"
_VERSION = "accepted_in_version"
# The last release before that version, if there is one: what several acceptances before one release are counted from.
_RELEASED = "released_version"
_NEVER = "never"  # the kind of a schema that allows nothing
_HEADER = """\
# The accepted contract: what callers of the client rely on. Written by `make accept`, never by hand; `make drift` says what differs
# from openapi.yaml. `at` is the place in openapi.yaml, where it does not follow from the place here.
"""


def text(contract: Contract, version: str, released: str = "") -> str:
    """The lock file for a contract, with the version of the package that it is accepted in, and the last release before it."""
    written: dict[str, Json] = {_VERSION: version}
    if released not in ("", version):
        written[_RELEASED] = released
    written |= _Writer(contract).contract()
    return f"{_HEADER}{oas.to_yaml(written)}"


def read(path: Path = PATH) -> tuple[Contract, str]:
    """The accepted contract and the version it was accepted in. Raises DocumentError."""
    try:
        stated = oas.parse(oas.decode(path.read_bytes()))
    except OSError as error:
        raise DocumentError(f"{path}: cannot be read: {error.strerror}") from None
    except DocumentError as error:
        raise DocumentError(f"{path}: {error}") from None
    if not isinstance(stated, dict) or _VERSION not in stated:
        raise DocumentError(f"{path}: not a contract that `make accept` recorded")
    try:
        contract = _Reader().contract(stated)
    except (AttributeError, KeyError, TypeError, ValueError):
        advice = "take it from git again, or remove it and run `make accept`"
        raise DocumentError(f"{path}: damaged; {advice}") from None
    return contract, str(stated[_VERSION])


def released_version(path: Path = PATH) -> str:
    """The last release before the version in which the contract was accepted; empty where the lock states none."""
    line = re.search(
        rf"^{_RELEASED}: '?([\w.+-]+)'?$", path.read_text("utf-8"), re.MULTILINE
    )
    return line[1] if line else ""


def _without_empty(**entries: Json) -> dict[str, Json]:
    """The entries that say something: not None, False, or empty."""
    return {
        key: value
        for key, value in entries.items()
        if value is not None and value is not False and value not in ("", {}, [])
    }


def _ordered(entries: Mapping[str, Json]) -> dict[str, Json]:
    return dict(sorted(entries.items()))


def _field_place(holder: Pointer, *steps: str) -> Pointer:
    """The place of what is inside, where that of the holder is known."""
    return (*holder, *steps) if holder else ()


def _media_place(holder: Pointer, content_type: str) -> Pointer:
    return _field_place(holder, "content", content_type)


class _Writer:
    """Makes plain data of one contract."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._names = contract.names
        self._written: set[int] = set()
        # Rules follow from everything else, unless a limit refers to one.
        texts = "".join(f"{s.limits}{s.notes}" for s in model.all_schemas(contract))
        self._with_rules = "#/$defs/" in texts

    def contract(self) -> dict[str, Json]:
        contract = self._contract
        # Base types first, so that what is inherited is written where it is declared.
        types = sorted(contract.types.items(), key=lambda i: (len(i[1].bases), i[0]))
        schemes = {name: self._scheme(s) for name, s in contract.schemes.items()}
        operations = {
            key: self._operation(o) for key, o in sorted(contract.operations.items())
        }
        return {
            "servers": [self._server(server, ()) for server in contract.servers],
            "security": self._security(contract.security),
            "schemes": schemes,
            "operations": operations,
            "left_out": {
                key: self._left_out(left)
                for key, left in sorted(contract.left_out.items())
            },
            "types": {key: self._schema(schema, ()) for key, schema in types},
            **_without_empty(parts=_ordered(contract.parts)),
            **self._incoming(),
        }

    def _incoming(self) -> dict[str, Json]:
        """What the service calls, where it calls anything."""
        incoming = self._contract.incoming
        if incoming is None or not (incoming.operations or incoming.left_out):
            return {}
        stated = _Writer(incoming).contract()
        kept = ("operations", "left_out", "types")
        return {"incoming": {key: stated[key] for key in kept}}

    def _server(self, server: model.Server, expected: Pointer) -> Json:
        return {
            **self._at(server.at, expected),
            "url": server.url,
            "template": server.template,
            **_without_empty(notes=_ordered(server.notes)),
        }

    def _security(self, security: Iterable[model.Requirement]) -> Json:
        return [
            {name: list(scopes) for name, scopes in alternative.items()}
            for alternative in security
        ]

    def _scheme(self, scheme: model.Scheme) -> Json:
        more = _without_empty(
            where=scheme.where,
            wire_name=scheme.wire_name,
            notes=_ordered(scheme.notes),
        )
        return {
            **self._at(scheme.at, ()),
            "name": scheme.name,
            "kind": scheme.kind,
            **more,
        }

    def _left_out(self, left: model.LeftOut) -> Json:
        stated = {"key": left.key, "reason": left.reason}
        if left.content is not None:
            stated["content"] = left.content
        return {**self._at(left.at, ()), **stated}

    def _at(self, place: Pointer, expected: Pointer) -> dict[str, Json]:
        """The place, unless it follows from what is around."""
        return {"at": at(place)} if place and place != expected else {}

    def _operation(self, operation: Operation) -> Json:
        here = operation.at
        parameters = [
            self._parameter(p, operation, _field_place(here, "parameters", str(i)))
            for i, p in enumerate(operation.parameters)
        ]
        body = None
        if operation.body is not None:
            body = self._body(operation.body, _field_place(here, "body"))
        responses = {
            status: self._response(r, _field_place(here, "responses", status))
            for status, r in operation.responses.items()
        }
        servers = [
            self._server(server, _field_place(here, "servers", str(i)))
            for i, server in enumerate(operation.servers)
        ]
        return {
            **self._at(here, ()),
            "key": operation.key,
            "method": operation.method,
            "path": operation.path,
            "id": operation.id,
            "tag": operation.tag,
            "package": self._contract.package(operation),
            "parameters": parameters,
            "body": body,
            "responses": responses,
            "security": self._security(operation.security),
            "servers": servers,
            **_without_empty(
                own_security=operation.own_security,
                own_servers=operation.own_servers,
                notes=_ordered(operation.notes),
            ),
            # After the bodies that they send.
            "calls": [self._call(operation, call) for call in operation.calls],
        }

    def _call(self, operation: Operation, call: model.Call) -> Json:
        media = None if call.media is None else self._media(call.media, ())
        return {"module": self._contract.function(operation, call), "media": media}

    def _parameter(
        self, parameter: model.Parameter, operation: Operation, expected: Pointer
    ) -> Json:
        here = parameter.at
        return {
            **self._at(here, expected),
            "where": parameter.where,
            "name": parameter.name,
            "python_name": self._contract.argument(operation, parameter),
            "required": parameter.required,
            "schema": self._schema(parameter.schema, _field_place(here, "schema")),
            "style": parameter.style,
            "explode": parameter.explode,
            **_without_empty(
                media=parameter.media,
                component=parameter.component,
                notes=_ordered(parameter.notes),
            ),
        }

    def _body(self, body: model.Body, expected: Pointer) -> Json:
        return {
            **self._at(body.at, expected),
            "required": body.required,
            "media": [self._media(media, body.at) for media in body.media],
            **_without_empty(component=body.component, notes=_ordered(body.notes)),
        }

    def _response(self, response: model.Response, expected: Pointer) -> Json:
        here = response.at
        headers = {
            name: self._schema(schema, _field_place(here, "headers", name))
            for name, schema in response.headers.items()
        }
        return {
            **self._at(here, expected),
            "status": response.status,
            "media": [self._media(media, here) for media in response.media],
            **_without_empty(
                headers=headers,
                component=response.component,
                notes=_ordered(response.notes),
            ),
        }

    def _media(self, media: Media, holder: Pointer) -> Json:
        if id(media) in self._written:
            return at(media.at)
        self._written.add(id(media))
        schema = None
        if media.schema is not None:
            schema = self._schema(media.schema, _field_place(media.at, "schema"))
        item_schema = None
        if media.item_schema is not None:
            place = _field_place(media.at, "itemSchema")
            item_schema = self._schema(media.item_schema, place)
        return {
            **self._at(media.at, _media_place(holder, media.content_type)),
            "content_type": media.content_type,
            "kind": media.kind,
            "schema": schema,
            **_without_empty(item_schema=item_schema, notes=_ordered(media.notes)),
        }

    # Schemas

    def _schema(self, schema: Schema, expected: Pointer) -> Json:
        if id(schema) in self._written:
            return at(schema.pointer)
        self._written.add(id(schema))
        stated = self._at(schema.pointer, expected)
        match schema:
            case Reference():
                stated["ref"] = schema.key
            case Never():
                stated["kind"] = _NEVER
            case _:
                if type_name(schema) != ANY:
                    stated["kind"] = type_name(schema)
        stated |= _without_empty(nullable=schema.nullable, format=schema.format)
        stated |= self._contents(schema)
        stated |= _without_empty(
            limits=_ordered(schema.limits),
            notes=_ordered(schema.notes),
            bases=list(schema.bases),
        )
        if self._with_rules and schema.rule is not True:
            stated["rule"] = schema.rule
        chosen = self._names.classes.get(schema.pointer)
        if chosen is not None:
            stated["class_name"] = chosen.name
            stated["module_name"] = chosen.module
        names = self._names.fields.get(schema.pointer, {})
        renamed = {wire: name for wire, name in names.items() if wire != name}
        return {**stated, **_without_empty(python_names=_ordered(renamed))}

    def _contents(self, schema: Schema) -> dict[str, Json]:
        """What schemas of one kind have beside the others."""
        match schema:
            case Enum():
                values = sorted(schema.values, key=repr)
                return {
                    "values": values,
                    **_without_empty(constant=schema.constant),
                }
            case Object():
                return self._object(schema)
            case Array():
                return self._array(schema)
            case Union():
                return self._union(schema)
            case Reference() | Never() | Anything() | Scalar() | Binary():
                return {}

    def _object(self, schema: Object) -> dict[str, Json]:
        here = schema.pointer
        fields = {
            name: self._schema(field, _field_place(here, "properties", name))
            for name, field in sorted(schema.fields.items())
        }
        required = sorted(schema.required)
        stated = _without_empty(fields=fields, required=required)
        if isinstance(schema.additional, bool):
            if not schema.additional:
                stated["additional"] = False
        else:
            place = _field_place(here, "additionalProperties")
            stated["additional"] = self._schema(schema.additional, place)
        return stated

    def _array(self, schema: Array) -> dict[str, Json]:
        here = schema.pointer
        stated: dict[str, Json] = {}
        if schema.items is not None:
            stated["items"] = self._schema(schema.items, _field_place(here, "items"))
        prefix = [
            self._schema(item, _field_place(here, "prefixItems", str(index)))
            for index, item in enumerate(schema.prefix)
        ]
        return {**stated, **_without_empty(prefix=prefix)}

    def _union(self, schema: Union) -> dict[str, Json]:
        stated: dict[str, Json] = {
            "variants": [self._schema(variant, ()) for variant in schema.variants],
            **_without_empty(exclusive=schema.exclusive),
        }
        if schema.discriminator is not None:
            stated["discriminator"] = self._discriminator(schema.discriminator)
        return stated

    def _discriminator(self, discriminator: Discriminator) -> Json:
        stated: dict[str, Json] = {
            "property": discriminator.property,
            "variants": dict(discriminator.variants),
        }
        if not discriminator.is_stated:
            stated["is_stated"] = False
        if discriminator.otherwise is not None:
            stated["otherwise"] = discriminator.otherwise
        return stated


class _Reader:
    """Makes a contract of plain data."""

    def __init__(self) -> None:
        self._schemas: dict[Pointer, Schema] = {}
        self._media_types: dict[Pointer, Media] = {}
        self._packages: dict[str, str] = {}
        self._functions: dict[tuple[Pointer, Pointer], str] = {}
        self._parameters: dict[tuple[Pointer, str, str], str] = {}
        self._classes: dict[Pointer, ClassName] = {}
        self._fields: dict[Pointer, Mapping[str, str]] = {}

    def contract(self, stated: Json) -> Contract:
        operations = {
            key: self._operation(operation)
            for key, operation in stated["operations"].items()
        }
        types = {key: self._schema(s, ()) for key, s in stated["types"].items()}
        names = Names(
            self._packages,
            self._functions,
            self._parameters,
            self._classes,
            self._fields,
        )
        schemes = stated["schemes"].items()
        return Contract(
            title="",
            version="",
            openapi="",
            servers=tuple(self._server(server, ()) for server in stated["servers"]),
            security=self._security(stated["security"]),
            schemes={name: self._scheme(scheme) for name, scheme in schemes},
            operations=operations,
            left_out={k: self._left_out(s) for k, s in stated["left_out"].items()},
            types=types,
            names=names,
            incoming=self._incoming(stated.get("incoming")),
            parts=stated.get("parts", {}),
        )

    def _incoming(self, stated: Json) -> Contract | None:
        if stated is None:
            return None
        empty: dict[str, Json] = {"servers": [], "security": [], "schemes": {}}
        return _Reader().contract({**empty, **stated})

    def _at(self, stated: Json, expected: Pointer = ()) -> Pointer:
        return pointer(stated["at"]) if "at" in stated else expected

    def _server(self, stated: Json, expected: Pointer) -> model.Server:
        return model.Server(
            stated["url"],
            stated["template"],
            stated.get("notes", {}),
            self._at(stated, expected),
        )

    def _security(self, stated: Json) -> tuple[model.Requirement, ...]:
        return tuple(
            {name: tuple(scopes) for name, scopes in alternative.items()}
            for alternative in stated
        )

    def _scheme(self, stated: Json) -> model.Scheme:
        return model.Scheme(
            name=stated["name"],
            kind=stated["kind"],
            where=stated.get("where", ""),
            wire_name=stated.get("wire_name", ""),
            notes=stated.get("notes", {}),
            at=self._at(stated),
        )

    def _left_out(self, stated: Json) -> model.LeftOut:
        return model.LeftOut(
            stated["key"], self._at(stated), stated["reason"], stated.get("content")
        )

    def _operation(self, stated: Json) -> Operation:
        here = self._at(stated)
        tag = stated["tag"]
        self._packages[tag] = stated["package"]
        parameters = tuple(
            self._parameter(p, here, _field_place(here, "parameters", str(i)))
            for i, p in enumerate(stated["parameters"])
        )
        body = None
        if stated["body"] is not None:
            body = self._body(stated["body"], _field_place(here, "body"))
        responses = {
            status: self._response(r, _field_place(here, "responses", status))
            for status, r in stated["responses"].items()
        }
        calls = []
        for call in stated["calls"]:
            media = None if call["media"] is None else self._media(call["media"], ())
            self._functions[here, media.at if media else ()] = call["module"]
            calls.append(model.Call(media))
        servers = tuple(
            self._server(server, _field_place(here, "servers", str(i)))
            for i, server in enumerate(stated["servers"])
        )
        return Operation(
            key=stated["key"],
            at=here,
            method=stated["method"],
            path=stated["path"],
            id=stated["id"],
            tag=tag,
            calls=tuple(calls),
            parameters=parameters,
            body=body,
            responses=responses,
            security=self._security(stated["security"]),
            servers=servers,
            own_security=stated.get("own_security", False),
            own_servers=stated.get("own_servers", False),
            notes=stated.get("notes", {}),
        )

    def _parameter(
        self, stated: Json, operation: Pointer, expected: Pointer
    ) -> model.Parameter:
        here = self._at(stated, expected)
        where = stated["where"]
        name = stated["name"]
        self._parameters[operation, where, name] = stated["python_name"]
        return model.Parameter(
            at=here,
            where=where,
            name=name,
            required=stated["required"],
            schema=self._schema(stated["schema"], _field_place(here, "schema")),
            style=stated["style"],
            explode=stated["explode"],
            media=stated.get("media", ""),
            component=stated.get("component", ""),
            notes=stated.get("notes", {}),
        )

    def _body(self, stated: Json, expected: Pointer) -> model.Body:
        here = self._at(stated, expected)
        return model.Body(
            at=here,
            required=stated["required"],
            media=tuple(self._media(media, here) for media in stated["media"]),
            component=stated.get("component", ""),
            notes=stated.get("notes", {}),
        )

    def _response(self, stated: Json, expected: Pointer) -> model.Response:
        here = self._at(stated, expected)
        headers = {
            name: self._schema(schema, _field_place(here, "headers", name))
            for name, schema in stated.get("headers", {}).items()
        }
        return model.Response(
            at=here,
            status=stated["status"],
            media=tuple(self._media(media, here) for media in stated["media"]),
            headers=headers,
            component=stated.get("component", ""),
            notes=stated.get("notes", {}),
        )

    def _media(self, stated: Json, holder: Pointer) -> Media:
        if isinstance(stated, str):
            return self._media_types[pointer(stated)]
        content_type = stated["content_type"]
        here = self._at(stated, _media_place(holder, content_type))
        schema = None
        if stated["schema"] is not None:
            schema = self._schema(stated["schema"], _field_place(here, "schema"))
        notes = stated.get("notes", {})
        item_schema = None
        if "item_schema" in stated:
            place = _field_place(here, "itemSchema")
            item_schema = self._schema(stated["item_schema"], place)
        kind = stated["kind"]
        media = Media(here, content_type, kind, schema, notes, item_schema)
        self._media_types[here] = media
        return media

    # Schemas

    def _schema(self, stated: Json, expected: Pointer) -> Schema:
        if isinstance(stated, str):
            return self._schemas[pointer(stated)]
        here = self._at(stated, expected)
        shared = {
            "pointer": here,
            "nullable": stated.get("nullable", False),
            "format": stated.get("format", ""),
            "limits": stated.get("limits", {}),
            "notes": stated.get("notes", {}),
            "bases": tuple(stated.get("bases", ())),
            "rule": stated.get("rule", True),
        }
        schema = self._of_kind(stated, here, shared)
        if "class_name" in stated:
            chosen = ClassName(stated["class_name"], stated["module_name"])
            self._classes[here] = chosen
        self._schemas[here] = schema
        return schema

    def _of_kind(self, stated: Json, here: Pointer, shared: dict[str, Any]) -> Schema:
        kind = stated.get("kind", ANY)
        if "ref" in stated:
            return Reference(key=stated["ref"], **shared)
        if "variants" in stated:
            return self._union(stated, shared)
        if "values" in stated:
            return Enum(
                type=kind,
                values=tuple(stated["values"]),
                constant=stated.get("constant", False),
                **shared,
            )
        if kind == OBJECT:
            return self._object(stated, here, shared)
        if kind == ARRAY:
            return self._array(stated, here, shared)
        if kind == _NEVER:
            return Never(**shared)
        if kind == ANY:
            return Anything(**shared)
        if kind == "string" and stands_for_bytes(shared["format"], shared["notes"]):
            return Binary(**shared)
        return Scalar(type=kind, **shared)

    def _object(self, stated: Json, here: Pointer, shared: dict[str, Any]) -> Object:
        fields = {
            name: self._schema(field, _field_place(here, "properties", name))
            for name, field in stated.get("fields", {}).items()
        }
        additional: Schema | bool = True
        others = stated.get("additional", True)
        if isinstance(others, bool):
            additional = others
        else:
            place = _field_place(here, "additionalProperties")
            additional = self._schema(others, place)
        renamed = stated.get("python_names", {})
        self._fields[here] = {wire: renamed.get(wire, wire) for wire in fields}
        required = frozenset(stated.get("required", ()))
        return Object(fields=fields, required=required, additional=additional, **shared)

    def _array(self, stated: Json, here: Pointer, shared: dict[str, Any]) -> Array:
        items = None
        if "items" in stated:
            items = self._schema(stated["items"], _field_place(here, "items"))
        prefix = tuple(
            self._schema(item, _field_place(here, "prefixItems", str(index)))
            for index, item in enumerate(stated.get("prefix", ()))
        )
        return Array(items=items, prefix=prefix, **shared)

    def _union(self, stated: Json, shared: dict[str, Any]) -> Union:
        discriminator = None
        if "discriminator" in stated:
            choice = stated["discriminator"]
            discriminator = Discriminator(
                choice["property"],
                choice["variants"],
                choice.get("is_stated", True),
                choice.get("otherwise"),
            )
        return Union(
            variants=tuple(self._schema(v, ()) for v in stated["variants"]),
            exclusive=stated.get("exclusive", False),
            discriminator=discriminator,
            **shared,
        )
