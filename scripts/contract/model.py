"""The contract: everything that a caller of the client relies on, as one plain value.

Reading makes it from a document, whole: references resolved, `allOf` merged, OpenAPI 3.0 turned into 3.1, every name chosen. Nothing is
filled in later; whatever comes after works from these values alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from scripts.contract.names import Names
from scripts.contract.schema import Schema, walk
from scripts.intake.yaml_text import Json as Json
from scripts.intake.yaml_text import Pointer as Pointer
from scripts.intake.yaml_text import at as at

JSON_KIND = "json"
FORM_KIND = "form"
MULTIPART_KIND = "multipart"
TEXT_KIND = "text"
BYTES_KIND = "bytes"
EVENTS_KIND = "events"
ANY_KIND = "any"  # `*/*`: whatever the type of the content itself says


@dataclass(frozen=True, slots=True, eq=False)
class Parameter:
    """A parameter of an operation: `where` is path, query, querystring (the whole query), header or cookie."""

    at: Pointer
    where: str
    name: str
    required: bool
    schema: Schema
    style: str  # one that `reading.parameters` allows in this place
    explode: bool
    media: str = ""  # content type, where `content` stands instead of a schema
    component: str = ""  # key in components/parameters
    notes: Mapping[str, Json] = field(default_factory=dict)
    description: str = ""
    example: Json = None


@dataclass(frozen=True, slots=True, eq=False)
class Media:
    """One content type of a body or an answer. `schema` is None where the document gives none.

    `item_schema` is that of each item of a stream (OpenAPI 3.2).
    """

    at: Pointer
    content_type: str
    kind: str  # json, form, multipart, text, bytes, events, any
    schema: Schema | None
    notes: Mapping[str, Json] = field(default_factory=dict)  # encoding, ...
    item_schema: Schema | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Body:
    """The request body of an operation, with its content types in the order of the document."""

    at: Pointer
    required: bool
    media: tuple[Media, ...]
    component: str = ""  # key in components/requestBodies
    notes: Mapping[str, Json] = field(default_factory=dict)
    description: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Response:
    """The response of an operation for one status: 200, 2XX or default."""

    at: Pointer
    status: str
    media: tuple[Media, ...]
    headers: Mapping[str, Schema] = field(default_factory=dict)  # by lower-case name
    component: str = ""  # key in components/responses
    notes: Mapping[str, Json] = field(default_factory=dict)  # links, ...
    description: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Scheme:
    """How a caller proves who it is. `kind`: apiKey, bearer, basic, oauth2, openIdConnect; others can't be used."""

    name: str
    kind: str
    where: str = ""  # apiKey: header, query or cookie; else header
    wire_name: str = ""  # of the header, query parameter or cookie
    notes: Mapping[str, Json] = field(default_factory=dict)  # flows, ...
    description: str = ""
    at: Pointer = ()


# The scopes of each scheme that is needed, all of them together; {} is anonymous.
Requirement = dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, eq=False)
class Server:
    """`url` has the defaults of the variables in it; `template` is as the document writes it."""

    url: str
    template: str
    notes: Mapping[str, Json] = field(default_factory=dict)  # variables
    at: Pointer = ()


@dataclass(frozen=True, slots=True, eq=False)
class Call:
    """One function for an operation. There is one for each request body that means something of its own; mostly one."""

    media: Media | None  # of the request body


@dataclass(frozen=True, slots=True)
class LeftOutPart:
    """An optional parameter or a response that the client does not have, of an operation that it has."""

    name: str  # "header parameter X-Trace", "response 404"
    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class Operation:
    """One operation. `security` and `servers` are what applies: its own, the path's, or the document's."""

    key: str  # "PATCH /models/modify-model"
    at: Pointer
    method: str  # lower case
    path: str
    id: str | None  # operationId
    tag: str  # the first, or "default"
    calls: tuple[Call, ...]
    parameters: tuple[Parameter, ...]
    body: Body | None
    responses: Mapping[str, Response]
    security: tuple[Requirement, ...]
    servers: tuple[Server, ...]
    own_security: bool = False
    own_servers: bool = False
    notes: Mapping[str, Json] = field(default_factory=dict)  # deprecated, ...
    summary: str = ""
    description: str = ""
    left_out_parts: tuple[LeftOutPart, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class LeftOut:
    """An operation of the document that the client does not have."""

    key: str
    at: Pointer
    reason: str
    content: Json = None  # what the document says of it, without prose; references stay


@dataclass(frozen=True, slots=True, eq=False)
class Contract:
    """Everything that callers rely on.

    Attributes:
        schemes: Security schemes that an operation uses.
        operations: Those that are generated, by key.
        left_out: Operations that are not, by key.
        types: What operations reach by references: by component name, or by pointer ("paths/~1pets/...").
        names: The Python names of all of this.
        parts: What references in the content of left-out operations stand for, without prose, by reference.
        incoming: Webhooks and callbacks, in which the service calls: their operations and types.
        warnings: What was not understood, each with its place.
        unused_overrides: Entries of class_overrides that match no class.
        nested_values: How values nested in queries and forms are written; empty where the maintainer has not decided that.
    """

    title: str
    version: str
    openapi: str
    servers: tuple[Server, ...]
    security: tuple[Requirement, ...]
    schemes: Mapping[str, Scheme]
    operations: Mapping[str, Operation]
    left_out: Mapping[str, LeftOut]
    types: Mapping[str, Schema]
    names: Names
    incoming: Contract | None = None
    parts: Mapping[str, Json] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    unused_overrides: tuple[str, ...] = ()
    nested_values: str = ""

    def package(self, operation: Operation) -> str:
        """The Python name of the folder below api/ that an operation is in."""
        return self.names.packages[operation.tag]

    def function(self, operation: Operation, call: Call) -> str:
        """The Python name of the module of a function."""
        sent = call.media.at if call.media else ()
        return self.names.functions[operation.at, sent]

    def argument(self, operation: Operation, parameter: Parameter) -> str:
        """The Python name of a parameter of an operation."""
        return self.names.parameters[operation.at, parameter.where, parameter.name]


def parameter_part(where: str, name: str) -> str:
    """The name of a parameter as a part of an operation."""
    return f"{where} parameter {name}"


def response_part(status: str) -> str:
    """The name of a response as a part of an operation."""
    return f"response {status}"


def without_each_part(operation: Operation) -> Iterator[tuple[str, Operation]]:
    """Yield the name of each part that an operation can do without, and the operation without it."""
    for parameter in operation.parameters:
        if not parameter.required:
            others = tuple(p for p in operation.parameters if p is not parameter)
            part = parameter_part(parameter.where, parameter.name)
            yield part, replace(operation, parameters=others)
    for status in operation.responses:
        responses = {s: r for s, r in operation.responses.items() if s != status}
        yield response_part(status), replace(operation, responses=responses)


def call_labels(operation: Operation) -> list[str]:
    """The labels of an operation's functions: the kind of body, and its content type where two are of one kind."""
    labels: list[str] = []
    for call in operation.calls:
        label = call.media.kind if call.media else ""
        if call.media and label in labels:
            label = call.media.content_type.split(";")[0].strip().lower()
        labels.append(label)
    return labels


def answer_media(response: Response) -> Media | None:
    """The content type of an answer that the client asks for: JSON before text before bytes before events; None where there is none."""
    kinds = (JSON_KIND, TEXT_KIND, BYTES_KIND, ANY_KIND)
    ranks = {kind: rank for rank, kind in enumerate(kinds)}
    ranked = sorted(response.media, key=lambda media: ranks.get(media.kind, len(ranks)))
    return next(iter(ranked), None)


def operation_key(place: Pointer) -> str:
    """ "METHOD /path" of the operation in which a place is; empty for any other place."""
    if place[:1] != ("paths",) or len(place) < 3:
        return ""
    method = place[2].upper()
    if place[2] == "additionalOperations" and len(place) > 3:
        method = place[3]
    return f"{method} {place[1]}"


def schemas_of(media: Media) -> Iterator[Schema]:
    """The schemas of a content type: of the whole, and of the items of a stream."""
    if media.schema is not None:
        yield media.schema
    if media.item_schema is not None:
        yield media.item_schema


def sent_and_received(operation: Operation) -> Iterator[tuple[Schema, bool]]:
    """The schemas that an operation declares, and whether a caller sends them; headers of answers apart."""
    for parameter in operation.parameters:
        yield parameter.schema, True
    if operation.body is not None:
        for media in operation.body.media:
            for schema in schemas_of(media):
                yield schema, True
    for response in operation.responses.values():
        for media in response.media:
            for schema in schemas_of(media):
                yield schema, False


def all_schemas(contract: Contract) -> Iterator[Schema]:
    """Each schema of a contract once, types first."""
    starts = list(contract.types.values())
    for operation in contract.operations.values():
        starts.extend(schema for schema, _sent in sent_and_received(operation))
    return walk(starts, contract.types)
