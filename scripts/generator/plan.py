"""What a contract becomes in code: its classes, its functions, and the type of every field, parameter, body and answer.

`lower` writes this down for the generator, `prove` compares it with what the generator made of that, and `own_modules` adds the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from scripts.common.text import text_fault
from scripts.contract import model
from scripts.contract.model import Contract, Schema

MOST_PARTS = 100  # of one type as it is written in code; Any stands for what is beyond

# The alternatives of a type, each once: "int" and the like, ("list", type), ("const", type, value), ("class", name).
Type = tuple[Any, ...]
ANYTHING: Type = ("Any",)
_KINDS = {
    "boolean": "bool",
    "integer": "int",
    "number": "float",
    "string": "str",
    "null": "None",
}
_FORMATS = {"date": "datetime.date", "date-time": "datetime.datetime", "uuid": "UUID"}

_SENT, _UPLOAD, _RECEIVED = "sent", "upload", "received"
_STRUCTURED = (model.JSON_KIND, model.FORM_KIND, model.MULTIPART_KIND)
_UNTYPED = Schema(())
_TEXT = Schema((), kind="string")


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
    values: frozenset[Any]
    fields: dict[str, Member]  # by wire name
    others: Type | None  # of fields that are not declared; None if there are none


class Function(NamedTuple):
    """How an operation is called with one of its bodies."""

    name: str
    method: str
    parameters: list[Member]
    bodies: list[tuple[bool, Type]]  # whether it is required; at most one
    answers: dict[str, Type | None]  # by status; None where nothing is read


class Plan(NamedTuple):
    """All classes and functions, each with what it is of the contract."""

    classes: list[tuple[Class, Schema]]
    functions: list[tuple[Function, model.Operation, model.Call]]


def plan(contract: Contract) -> Plan:
    """Decide for all that the operations of a contract send and receive."""
    return _Planner(contract).plan()


class _Planner:
    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._types: dict[tuple[int, bool], tuple[Type, int]] = {}
        roots = [r for o in contract.operations.values() for r in _roots(contract, o)]
        sent, uploaded, received = (
            [root for root, way in roots if way == wanted]
            for wanted in (_SENT, _UPLOAD, _RECEIVED)
        )
        types = contract.types
        self._sent = dict.fromkeys(model.walk(sent + uploaded, types))
        self._received = dict.fromkeys(model.walk(received, types))
        goals = [target(contract, root)[0] for root in uploaded]
        elsewhere = sent + received
        elsewhere += [held for goal in goals for held in model.inner(goal)]
        # Classes of multipart bodies, and of nothing else.
        self._uploads = {*goals} - {*model.walk(elsewhere, types)}

    def plan(self) -> Plan:
        functions = [
            (self._function(operation, call), operation, call)
            for operation in self._contract.operations.values()
            for call in operation.calls
        ]
        reached = self._sent | self._received
        classes = [(self._class(held), held) for held in reached if is_class(held)]
        return Plan(classes, functions)

    def _function(self, operation: model.Operation, call: model.Call) -> Function:
        contract, parameters, bodies = self._contract, [], []
        for held in operation.parameters:
            type_ = self._type(_of_parameter(contract, held))
            member = Member(held.name, held.python_name, held.required, type_)
            parameters.append(member)
        if call.media is not None and operation.body is not None:
            type_ = self._type(_of_body(contract, call.media))
            bodies.append((operation.body.required, type_))
        answers = {
            status: self._type(_of_answer(media)) if (media := answer(held)) else None
            for status, held in operation.responses.items()
        }
        name = f"{operation.package}.{call.module}"
        return Function(name, operation.method, parameters, bodies, answers)

    def _class(self, schema: Schema) -> Class:
        name, module = schema.class_name, schema.module_name
        if schema.values is not None:
            return Class(name, module, frozenset(schema.values), {}, None)
        files = schema in self._uploads
        required = schema.required - {*self._absent(schema)}
        fields = {}
        for wire, field in schema.fields.items():
            python, type_ = schema.python_names[wire], self._type(field, files)
            fields[wire] = Member(wire, python, wire in required, type_)
        more = schema.additional
        if isinstance(more, Schema):
            others: Type | None = self._type(more, files)
        else:
            others = ANYTHING if more else None
        return Class(name, module, frozenset(), fields, others)

    def _absent(self, schema: Schema) -> Iterator[str]:
        """The fields that do not travel in one of the directions in which a class does."""
        for name, field in schema.fields.items():
            notes = {**target(self._contract, field)[0].notes, **field.notes}
            for word, way in (("readOnly", self._sent), ("writeOnly", self._received)):
                if notes.get(word) is True and schema in way:
                    yield name

    def _type(self, use: Schema, files: bool = False) -> Type:
        """The type of a schema; binary strings are files if `files`."""
        return self._sized(use, files)[0]

    def _sized(self, use: Schema, files: bool) -> tuple[Type, int]:
        """A type and its number of parts. One that contains itself, or has too many, is anything."""
        goal, nullable = target(self._contract, use)
        if files and is_file(goal):
            return ("File",), 1  # a part of a multipart body is never null
        if is_class(goal):
            made, size = (("class", goal.class_name),), 1
        else:
            key = id(goal), files
            if key not in self._types:
                self._types[key] = ANYTHING, MOST_PARTS + 1  # inside itself
                self._types[key] = self._made(goal, files)
            made, size = self._types[key]
        if size > MOST_PARTS:
            return ANYTHING, 1
        if nullable and made != ANYTHING:
            made = _union([made, ("None",)])
        return made, size

    def _made(self, goal: Schema, files: bool) -> tuple[Type, int]:
        if goal.variants:
            held = [self._sized(variant, files) for variant in goal.variants]
        elif goal.values is not None:
            return _union(_of_value(goal, value) for value in goal.values), 1
        elif goal.kind == model.ARRAY:
            held = [self._sized(item, files) for item in goal.prefix]
            items = goal.items
            held.append(self._sized(items, files) if items else (ANYTHING, 0))
        elif goal.kind == "string":
            return (_FORMATS.get(goal.format, "str"),), 1
        else:
            return (_KINDS.get(goal.kind, "Any"),), 1
        union = _union(type_ for type_, _ in held)
        made = union if goal.variants else (("list", union),)
        return made, 1 + sum(size for _, size in held)


def _union(types: Iterable[Type]) -> Type:
    return tuple(dict.fromkeys(part for type_ in types for part in type_)) or ANYTHING


def _of_value(schema: Schema, value: model.Json) -> Type:
    """The type of one value of an enum or const."""
    if schema.constant and type(value) in (str, int, bool):  # what Literal takes
        return (("const", type(value), value),)
    kind = "float" if schema.kind == "number" else type(value).__name__
    return (kind,) if kind in _KINDS.values() else ANYTHING


def unusable(contract: Contract, operation: model.Operation) -> str:
    """Why code or the wire cannot hold what an operation names; empty if they can."""
    texts = [("name", operation.path)]
    for held in operation.parameters:
        token = held.where in ("header", "cookie")
        texts.append(("header" if token else "name", held.name))
    roots = (root for root, _way in _roots(contract, operation))
    reached = model.walk(roots, contract.types)
    texts += [("name", name) for held in reached for name in held.fields]
    return next((fault for text in texts if (fault := text_fault(*text))), "")


def _roots(
    contract: Contract, operation: model.Operation
) -> Iterator[tuple[Schema, str]]:
    """The schemas that make types of an operation, and how they travel."""
    for parameter in operation.parameters:
        yield _of_parameter(contract, parameter), _SENT
    for call in operation.calls:
        if call.media:
            multipart = call.media.kind == model.MULTIPART_KIND
            schema = _of_body(contract, call.media)
            yield schema, _UPLOAD if multipart else _SENT
    for response in operation.responses.values():
        if media := answer(response):
            yield _of_answer(media), _RECEIVED


def _of_parameter(contract: Contract, parameter: model.Parameter) -> Schema:
    return _TEXT if is_text(contract, parameter) else parameter.schema


def _of_body(contract: Contract, media: model.Media) -> Schema:
    """What types a body: anything if it is text, bytes, or a form of which no class can be made."""
    if media.schema is None or media.kind not in _STRUCTURED:
        return _UNTYPED
    goal = target(contract, media.schema)[0]
    usable = is_class(goal) and goal.kind == model.OBJECT
    return media.schema if usable or media.kind == model.JSON_KIND else _UNTYPED


def _of_answer(media: model.Media) -> Schema:
    """What types an answer: anything if it is no JSON."""
    return media.schema or _UNTYPED if media.kind == model.JSON_KIND else _UNTYPED


def answer(response: model.Response) -> model.Media | None:
    """The content type of an answer that the client asks for: JSON before text before bytes before events; None where there is none."""
    kinds = (model.JSON_KIND, model.TEXT_KIND, model.BYTES_KIND)
    ranks = {kind: rank for rank, kind in enumerate(kinds)}
    ranked = sorted(response.media, key=lambda media: ranks.get(media.kind, 9))
    return ranked[0] if ranked else None


def is_class(schema: Schema) -> bool:
    """Whether a schema becomes a class of its own: objects, and enums that Python's Literal can say."""
    if not schema.class_name or schema.ref or schema.variants or schema.constant:
        return False
    if schema.values is None:
        return schema.kind == model.OBJECT
    kinds = {type(value) for value in schema.values}
    return kinds == {str} or (kinds == {int} and schema.kind == "integer")


def is_file(schema: Schema) -> bool:
    """Whether a part of a multipart body is a file."""
    notes = schema.notes
    opaque = "contentMediaType" in notes and "contentEncoding" not in notes
    return schema.kind == "string" and (schema.format == "binary" or opaque)


def is_text(contract: Contract, parameter: model.Parameter) -> bool:
    """Whether the caller of an operation gives a parameter as text: headers and cookies that are no single plain value."""
    if parameter.where not in ("header", "cookie"):
        return False
    goal = target(contract, parameter.schema)[0]
    plain = goal.kind in ("boolean", "integer", "number", "string")
    timed = goal.format in _FORMATS and goal.values is None
    return not plain or timed or goal.constant


def target(contract: Contract, schema: Schema) -> tuple[Schema, bool]:
    """The schema that a reference leads to, and whether null may stand for it."""
    nullable = schema.nullable
    while schema.ref:
        schema = contract.types[schema.ref]
        nullable = nullable or schema.nullable
    return schema, nullable
