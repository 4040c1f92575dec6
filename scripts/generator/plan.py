"""Plans the code of a contract: classes, functions, and the type of every field, parameter, body and answer.

`lower` writes this down for the generator, `prove` compares it with what the generator made of that, and `own_modules` adds the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from scripts.common.text import text_fault
from scripts.contract import model
from scripts.contract.model import Contract
from scripts.contract.reading import media_types
from scripts.contract.schema import (
    Anything,
    Array,
    Binary,
    Enum,
    Never,
    Object,
    Reference,
    Scalar,
    Schema,
    Union,
    inner_schemas,
    target,
    walk,
)

MOST_PARTS = 100  # of one type as it is written in code; Any stands for what is beyond


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list of items of a type."""

    items: Type


@dataclass(frozen=True, slots=True)
class Constant:
    """A single value, with its type: True is not 1."""

    type: type
    value: object


@dataclass(frozen=True, slots=True)
class ClassUse:
    """A class that is generated, by its name."""

    name: str


# The alternatives of a type, each once. Text is a type of Python's: "int", "datetime.date" and the like.
Part: TypeAlias = str | ListOf | Constant | ClassUse
Type: TypeAlias = tuple[Part, ...]
ANYTHING: Type = ("Any",)
_PYTHON_TYPES = {
    "boolean": "bool",
    "integer": "int",
    "number": "float",
    "string": "str",
    "null": "None",
}
_FORMATS = {"date": "datetime.date", "date-time": "datetime.datetime", "uuid": "UUID"}

# How a schema travels: in a request, as the body of a multipart request, or in a response.
_SENT = "sent"
_UPLOAD = "upload"
_RECEIVED = "received"
# The methods that the generator knows.
_KNOWN_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_STRUCTURED = (model.JSON_KIND, model.FORM_KIND, model.MULTIPART_KIND)
_UNTYPED = Anything(pointer=())
_TEXT = Scalar(pointer=(), type="string")


class Member(NamedTuple):
    """A field of a class, or a parameter of a function."""

    wire: str
    python: str
    required: bool
    type: Type


class Class(NamedTuple):
    """An enum, which has values, or a model, which has fields."""

    name: str
    module: str
    values: frozenset[object]
    fields: dict[str, Member]  # by wire name
    additional: Type | None  # of fields that are not declared; None if there are none


def sorted_values(planned: Class) -> list[object]:
    """The values of an enum in one order: they are all texts, or all whole numbers."""
    numbers = [value for value in planned.values if isinstance(value, int)]
    texts = [value for value in planned.values if isinstance(value, str)]
    return [*sorted(numbers), *sorted(texts)]


class Function(NamedTuple):
    """How an operation is called with one of its bodies."""

    name: str
    method: str
    parameters: list[Member]
    bodies: list[tuple[bool, Type]]  # whether it is required; at most one
    answers: dict[str, Type | None]  # by status; None where nothing is read


class Plan(NamedTuple):
    """All classes and functions, each with the part of the contract that it is made of."""

    classes: list[tuple[Class, Schema]]
    functions: list[tuple[Function, model.Operation, model.Call]]


def plan(contract: Contract) -> Plan:
    """Plan the classes and functions for everything that the operations of a contract send and receive."""
    return _Planner(contract).plan()


class _Planner:
    """Plans one contract. Each type is worked out once, however many fields have it."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        # Types and their numbers of parts, by the id of a schema and whether its binary strings are files.
        self._types: dict[tuple[int, bool], tuple[Type, int]] = {}
        roots: dict[str, list[Schema]] = {_SENT: [], _UPLOAD: [], _RECEIVED: []}
        for operation in contract.operations.values():
            for schema, direction in _roots(contract, operation):
                roots[direction].append(schema)
        types = contract.types
        self._sent = dict.fromkeys(walk(roots[_SENT] + roots[_UPLOAD], types))
        self._received = dict.fromkeys(walk(roots[_RECEIVED], types))
        uploaded = [target(root, types)[0] for root in roots[_UPLOAD]]
        elsewhere = roots[_SENT] + roots[_RECEIVED]
        for schema in uploaded:
            elsewhere.extend(inner_schemas(schema))
        # Schemas of multipart bodies that are used for nothing else, so that the fields of their classes may be files.
        self._uploads = {*uploaded} - {*walk(elsewhere, types)}

    def plan(self) -> Plan:
        functions: list[tuple[Function, model.Operation, model.Call]] = []
        for operation in self._contract.operations.values():
            functions.extend(
                (self._function(operation, call), operation, call)
                for call in operation.calls
            )
        reached = self._sent | self._received
        classes = [
            (self._class(schema), schema)
            for schema in reached
            if is_class(self._contract, schema)
        ]
        return Plan(classes, functions)

    def _function(self, operation: model.Operation, call: model.Call) -> Function:
        contract = self._contract
        parameters = []
        for parameter in operation.parameters:
            python = contract.argument(operation, parameter)
            type_ = self._type(_of_parameter(contract, parameter))
            member = Member(parameter.name, python, parameter.required, type_)
            parameters.append(member)
        bodies = []
        if call.media is not None and operation.body is not None:
            type_ = self._type(_of_body(contract, call.media))
            bodies.append((operation.body.required, type_))
        answers: dict[str, Type | None] = {}
        for status, response in operation.responses.items():
            media = model.answer_media(response)
            answers[status] = self._type(_of_answer(media)) if media else None
        name = f"{contract.package(operation)}.{contract.function(operation, call)}"
        method = operation.method
        if method not in _KNOWN_METHODS:
            method = "post"  # templates write the method itself
        return Function(name, method, parameters, bodies, answers)

    def _class(self, schema: Schema) -> Class:
        chosen = self._contract.names.classes[schema.pointer]
        match schema:
            case Enum():
                values = frozenset(schema.values)
                return Class(chosen.name, chosen.module, values, {}, None)
            case Object():
                return self._model(schema, chosen.name, chosen.module)
            case _:
                raise AssertionError(f"no class is made of {type(schema).__name__}")

    def _model(self, schema: Object, name: str, module: str) -> Class:
        files = schema in self._uploads
        required = schema.required - {*self._absent(schema)}
        python_names = self._contract.names.fields[schema.pointer]
        fields = {}
        for wire, field in schema.fields.items():
            type_ = self._type(field, files)
            fields[wire] = Member(wire, python_names[wire], wire in required, type_)
        additional = self._additional(schema, files)
        return Class(name, module, frozenset(), fields, additional)

    def _additional(self, schema: Object, files: bool) -> Type | None:
        """The type of fields that are not declared; None if there are none."""
        match schema.additional:
            case False if "patternProperties" in schema.limits:
                return ANYTHING  # those that a pattern allows; the validator refuses the others
            case False:
                return None
            case True:
                return ANYTHING
            case additional:
                return self._type(additional, files)

    def _absent(self, schema: Object) -> Iterator[str]:
        """The read-only fields of a class that is sent, and the write-only fields of one that is received."""
        for name, field in schema.fields.items():
            resolved = target(field, self._contract.types)[0]
            notes = {**resolved.notes, **field.notes}
            if notes.get("readOnly") is True and schema in self._sent:
                yield name
            if notes.get("writeOnly") is True and schema in self._received:
                yield name

    def _type(self, use: Schema, files: bool = False) -> Type:
        """The type of a schema; binary strings are files if `files`."""
        return self._sized(use, files)[0]

    def _sized(self, use: Schema, files: bool) -> tuple[Type, int]:
        """The type of a schema, and its number of parts. It is `Any` if it contains itself or has more than MOST_PARTS parts."""
        resolved, nullable = target(use, self._contract.types)
        if files and isinstance(resolved, Binary):
            return ("File",), 1  # a part of a multipart body is never null
        type_: Type
        if is_class(self._contract, resolved):
            type_ = (ClassUse(self._contract.names.class_of(resolved)),)
            size = 1
        else:
            key = (id(resolved), files)
            if key not in self._types:
                # What is found if the schema contains itself, while its type is being worked out.
                self._types[key] = (ANYTHING, MOST_PARTS + 1)
                self._types[key] = self._without_class(resolved, files)
            type_, size = self._types[key]
        if size > MOST_PARTS:
            return ANYTHING, 1
        if nullable and type_ != ANYTHING:
            type_ = _union([type_, ("None",)])
        return type_, size

    def _without_class(self, resolved: Schema, files: bool) -> tuple[Type, int]:
        """The type of a schema that does not become a class, and its number of parts."""
        match resolved:
            case Union():
                variants = [
                    self._sized(variant, files) for variant in resolved.variants
                ]
                size = 1 + sum(size for _, size in variants)
                return _union(type_ for type_, _ in variants), size
            case Enum():
                return _union(_of_value(resolved, v) for v in resolved.values), 1
            case Array():
                return self._list(resolved, files)
            case Scalar() | Binary():
                return (_of_scalar(resolved),), 1
            case Reference() | Never() | Anything() | Object():
                return ANYTHING, 1

    def _list(self, array: Array, files: bool) -> tuple[Type, int]:
        items = [self._sized(item, files) for item in array.prefix]
        if array.items is None:
            items.append((ANYTHING, 0))
        else:
            items.append(self._sized(array.items, files))
        size = 1 + sum(size for _, size in items)
        return (ListOf(_union(type_ for type_, _ in items)),), size


def _union(types: Iterable[Type]) -> Type:
    """The parts of all types, each once."""
    parts: dict[Part, None] = {}
    for type_ in types:
        parts.update(dict.fromkeys(type_))
    return tuple(parts) or ANYTHING


def _of_value(schema: Enum, value: object) -> Type:
    """The type of one value of an enum or const."""
    if schema.constant and type(value) in (str, int, bool):  # what Literal takes
        return (Constant(type(value), value),)
    name = type(value).__name__
    if schema.type == "number":
        name = "float"
    if name not in _PYTHON_TYPES.values():
        return ANYTHING
    return (name,)


def _of_scalar(schema: Scalar | Binary) -> str:
    """The type of Python's for a single value."""
    if isinstance(schema, Binary):
        return "str"
    if schema.type == "string":
        return _FORMATS.get(schema.format, "str")
    return _PYTHON_TYPES.get(schema.type, "Any")


class NameCheck:
    """Finds operations of one contract with a name that code or the wire cannot hold."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        # By the id of a schema that has a field with such a name. Every schema is looked at once, not with each operation.
        self._faults: dict[int, str] = {}
        for schema in model.all_schemas(contract):
            fault = _fault_of_field(schema)
            if fault:
                self._faults[id(schema)] = fault

    def fault(self, operation: model.Operation) -> str:
        """Why code or the wire cannot hold what an operation names; empty if they can."""
        fault = text_fault("name", operation.path)
        if fault:
            return f"{model.at(operation.at)}: path: {fault}"
        for parameter in operation.parameters:
            kind = "name"
            if parameter.where in ("header", "cookie"):
                kind = parameter.where
            fault = text_fault(kind, parameter.name)
            if fault:
                place = model.at(parameter.at)
                return (
                    f"{place}: {parameter.where} parameter: {fault}; correct its name"
                )
        if not self._faults:
            return ""
        roots = [schema for schema, _ in _roots(self._contract, operation)]
        for schema in walk(roots, self._contract.types):
            if id(schema) in self._faults:
                return self._faults[id(schema)]
        return ""


def _fault_of_field(schema: Schema) -> str:
    """Why code cannot hold the name of a field of an object; empty if it can."""
    if not isinstance(schema, Object):
        return ""
    for name in schema.fields:
        fault = text_fault("name", name)
        if fault:
            return f"{model.at(schema.pointer)}: field: {fault}; correct its name"
    return ""


def _roots(
    contract: Contract, operation: model.Operation
) -> Iterator[tuple[Schema, str]]:
    """The schemas that an operation sends and receives, each with the direction."""
    for parameter in operation.parameters:
        yield _of_parameter(contract, parameter), _SENT
    for call in operation.calls:
        if call.media:
            is_multipart = call.media.kind == model.MULTIPART_KIND
            schema = _of_body(contract, call.media)
            yield schema, _UPLOAD if is_multipart else _SENT
    for response in operation.responses.values():
        media = model.answer_media(response)
        if media:
            yield _of_answer(media), _RECEIVED
    streamed = stream_media(operation)
    if streamed is not None:
        item = stream_item(contract, streamed)
        if item is not None and item_classes(contract, item):
            yield item, _RECEIVED


def successes(operation: model.Operation) -> tuple[str, ...]:
    """Return the statuses that say that the operation did what it should."""
    documented = tuple(s for s in operation.responses if s.startswith("2"))
    if documented:
        return documented
    if "default" in operation.responses:
        return ("default",)
    return ("2XX",)


def stream_media(operation: model.Operation) -> model.Media | None:
    """Return the content type to ask for where an answer is read as it comes: events before JSON line by line before bytes."""
    by_kind: dict[str, model.Media] = {}
    for status in successes(operation):
        if status in operation.responses:
            for media in operation.responses[status].media:
                by_kind.setdefault(stream_kind(media), media)
    for kind in ("events", "lines", "bytes"):
        if kind in by_kind:
            return by_kind[kind]
    return None


def stream_kind(media: model.Media) -> str:
    """Return what a stream of a content type consists of: events, lines or bytes; "" where it is read whole."""
    if media.kind == model.EVENTS_KIND:
        return "events"
    if media_types.is_json_sequence(media.content_type):
        return "lines"
    if media.kind == model.BYTES_KIND:
        return "bytes"
    return ""


def stream_item(contract: Contract, media: model.Media) -> Schema | None:
    """Return the schema of the data of an event, or of a JSON value of a stream; None where the document says nothing of it.

    Before OpenAPI 3.2 documents say it by the schema of the whole. From 3.2 on there is `itemSchema`, which for server-sent events
    describes the event: an object that has its data as text (OpenAPI 3.2, section 4.14.3).
    """
    if media.item_schema is None:
        return media.schema
    resolved = target(media.item_schema, contract.types)[0]
    is_event = stream_kind(media) == "events"
    if is_event and isinstance(resolved, Object) and "data" in resolved.fields:
        return None
    return media.item_schema


def item_classes(contract: Contract, schema: Schema | None) -> tuple[str, ...]:
    """Return the classes of the items of a stream: one, or those of a union. Empty where an item may be anything else."""
    if schema is None:
        return ()
    resolved = target(schema, contract.types)[0]
    candidates: tuple[Schema, ...] = (resolved,)
    if isinstance(resolved, Union):
        candidates = resolved.variants
    names = []
    for candidate in candidates:
        item = target(candidate, contract.types)[0]
        if not isinstance(item, Object) or not is_class(contract, item):
            return ()
        names.append(contract.names.class_of(item))
    return tuple(names)


def _of_parameter(contract: Contract, parameter: model.Parameter) -> Schema:
    if is_text(contract, parameter):
        return _TEXT
    return parameter.schema


def _of_body(contract: Contract, media: model.Media) -> Schema:
    """The schema that types a body: anything if it is text, bytes, or a form without a class."""
    if media.schema is None or media.kind not in _STRUCTURED:
        return _UNTYPED
    resolved = target(media.schema, contract.types)[0]
    if media.kind == model.JSON_KIND or isinstance(resolved, Object):
        return media.schema
    return _UNTYPED


def _of_answer(media: model.Media) -> Schema:
    """The schema that types an answer: anything unless it is JSON."""
    if media.schema is None or media.kind != model.JSON_KIND:
        return _UNTYPED
    return media.schema


def is_class(contract: Contract, schema: Schema) -> bool:
    """Whether a schema becomes a class of its own: objects, and enums that Python's Literal can say."""
    match schema:
        case Object():
            return bool(contract.names.class_of(schema))
        case Enum(constant=False):
            types = {type(value) for value in schema.values}
            return types == {str} or (types == {int} and schema.type == "integer")
        case _:
            return False


def is_text(contract: Contract, parameter: model.Parameter) -> bool:
    """Whether callers give a parameter as a string, whatever its schema: a header or cookie that is not one plain value."""
    if parameter.where not in ("header", "cookie"):
        return False
    resolved = target(parameter.schema, contract.types)[0]
    match resolved:
        case Scalar():
            return resolved.type == "null" or resolved.format in _FORMATS
        case Binary():
            return False
        case Enum():
            is_plain = resolved.type in ("boolean", "integer", "number", "string")
            return resolved.constant or not is_plain
        case _:
            return True
