"""The contract: everything that a caller of the client relies on, as one plain value.

`read` makes it from a document, whole: references resolved, `allOf` merged, OpenAPI 3.0 turned into 3.1, every name chosen. Nothing is
read lazily and nothing is filled in later; whatever comes after works from these values alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from scripts.intake.yaml_text import Json as Json
from scripts.intake.yaml_text import Pointer as Pointer
from scripts.intake.yaml_text import at as at

ANY = "any"
ARRAY = "array"
OBJECT = "object"


@dataclass(slots=True, eq=False)
class Discriminator:
    """The property whose value names the variant of a union."""

    property: str
    variants: dict[str, int]  # value: index into Schema.variants


@dataclass(slots=True, eq=False)
class Schema:
    """One schema in the words of JSON Schema 2020-12, `allOf` merged.

    With `ref`, it is a use of `Contract.types[ref]`: only `nullable`, `notes` and the prose stand beside the reference. With
    `variants`, it is a union, and `kind` is ANY. An enum without a type of its own has the type of its values.
    """

    at: Pointer  # unique to this schema: where it is declared, or merged
    ref: str = ""  # key in Contract.types
    kind: str = ANY  # any, null, boolean, integer, number, string, array, object
    nullable: bool = False
    format: str = ""
    values: tuple[Json, ...] | None = None  # enum or const, without null
    constant: bool = False  # const, or an enum of one value that was written as const
    fields: dict[str, Schema] = field(default_factory=dict)  # by wire name, in order
    required: frozenset[str] = frozenset()  # as declared, read-only fields included
    additional: Schema | bool = True  # what fields without a declaration may be
    items: Schema | None = None  # of an array; None where anything may stand there
    prefix: tuple[Schema, ...] = ()  # prefixItems
    variants: tuple[Schema, ...] = ()  # oneOf, anyOf, or a list of types, without null
    exclusive: bool = False  # oneOf
    discriminator: Discriminator | None = None
    # Keywords that restrict values and make no type: minimum, pattern, not, if, ...
    limits: dict[str, Json] = field(default_factory=dict)
    # Annotations: default, readOnly, deprecated, contentMediaType, xml, x-sunset, unknown keywords, ...
    notes: dict[str, Json] = field(default_factory=dict)
    bases: tuple[str, ...] = ()  # components that `allOf` merged into this
    description: str = ""
    example: Json = None
    rule: Json = True  # what validates: JSON Schema 2020-12, references as "#/$defs/KEY" with the keys of Contract.types
    class_name: str = ""  # of objects with declared fields, of free-form objects that get a class, and of enums; else ""
    module_name: str = ""  # where the class is, below models/
    python_names: dict[str, str] = field(default_factory=dict)  # of fields


@dataclass(slots=True, eq=False)
class Parameter:
    """A parameter of an operation: `where` is path, query, header or cookie."""

    at: Pointer
    where: str
    name: str
    python_name: str
    required: bool
    schema: Schema
    style: str  # simple, form, spaceDelimited, pipeDelimited, deepObject
    explode: bool
    media: str = ""  # content type, where `content` stands instead of a schema
    component: str = ""  # key in components/parameters
    notes: dict[str, Json] = field(default_factory=dict)
    description: str = ""
    example: Json = None


JSON_KIND = "json"
FORM_KIND = "form"
MULTIPART_KIND = "multipart"
TEXT_KIND = "text"
BYTES_KIND = "bytes"
EVENTS_KIND = "events"


@dataclass(slots=True, eq=False)
class Media:
    """One content type of a body or an answer. `schema` is None where the document gives none."""

    at: Pointer
    content_type: str
    kind: str  # json, form, multipart, text, bytes, events
    schema: Schema | None
    notes: dict[str, Json] = field(default_factory=dict)  # encoding, ...


@dataclass(slots=True, eq=False)
class Body:
    """What an operation is sent, in the document's order of content types."""

    at: Pointer
    required: bool
    media: tuple[Media, ...]
    component: str = ""  # key in components/requestBodies
    notes: dict[str, Json] = field(default_factory=dict)
    description: str = ""


@dataclass(slots=True, eq=False)
class Response:
    """What an operation answers under one status: 200, 2XX or default."""

    at: Pointer
    status: str
    media: tuple[Media, ...]
    headers: dict[str, Schema] = field(default_factory=dict)  # by lower-case name
    component: str = ""  # key in components/responses
    notes: dict[str, Json] = field(default_factory=dict)  # links, ...
    description: str = ""


@dataclass(slots=True, eq=False)
class Scheme:
    """How a caller proves who it is. `kind`: apiKey, bearer, basic, oauth2, openIdConnect; others can't be carried."""

    name: str
    kind: str
    where: str = ""  # apiKey: header, query or cookie; else header
    wire_name: str = ""  # of the header, query parameter or cookie
    notes: dict[str, Json] = field(default_factory=dict)  # flows, openIdConnectUrl, ...
    description: str = ""
    at: Pointer = ()


# The scopes of each scheme that is needed, all of them together; {} is anonymous.
Requirement = dict[str, tuple[str, ...]]


@dataclass(slots=True, eq=False)
class Server:
    """`url` has the defaults of the variables in it; `template` is as the document writes it."""

    url: str
    template: str
    notes: dict[str, Json] = field(default_factory=dict)  # variables
    at: Pointer = ()


@dataclass(slots=True, eq=False)
class Call:
    """One function for an operation. There is one for each request body that means something of its own; mostly one."""

    module: str  # Python name of the module
    media: Media | None  # of the request body


@dataclass(slots=True, eq=False)
class Operation:
    """One operation. `security` and `servers` are what applies: its own, the path's, or the document's."""

    key: str  # "PATCH /models/modify-model"
    at: Pointer
    method: str  # lower case
    path: str
    id: str | None  # operationId
    tag: str  # the first, or "default"
    package: str  # Python name of the folder below api/
    calls: tuple[Call, ...]
    parameters: tuple[Parameter, ...]
    body: Body | None
    responses: dict[str, Response]
    security: tuple[Requirement, ...]
    servers: tuple[Server, ...]
    own_security: bool = False
    own_servers: bool = False
    notes: dict[str, Json] = field(default_factory=dict)  # deprecated, callbacks, ...
    summary: str = ""
    description: str = ""


@dataclass(slots=True, eq=False)
class LeftOut:
    """An operation of the document that the client does not have."""

    key: str
    at: Pointer
    reason: str
    content: Json = None  # what the document says of it, without prose


@dataclass(slots=True, eq=False)
class Contract:
    """Everything that callers rely on."""

    title: str
    version: str
    openapi: str
    servers: tuple[Server, ...]
    security: tuple[Requirement, ...]
    schemes: dict[str, Scheme]  # those that an operation uses
    operations: dict[str, Operation]  # by key; those that are carried
    left_out: dict[str, LeftOut]  # by key
    # What operations reach by references: by component name, or by pointer ("paths/~1pets/...").
    types: dict[str, Schema]
    webhooks: Json = None  # what the document says of them, without prose
    warnings: tuple[str, ...] = ()  # what was not understood, each with its place
    unused_overrides: tuple[str, ...] = ()  # of class_overrides, which match no class


def inner(schema: Schema) -> Iterator[Schema]:
    """The schemas directly inside a schema, references not followed."""
    yield from schema.fields.values()
    yield from schema.prefix
    yield from schema.variants
    for held in (schema.items, schema.additional):
        if isinstance(held, Schema):
            yield held


def roots(operation: Operation) -> Iterator[tuple[Schema, bool]]:
    """The schemas that an operation declares, and whether a caller sends them."""
    sent = operation.body.media if operation.body else ()
    received = [m for r in operation.responses.values() for m in r.media]
    yield from ((parameter.schema, True) for parameter in operation.parameters)
    yield from ((media.schema, True) for media in sent if media.schema)
    yield from ((media.schema, False) for media in received if media.schema)


def walk(
    starts: Iterable[Schema],
    types: Mapping[str, Schema] = MappingProxyType({}),
    *,
    bases: bool = True,
) -> Iterator[Schema]:
    """Each schema once: of those to start with and all inside them; with `types`, also of what they refer to and, with `bases`, extend."""
    seen: set[int] = set()
    for start in starts:
        waiting = [start]
        for schema in waiting:  # grows
            if id(schema) not in seen:
                seen.add(id(schema))
                yield schema
                waiting += inner(schema)
                keys = (schema.ref, *(schema.bases if bases else ()))
                waiting += [types[key] for key in keys if key in types]


def every(contract: Contract) -> Iterator[Schema]:
    """Each schema of a contract once, types first."""
    declared = (s for o in contract.operations.values() for s, _sent in roots(o))
    return walk([*contract.types.values(), *declared])
