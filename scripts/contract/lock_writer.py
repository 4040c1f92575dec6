"""A contract as plain data, in a fixed order and without prose.

Values that are the default are not written. A schema or content type that occurs again is written as the place of the first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from scripts.contract import model
from scripts.contract.model import Contract, Media, Operation, all_schemas
from scripts.contract.schema import (
    ANY,
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
    type_name,
)
from scripts.intake.yaml_text import Pointer, at

NEVER = "never"  # the kind of a schema that allows nothing

Entry = dict[str, object]


def place_inside(holder: Pointer, *steps: str) -> Pointer:
    """The place of a part of a holder; () where the place of the holder is not known."""
    if not holder:
        return ()
    return (*holder, *steps)


def media_place(holder: Pointer, content_type: str) -> Pointer:
    """The place of a content type in a body or response."""
    return place_inside(holder, "content", content_type)


class Writer:
    """Makes plain data of one contract."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._names = contract.names
        self._written: set[int] = set()
        self._with_rules = _limits_refer_to_rules(contract)

    def contract(self) -> Entry:
        contract = self._contract
        operations = {
            key: self._operation(operation)
            for key, operation in sorted(contract.operations.items())
        }
        entry: Entry = {
            "servers": [_server(server, ()) for server in contract.servers],
            "security": _security(contract.security),
            "schemes": {name: _scheme(s) for name, s in contract.schemes.items()},
            "operations": operations,
            "left_out": {
                key: _left_out(operation)
                for key, operation in sorted(contract.left_out.items())
            },
        }
        # Base types first, so that what is inherited is written where it is declared.
        types = sorted(
            contract.types.items(), key=lambda item: (len(item[1].bases), item[0])
        )
        entry["types"] = {key: self._schema(schema, ()) for key, schema in types}
        entry |= _stated(parts=_ordered(contract.parts))
        incoming = contract.incoming
        if incoming is not None and (incoming.operations or incoming.left_out):
            entry["incoming"] = _incoming(incoming)
        return entry

    def _operation(self, operation: Operation) -> Entry:
        place = operation.at
        parameters = []
        for index, parameter in enumerate(operation.parameters):
            expected = place_inside(place, "parameters", str(index))
            parameters.append(self._parameter(parameter, operation, expected))
        body = None
        if operation.body is not None:
            body = self._body(operation.body, place_inside(place, "body"))
        responses = {
            status: self._response(response, place_inside(place, "responses", status))
            for status, response in operation.responses.items()
        }
        servers = [
            _server(server, place_inside(place, "servers", str(index)))
            for index, server in enumerate(operation.servers)
        ]
        return {
            **_at(place, ()),
            "key": operation.key,
            "method": operation.method,
            "path": operation.path,
            "id": operation.id,
            "tag": operation.tag,
            "package": self._contract.package(operation),
            "parameters": parameters,
            "body": body,
            "responses": responses,
            "security": _security(operation.security),
            "servers": servers,
            **_stated(
                own_security=operation.own_security,
                own_servers=operation.own_servers,
                notes=_ordered(operation.notes),
            ),
            # Last, since they refer to content types of the body.
            "calls": [self._call(operation, call) for call in operation.calls],
        }

    def _call(self, operation: Operation, call: model.Call) -> Entry:
        media: object = None
        if call.media is not None:
            media = self._media(call.media, ())
        return {"module": self._contract.function(operation, call), "media": media}

    def _parameter(
        self, parameter: model.Parameter, operation: Operation, expected: Pointer
    ) -> Entry:
        place = parameter.at
        return {
            **_at(place, expected),
            "where": parameter.where,
            "name": parameter.name,
            "python_name": self._contract.argument(operation, parameter),
            "required": parameter.required,
            "schema": self._schema(parameter.schema, place_inside(place, "schema")),
            "style": parameter.style,
            "explode": parameter.explode,
            **_stated(
                media=parameter.media,
                component=parameter.component,
                notes=_ordered(parameter.notes),
            ),
        }

    def _body(self, body: model.Body, expected: Pointer) -> Entry:
        return {
            **_at(body.at, expected),
            "required": body.required,
            "media": [self._media(media, body.at) for media in body.media],
            **_stated(component=body.component, notes=_ordered(body.notes)),
        }

    def _response(self, response: model.Response, expected: Pointer) -> Entry:
        place = response.at
        headers = {
            name: self._schema(schema, place_inside(place, "headers", name))
            for name, schema in response.headers.items()
        }
        return {
            **_at(place, expected),
            "status": response.status,
            "media": [self._media(media, place) for media in response.media],
            **_stated(
                headers=headers,
                component=response.component,
                notes=_ordered(response.notes),
            ),
        }

    def _media(self, media: Media, holder: Pointer) -> Entry | str:
        """A content type; its place where it was written before."""
        if id(media) in self._written:
            return at(media.at)
        self._written.add(id(media))
        schema: object = None
        if media.schema is not None:
            schema = self._schema(media.schema, place_inside(media.at, "schema"))
        item_schema: object = None
        if media.item_schema is not None:
            place = place_inside(media.at, "itemSchema")
            item_schema = self._schema(media.item_schema, place)
        return {
            **_at(media.at, media_place(holder, media.content_type)),
            "content_type": media.content_type,
            "kind": media.kind,
            "schema": schema,
            **_stated(item_schema=item_schema, notes=_ordered(media.notes)),
        }

    # Schemas

    def _schema(self, schema: Schema, expected: Pointer) -> Entry | str:
        """A schema; its place where it was written before."""
        if id(schema) in self._written:
            return at(schema.pointer)
        self._written.add(id(schema))
        entry = _at(schema.pointer, expected) | _kind(schema)
        entry |= _stated(nullable=schema.nullable, format=schema.format)
        entry |= self._contents(schema)
        entry |= _stated(
            limits=_ordered(schema.limits),
            notes=_ordered(schema.notes),
            bases=list(schema.bases),
        )
        if self._with_rules and schema.rule is not True:
            entry["rule"] = schema.rule
        chosen = self._names.classes.get(schema.pointer)
        if chosen is not None:
            entry["class_name"] = chosen.name
            entry["module_name"] = chosen.module
        names = self._names.fields.get(schema.pointer, {})
        renamed = {wire: name for wire, name in names.items() if wire != name}
        return entry | _stated(python_names=_ordered(renamed))

    def _contents(self, schema: Schema) -> Entry:
        """The fields that schemas of one kind have beside those of all kinds."""
        match schema:
            case Enum():
                values = sorted(schema.values, key=repr)
                return {"values": values, **_stated(constant=schema.constant)}
            case Object():
                return self._object(schema)
            case Array():
                return self._array(schema)
            case Union():
                return self._union(schema)
            case Reference() | Never() | Anything() | Scalar() | Binary():
                return {}

    def _object(self, schema: Object) -> Entry:
        place = schema.pointer
        fields = {
            name: self._schema(field, place_inside(place, "properties", name))
            for name, field in sorted(schema.fields.items())
        }
        entry = _stated(fields=fields, required=sorted(schema.required))
        if not isinstance(schema.additional, bool):
            expected = place_inside(place, "additionalProperties")
            entry["additional"] = self._schema(schema.additional, expected)
        elif not schema.additional:
            entry["additional"] = False
        return entry

    def _array(self, schema: Array) -> Entry:
        place = schema.pointer
        entry: Entry = {}
        if schema.items is not None:
            entry["items"] = self._schema(schema.items, place_inside(place, "items"))
        prefix = [
            self._schema(item, place_inside(place, "prefixItems", str(index)))
            for index, item in enumerate(schema.prefix)
        ]
        return entry | _stated(prefix=prefix)

    def _union(self, schema: Union) -> Entry:
        entry: Entry = {
            "variants": [self._schema(variant, ()) for variant in schema.variants],
            **_stated(exclusive=schema.exclusive),
        }
        if schema.discriminator is not None:
            entry["discriminator"] = _discriminator(schema.discriminator)
        return entry


def _limits_refer_to_rules(contract: Contract) -> bool:
    """Whether rules must be written: they follow from everything else, unless a limit refers to one."""
    return any(
        "#/$defs/" in f"{schema.limits}{schema.notes}"
        for schema in all_schemas(contract)
    )


def _stated(**entries: object) -> Entry:
    """The entries that say something: not None, False, or empty."""
    return {
        key: value
        for key, value in entries.items()
        if value is not None and value is not False and value not in ("", {}, [])
    }


def _ordered(entries: Mapping[str, object]) -> Entry:
    return dict(sorted(entries.items()))


def _at(place: Pointer, expected: Pointer) -> Entry:
    """The place, unless it is the one that the reader expects."""
    if not place or place == expected:
        return {}
    return {"at": at(place)}


def _incoming(contract: Contract) -> Entry:
    """The webhooks and callbacks."""
    entry = Writer(contract).contract()
    written = {key: entry[key] for key in ("operations", "left_out", "types")}
    return written | _stated(schemes=entry["schemes"])


def _server(server: model.Server, expected: Pointer) -> Entry:
    return {
        **_at(server.at, expected),
        "url": server.url,
        "template": server.template,
        **_stated(notes=_ordered(server.notes)),
    }


def _security(security: Iterable[model.Requirement]) -> list[Entry]:
    alternatives: list[Entry] = []
    for alternative in security:
        scopes_by_scheme: Entry = {}
        for name, scopes in alternative.items():
            scopes_by_scheme[name] = list(scopes)
        alternatives.append(scopes_by_scheme)
    return alternatives


def _scheme(scheme: model.Scheme) -> Entry:
    return {
        **_at(scheme.at, ()),
        "name": scheme.name,
        "kind": scheme.kind,
        **_stated(
            where=scheme.where,
            wire_name=scheme.wire_name,
            notes=_ordered(scheme.notes),
        ),
    }


def _left_out(operation: model.LeftOut) -> Entry:
    entry = _at(operation.at, ())
    entry["key"] = operation.key
    entry["reason"] = operation.reason
    if operation.content is not None:
        entry["content"] = operation.content
    return entry


def _kind(schema: Schema) -> Entry:
    match schema:
        case Reference():
            return {"ref": schema.key}
        case Never():
            return {"kind": NEVER}
        case _:
            kind = type_name(schema)
            return {} if kind == ANY else {"kind": kind}


def _discriminator(discriminator: Discriminator) -> Entry:
    entry: Entry = {
        "property": discriminator.property,
        "variants": dict(discriminator.variants),
    }
    if not discriminator.is_stated:
        entry["is_stated"] = False
    if discriminator.otherwise is not None:
        entry["otherwise"] = discriminator.otherwise
    return entry
