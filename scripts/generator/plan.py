"""What the schemas of a contract become in code: which are classes, which fields are required, which are files, where a type has to end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from scripts.contract import model
from scripts.errors import GenerationError

Fault = tuple[model.Operation | model.Schema, str]  # what cannot be carried, and why

MOST_PARTS = 100  # of one type as it is written in code; Any stands for what is beyond
_MODELS = (model.FORM_KIND, model.MULTIPART_KIND)


class UnplacedError(GenerationError):
    """Something failed, and nothing says at which operation."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Sets hold the `id` of schemas of the contract."""

    classes: tuple[model.Schema, ...]
    sent: frozenset[int]
    received: frozenset[int]
    uploads: frozenset[int]  # classes of multipart bodies, and of nothing else
    cut: frozenset[int]  # uses of types that contain themselves or grow too large

    def required(
        self, contract: model.Contract, schema: model.Schema
    ) -> frozenset[str]:
        """The fields that an object always has, whichever way it travels."""
        optional = set()
        for name, field in schema.fields.items():
            notes = {**target(contract, field)[0].notes, **field.notes}
            if (notes.get("readOnly") is True and id(schema) in self.sent) or (
                notes.get("writeOnly") is True and id(schema) in self.received
            ):
                optional.add(name)
        return frozenset(schema.required & schema.fields.keys() - optional)


def plan(contract: model.Contract) -> Plan:
    """Decide for all that the operations of a contract send and receive."""
    every: dict[int, model.Schema] = {}
    sent: dict[int, model.Schema] = {}
    received: dict[int, model.Schema] = {}
    nested: dict[int, model.Schema] = {}
    bodies = set()
    starts: list[model.Schema] = []
    for operation in contract.operations.values():
        for root, way, media in roots(contract, operation):
            starts.append(root)
            _reach(contract, [root], sent if way else received)
            held = [root]
            if media is not None and media.kind == model.MULTIPART_KIND:
                body = target(contract, root)[0]
                bodies.add(id(body))
                held = list(model.inner(body))
            _reach(contract, held, nested)
    every = {**sent, **received}
    classes = tuple(schema for schema in every.values() if is_class(schema))
    for schema in classes:
        starts += model.inner(schema)
    return Plan(
        classes,
        frozenset(sent),
        frozenset(received),
        frozenset(bodies - nested.keys()),
        frozenset(_cuts(contract, starts)),
    )


def reached(
    contract: model.Contract, operation: model.Operation
) -> dict[int, model.Schema]:
    """All schemas that an operation sends and receives, by their `id`."""
    found: dict[int, model.Schema] = {}
    _reach(contract, (root for root, *_ in roots(contract, operation)), found)
    return found


def roots(
    contract: model.Contract, operation: model.Operation
) -> Iterator[tuple[model.Schema, bool, model.Media | None]]:
    """The schemas that make types of an operation, whether they are sent, and the content type that they stand in."""
    for parameter in operation.parameters:
        if not is_text(contract, parameter):
            yield parameter.schema, True, None
    for call in operation.calls:
        if body_schema(contract, call) is not None:
            assert call.media is not None
            assert call.media.schema is not None
            yield call.media.schema, True, call.media
    for response in operation.responses.values():
        media = answer(response)
        if (
            media is not None
            and media.kind == model.JSON_KIND
            and media.schema is not None
        ):
            yield media.schema, False, media


def answer(response: model.Response) -> model.Media | None:
    """The content type of an answer that the client asks for: JSON before text before bytes before events; None where there is none."""
    kinds = (model.JSON_KIND, model.TEXT_KIND, model.BYTES_KIND)
    ranked = sorted(
        response.media,
        key=lambda media: kinds.index(media.kind) if media.kind in kinds else 9,
    )
    return ranked[0] if ranked else None


def body_schema(contract: model.Contract, call: model.Call) -> model.Schema | None:
    """What types the body of a call; None where it is text, bytes, or a form of which no class can be made."""
    media = call.media
    if media is None or media.schema is None:
        return None
    if media.kind in _MODELS:
        schema = target(contract, media.schema)[0]
        return (
            media.schema if is_class(schema) and schema.kind == model.OBJECT else None
        )
    return media.schema if media.kind == model.JSON_KIND else None


def is_class(schema: model.Schema) -> bool:
    """Whether a schema becomes a class of its own: objects, and enums that Python's Literal can say."""
    if not schema.class_name or schema.ref or schema.variants or schema.constant:
        return False
    if schema.values is None:
        return schema.kind == model.OBJECT
    kinds = {type(value) for value in schema.values}
    return kinds == {str} or (kinds == {int} and schema.kind == "integer")


def is_literal(schema: model.Schema, value: model.Json) -> bool:
    """Whether a constant is typed as just its value; the generator escapes quotes and backslashes in one twice."""
    if isinstance(value, str):
        return schema.constant and value.isprintable() and not {*'"\\'} & {*value}
    return schema.constant and type(value) in (int, bool)


def is_file(schema: model.Schema) -> bool:
    """Whether a part of a multipart body is a file."""
    opaque = (
        "contentMediaType" in schema.notes and "contentEncoding" not in schema.notes
    )
    return schema.kind == "string" and (schema.format == "binary" or opaque)


def is_text(contract: model.Contract, parameter: model.Parameter) -> bool:
    """Whether the caller of an operation gives a parameter as text: headers and cookies that are no single plain value."""
    if parameter.where not in ("header", "cookie"):
        return False
    goal = target(contract, parameter.schema)[0]
    plain = goal.kind in ("boolean", "integer", "number", "string")
    timed = goal.format in ("date", "date-time", "uuid") and goal.values is None
    return not plain or timed or goal.constant


def target(contract: model.Contract, schema: model.Schema) -> tuple[model.Schema, bool]:
    """The schema that a reference leads to, and whether null may stand for it."""
    nullable = schema.nullable
    while schema.ref:
        schema = contract.types[schema.ref]
        nullable = nullable or schema.nullable
    return schema, nullable


def _reach(
    contract: model.Contract,
    starts: Iterable[model.Schema],
    found: dict[int, model.Schema],
) -> None:
    """Add the schemas that some lead to, base types included."""
    pending = list(starts)
    while pending:
        schema = target(contract, pending.pop())[0]
        if id(schema) not in found:
            found[id(schema)] = schema
            pending += model.inner(schema)
            pending += [contract.types[base] for base in schema.bases]


def _cuts(contract: model.Contract, starts: Iterable[model.Schema]) -> set[int]:
    cut: set[int] = set()
    sizes: dict[int, int] = {}
    around: set[int] = set()

    def size(use: model.Schema) -> int:
        goal = target(contract, use)[0]
        if is_class(goal):
            return 1
        if id(goal) in around:
            cut.add(id(use))
            return 1
        if id(goal) not in sizes:
            around.add(id(goal))
            held = (
                model.inner(goal) if goal.kind == model.ARRAY or goal.variants else ()
            )
            sizes[id(goal)] = 1 + sum(map(size, held))
            around.remove(id(goal))
        if sizes[id(goal)] > MOST_PARTS:
            cut.add(id(use))
            return 1
        return sizes[id(goal)]

    for start in starts:
        size(start)
    return cut
