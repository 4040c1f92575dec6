"""What the schemas of a contract become in code: which are classes, which fields are required, which are files, where a type has to end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from scripts import safety
from scripts.contract import model
from scripts.contract.model import Contract, Schema

MOST_PARTS = 100  # of one type as it is written in code; Any stands for what is beyond
_ANYTHING = Schema(())
_TEXT = Schema((), kind="string")


@dataclass(frozen=True, slots=True)
class Plan:
    """What is keyed by `id` is a schema of the contract."""

    classes: tuple[Schema, ...]
    required: dict[int, frozenset[str]]  # what an object always has, either way
    uploads: frozenset[int]  # classes of multipart bodies, and of nothing else
    cut: frozenset[int]  # uses of types that contain themselves or grow too large


def plan(contract: Contract) -> Plan:
    """Decide for all that the operations of a contract send and receive."""
    sent: dict[int, Schema] = {}
    received: dict[int, Schema] = {}
    elsewhere: dict[int, Schema] = {}  # than as the body of a multipart request
    uploads: set[int] = set()
    starts: list[Schema] = []
    for operation in contract.operations.values():
        multipart = {
            id(call.media.schema)
            for call in operation.calls
            if call.media and call.media.kind == model.MULTIPART_KIND
        }
        for root, is_sent in _roots(contract, operation):
            starts.append(root)
            _reach(contract, [root], sent if is_sent else received)
            if id(root) in multipart:
                goal = target(contract, root)[0]
                uploads.add(id(goal))
                _reach(contract, model.inner(goal), elsewhere)
            else:
                _reach(contract, [root], elsewhere)
    classes = tuple(held for held in {**sent, **received}.values() if is_class(held))
    required = {}
    for held in classes:
        starts += model.inner(held)
        required[id(held)] = held.required & held.fields.keys() - {
            name
            for name, field in held.fields.items()
            for word, way in (("readOnly", sent), ("writeOnly", received))
            if {**target(contract, field)[0].notes, **field.notes}.get(word) is True
            and id(held) in way
        }
    cut = _cuts(contract, starts)
    return Plan(classes, required, frozenset(uploads - elsewhere.keys()), cut)


def unusable(contract: Contract, operation: model.Operation) -> str:
    """Why code or the wire cannot hold what an operation names; empty if they can."""
    texts = [("name", operation.path)]
    for held in operation.parameters:
        token = held.where in ("header", "cookie")
        texts.append(("header" if token else "name", held.name))
    reached: dict[int, Schema] = {}
    _reach(contract, (root for root, _ in _roots(contract, operation)), reached)
    texts += [("name", name) for held in reached.values() for name in held.fields]
    return next((fault for text in texts if (fault := safety.fault(*text))), "")


def _roots(
    contract: Contract, operation: model.Operation
) -> Iterator[tuple[Schema, bool]]:
    """The schemas that make types of an operation, and whether they are sent."""
    for parameter in operation.parameters:
        yield parameter_schema(contract, parameter), True
    for call in operation.calls:
        yield body_schema(contract, call), True
    for response in operation.responses.values():
        yield answer_schema(response), False


def parameter_schema(contract: Contract, parameter: model.Parameter) -> Schema:
    """What types a parameter."""
    return _TEXT if is_text(contract, parameter) else parameter.schema


def body_schema(contract: Contract, call: model.Call) -> Schema:
    """What types the body of a call: anything if it is text, bytes, or a form of which no class can be made."""
    media = call.media
    if media is None or media.schema is None:
        return _ANYTHING
    if media.kind in (model.FORM_KIND, model.MULTIPART_KIND):
        goal = target(contract, media.schema)[0]
        usable = is_class(goal) and goal.kind == model.OBJECT
        return media.schema if usable else _ANYTHING
    return media.schema if media.kind == model.JSON_KIND else _ANYTHING


def answer_schema(response: model.Response) -> Schema:
    """What types an answer: anything if it is no JSON."""
    media = answer(response)
    is_json = media is not None and media.kind == model.JSON_KIND
    return media.schema or _ANYTHING if media and is_json else _ANYTHING


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


def is_literal(schema: Schema, value: model.Json) -> bool:
    """Whether a constant is typed as just its value, which Python's Literal must take."""
    return schema.constant and type(value) in (str, int, bool)


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
    timed = goal.format in ("date", "date-time", "uuid") and goal.values is None
    return not plain or timed or goal.constant


def target(contract: Contract, schema: Schema) -> tuple[Schema, bool]:
    """The schema that a reference leads to, and whether null may stand for it."""
    nullable = schema.nullable
    while schema.ref:
        schema = contract.types[schema.ref]
        nullable = nullable or schema.nullable
    return schema, nullable


def _reach(
    contract: Contract, starts: Iterable[Schema], found: dict[int, Schema]
) -> None:
    """Add the schemas that some lead to, base types included."""
    pending = list(starts)
    while pending:
        schema = target(contract, pending.pop())[0]
        if id(schema) not in found:
            found[id(schema)] = schema
            pending += model.inner(schema)
            pending += [contract.types[base] for base in schema.bases]


def _cuts(contract: Contract, starts: Iterable[Schema]) -> frozenset[int]:
    cut: set[int] = set()
    sizes: dict[int, int] = {}

    def size(use: Schema) -> int:
        goal = target(contract, use)[0]
        if is_class(goal):
            return 1
        if id(goal) not in sizes:
            sizes[id(goal)] = MOST_PARTS + 1  # as it stands inside itself
            written = goal.kind == model.ARRAY or goal.variants
            inside = model.inner(goal) if written else ()
            sizes[id(goal)] = 1 + sum(map(size, inside))
        if sizes[id(goal)] > MOST_PARTS:
            cut.add(id(use))
            return 1
        return sizes[id(goal)]

    for start in starts:
        size(start)
    return frozenset(cut)
