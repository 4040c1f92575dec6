"""A contract from the plain data that `lock_writer` made of it.

Data that is not of that form is damaged: reading it raises AttributeError, KeyError, TypeError or ValueError.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from scripts.contract import model
from scripts.contract.lock_writer import NEVER, media_place, place_inside
from scripts.contract.model import Contract, Media, Operation
from scripts.contract.names import ClassName, Names
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
    SchemaBase,
    Union,
    shared_fields,
    stands_for_bytes,
)
from scripts.intake.yaml_text import Pointer, pointer


class Entry:
    """A mapping of the file, with values of the types that the writer writes. Raises TypeError for a value of another type."""

    def __init__(self, values: object) -> None:
        if not isinstance(values, dict):
            raise TypeError("a mapping is needed here")
        self._values: dict[str, object] = values

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def require(self, *keys: str) -> None:
        """Raise KeyError where one of these is missing."""
        for key in keys:
            if key not in self._values:
                raise KeyError(key)

    def value(self, key: str) -> object:
        """Whatever stands there. Raises KeyError where nothing does."""
        return self._values[key]

    def text(self, key: str, default: str | None = None) -> str:
        """A text. Raises KeyError where nothing stands and there is no default."""
        value = self._values.get(key, default)
        if value is None:
            raise KeyError(key)
        if not isinstance(value, str):
            raise TypeError(f"{key}: a text is needed here")
        return value

    def flag(self, key: str, default: bool = False) -> bool:
        value = self._values.get(key, default)
        if not isinstance(value, bool):
            raise TypeError(f"{key}: true or false is needed here")
        return value

    def number(self, key: str) -> int | None:
        """A whole number; None where nothing stands."""
        value = self._values.get(key)
        if value is not None and not isinstance(value, int):
            raise TypeError(f"{key}: a number is needed here")
        return value

    def list_of(self, key: str) -> list[object]:
        """A list; empty where nothing stands."""
        value = self._values.get(key, [])
        if not isinstance(value, list):
            raise TypeError(f"{key}: a list is needed here")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; empty where nothing stands."""
        return tuple(map(str, self.list_of(key)))

    def mapping(self, key: str) -> dict[str, object]:
        """A mapping; empty where nothing stands."""
        value = self._values.get(key, {})
        if not isinstance(value, dict):
            raise TypeError(f"{key}: a mapping is needed here")
        return value

    def entries(self, key: str) -> dict[str, Entry]:
        """A mapping of mappings; empty where nothing stands."""
        return {name: Entry(value) for name, value in self.mapping(key).items()}

    def place(self, expected: Pointer = ()) -> Pointer:
        """The place that is written, or the one that follows from what is around."""
        if "at" not in self._values:
            return expected
        return pointer(self.text("at"))


class Reader:
    """Makes one contract of plain data."""

    def __init__(self) -> None:
        self._schemas: dict[Pointer, Schema] = {}
        self._referred: set[str] = set()  # keys of types
        self._media_types: dict[Pointer, Media] = {}
        self._packages: dict[str, str] = {}
        self._functions: dict[tuple[Pointer, Pointer], str] = {}
        self._parameters: dict[tuple[Pointer, str, str], str] = {}
        self._classes: dict[Pointer, ClassName] = {}
        self._fields: dict[Pointer, Mapping[str, str]] = {}

    def contract(self, entry: Entry) -> Contract:
        entry.require("operations", "left_out", "types")
        operations = {
            key: self._operation(operation)
            for key, operation in entry.entries("operations").items()
        }
        types = {
            key: self._schema(schema, ())
            for key, schema in entry.mapping("types").items()
        }
        missing = self._referred - types.keys()
        if missing:
            raise KeyError(*sorted(missing))
        incoming = None
        if "incoming" in entry:
            incoming = Reader().contract(Entry(entry.value("incoming")))
        return Contract(
            title="",
            version="",
            openapi="",
            servers=_servers(entry, ()),
            security=_security(entry),
            schemes={
                name: _scheme(scheme)
                for name, scheme in entry.entries("schemes").items()
            },
            operations=operations,
            left_out={
                key: _left_out(operation)
                for key, operation in entry.entries("left_out").items()
            },
            types=types,
            names=Names(
                self._packages,
                self._functions,
                self._parameters,
                self._classes,
                self._fields,
            ),
            incoming=incoming,
            parts=entry.mapping("parts"),
        )

    def _operation(self, entry: Entry) -> Operation:
        entry.require("parameters", "responses", "security", "servers", "calls")
        place = entry.place()
        tag = entry.text("tag")
        self._packages[tag] = entry.text("package")
        parameters = []
        for index, parameter in enumerate(entry.list_of("parameters")):
            expected = place_inside(place, "parameters", str(index))
            parameters.append(self._parameter(Entry(parameter), place, expected))
        body = None
        if entry.value("body") is not None:
            body_entry = Entry(entry.value("body"))
            body = self._body(body_entry, place_inside(place, "body"))
        responses = {
            status: self._response(response, place_inside(place, "responses", status))
            for status, response in entry.entries("responses").items()
        }
        operation_id = None
        if entry.value("id") is not None:
            operation_id = entry.text("id")
        return Operation(
            key=entry.text("key"),
            at=place,
            method=entry.text("method"),
            path=entry.text("path"),
            id=operation_id,
            tag=tag,
            calls=tuple(
                self._call(Entry(call), place) for call in entry.list_of("calls")
            ),
            parameters=tuple(parameters),
            body=body,
            responses=responses,
            security=_security(entry),
            servers=_servers(entry, place_inside(place, "servers")),
            own_security=entry.flag("own_security"),
            own_servers=entry.flag("own_servers"),
            notes=entry.mapping("notes"),
        )

    def _call(self, entry: Entry, operation: Pointer) -> model.Call:
        media = None
        sent_place: Pointer = ()
        if entry.value("media") is not None:
            media = self._media(entry.value("media"), ())
            sent_place = media.at
        self._functions[operation, sent_place] = entry.text("module")
        return model.Call(media)

    def _parameter(
        self, entry: Entry, operation: Pointer, expected: Pointer
    ) -> model.Parameter:
        entry.require("required", "explode")
        place = entry.place(expected)
        if len(place) < 3:  # of a path, or of the components
            raise ValueError("no place of a parameter")
        where = entry.text("where")
        name = entry.text("name")
        self._parameters[operation, where, name] = entry.text("python_name")
        return model.Parameter(
            at=place,
            where=where,
            name=name,
            required=entry.flag("required"),
            schema=self._schema(entry.value("schema"), place_inside(place, "schema")),
            style=entry.text("style"),
            explode=entry.flag("explode"),
            media=entry.text("media", ""),
            component=entry.text("component", ""),
            notes=entry.mapping("notes"),
        )

    def _body(self, entry: Entry, expected: Pointer) -> model.Body:
        entry.require("required", "media")
        place = entry.place(expected)
        return model.Body(
            at=place,
            required=entry.flag("required"),
            media=tuple(self._media(media, place) for media in entry.list_of("media")),
            component=entry.text("component", ""),
            notes=entry.mapping("notes"),
        )

    def _response(self, entry: Entry, expected: Pointer) -> model.Response:
        entry.require("media")
        place = entry.place(expected)
        headers = {
            name: self._schema(schema, place_inside(place, "headers", name))
            for name, schema in entry.mapping("headers").items()
        }
        return model.Response(
            at=place,
            status=entry.text("status"),
            media=tuple(self._media(media, place) for media in entry.list_of("media")),
            headers=headers,
            component=entry.text("component", ""),
            notes=entry.mapping("notes"),
        )

    def _media(self, written: object, holder: Pointer) -> Media:
        if isinstance(written, str):
            return self._media_types[pointer(written)]
        entry = Entry(written)
        content_type = entry.text("content_type")
        place = entry.place(media_place(holder, content_type))
        schema = None
        if entry.value("schema") is not None:
            schema = self._schema(entry.value("schema"), place_inside(place, "schema"))
        item_schema = None
        if "item_schema" in entry:
            item_place = place_inside(place, "itemSchema")
            item_schema = self._schema(entry.value("item_schema"), item_place)
        media = Media(
            place,
            content_type,
            entry.text("kind"),
            schema,
            entry.mapping("notes"),
            item_schema,
        )
        self._media_types[place] = media
        return media

    # Schemas

    def _schema(self, written: object, expected: Pointer) -> Schema:
        if isinstance(written, str):
            return self._schemas[pointer(written)]
        entry = Entry(written)
        place = entry.place(expected)
        rule: object = True
        if "rule" in entry:
            rule = entry.value("rule")
        common = SchemaBase(
            pointer=place,
            nullable=entry.flag("nullable"),
            format=entry.text("format", ""),
            limits=entry.mapping("limits"),
            notes=entry.mapping("notes"),
            bases=entry.texts("bases"),
            rule=rule,
        )
        schema = self._of_kind(entry, common)
        if "class_name" in entry:
            self._classes[place] = ClassName(
                entry.text("class_name"), entry.text("module_name")
            )
        self._schemas[place] = schema
        return schema

    def _of_kind(self, entry: Entry, common: SchemaBase) -> Schema:
        self._referred.update(common.bases)
        if "ref" in entry:
            key = entry.text("ref")
            self._referred.add(key)
            return Reference(key=key, **shared_fields(common))
        if "variants" in entry:
            return self._union(entry, common)
        kind = entry.text("kind", ANY)
        if "values" in entry:
            return Enum(
                type=kind,
                values=tuple(entry.list_of("values")),
                constant=entry.flag("constant"),
                **shared_fields(common),
            )
        match kind:
            case "object":
                return self._object(entry, common)
            case "array":
                return self._array(entry, common)
            case _:
                return _simple(kind, common)

    def _object(self, entry: Entry, common: SchemaBase) -> Object:
        place = common.pointer
        fields = {
            name: self._schema(field, place_inside(place, "properties", name))
            for name, field in entry.mapping("fields").items()
        }
        additional: Schema | bool = True
        if "additional" in entry:
            written = entry.value("additional")
            if isinstance(written, bool):
                additional = written
            else:
                expected = place_inside(place, "additionalProperties")
                additional = self._schema(written, expected)
        renamed = entry.mapping("python_names")
        self._fields[place] = {wire: str(renamed.get(wire, wire)) for wire in fields}
        return Object(
            fields=fields,
            required=frozenset(entry.texts("required")),
            additional=additional,
            **shared_fields(common),
        )

    def _array(self, entry: Entry, common: SchemaBase) -> Array:
        place = common.pointer
        items = None
        if "items" in entry:
            items = self._schema(entry.value("items"), place_inside(place, "items"))
        prefix = tuple(
            self._schema(item, place_inside(place, "prefixItems", str(index)))
            for index, item in enumerate(entry.list_of("prefix"))
        )
        return Array(items=items, prefix=prefix, **shared_fields(common))

    def _union(self, entry: Entry, common: SchemaBase) -> Union:
        discriminator = None
        if "discriminator" in entry:
            discriminator = _discriminator(Entry(entry.value("discriminator")))
        variants = tuple(
            self._schema(variant, ()) for variant in entry.list_of("variants")
        )
        if discriminator is not None:
            for index in discriminator.variants.values():
                if not 0 <= index < len(variants):
                    raise ValueError(
                        "a discriminator names a variant that is not there"
                    )
        return Union(
            variants=variants,
            exclusive=entry.flag("exclusive"),
            discriminator=discriminator,
            **shared_fields(common),
        )


def _simple(kind: str, common: SchemaBase) -> Schema:
    """A schema that holds no others."""
    if kind == NEVER:
        return Never(**shared_fields(common))
    if kind == ANY:
        return Anything(**shared_fields(common))
    if kind == "string" and stands_for_bytes(common.format, common.notes):
        return Binary(**shared_fields(common))
    return Scalar(type=kind, **shared_fields(common))


def _servers(entry: Entry, place: Pointer) -> tuple[model.Server, ...]:
    """The servers of a contract or of an operation; `place` is where they stand."""
    servers = []
    for index, written in enumerate(entry.list_of("servers")):
        server = Entry(written)
        servers.append(
            model.Server(
                server.text("url"),
                server.text("template"),
                server.mapping("notes"),
                server.place(place_inside(place, str(index))),
            )
        )
    return tuple(servers)


def _security(entry: Entry) -> tuple[model.Requirement, ...]:
    """The alternatives of a contract or of an operation."""
    alternatives = []
    for written in entry.list_of("security"):
        alternative = Entry(written)
        alternatives.append({name: alternative.texts(name) for name in alternative})
    return tuple(alternatives)


def _scheme(entry: Entry) -> model.Scheme:
    return model.Scheme(
        name=entry.text("name"),
        kind=entry.text("kind"),
        where=entry.text("where", ""),
        wire_name=entry.text("wire_name", ""),
        notes=entry.mapping("notes"),
        at=entry.place(),
    )


def _left_out(entry: Entry) -> model.LeftOut:
    content: object = None
    if "content" in entry:
        content = entry.value("content")
    return model.LeftOut(
        entry.text("key"), entry.place(), entry.text("reason"), content
    )


def _discriminator(entry: Entry) -> Discriminator:
    entry.require("variants")
    variants = {}
    for value, index in entry.mapping("variants").items():
        if not isinstance(index, int):
            raise TypeError(f"{value}: a number is needed here")
        variants[value] = index
    return Discriminator(
        entry.text("property"),
        variants,
        entry.flag("is_stated", default=True),
        entry.number("otherwise"),
    )
