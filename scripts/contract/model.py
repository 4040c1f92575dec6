"""The contract: all that a caller of the client relies on. Prose, titles, examples and the order of things are not in it.

A place is a label that people read: `Pet` and `Pet.tags[]` for what components declare, `body of add_pet`, `query parameter limit of
list_pets` or `response 200 of add_pet` for what operations declare.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

Json = Any

ANY = "any"
OBJECT = "object"
ARRAY = "array"

_ROOTED_IN_OPERATION = (
    "body",
    "cookie",
    "header",
    "parameter",
    "path",
    "query",
    "request",
    "response",
)


@dataclass(slots=True, eq=False)
class Schema:
    """One schema as it is declared. `ref` names a component; nothing but `nullable` and `default` stands beside it."""

    place: str
    ref: str = ""
    kind: str = ANY
    format: str = ""
    nullable: bool = False
    enum: tuple[Json, ...] | None = None
    has_default: bool = False
    default: Json = None
    limits: dict[str, Json] = field(default_factory=dict)
    fields: dict[str, Schema] = field(default_factory=dict)
    required: frozenset[str] = frozenset()
    additional: bool | Schema | None = None  # None: the document says nothing
    items: Schema | None = None
    members: tuple[Schema, ...] = ()  # allOf
    variants: tuple[Schema, ...] = ()  # oneOf, anyOf, several types
    opaque: dict[str, str] = field(default_factory=dict)
    constant: bool = False  # `const`: makes no type of its own

    @property
    def is_object(self) -> bool:
        return self.kind == OBJECT


@dataclass(slots=True)
class Parameter:
    """A parameter of an operation: `where` is path, query, header or cookie."""

    place: str
    where: str
    name: str
    required: bool
    schema: Schema
    opaque: dict[str, str] = field(default_factory=dict)
    listed_at: str = ""  # the operation, or the path, that lists it
    shared: str = ""  # the component that it is, if it is one


@dataclass(slots=True)
class Content:
    """A request body or the body of an answer: a schema for each content type, None where the document gives none."""

    place: str
    types: dict[str, Schema | None]
    required: bool = False
    opaque: dict[str, str] = field(default_factory=dict)


Requirement = dict[str, tuple[str, ...]]


@dataclass(slots=True)
class Operation:
    """One call. `security` and `servers` are None where the document's own apply."""

    name: str
    id: str | None
    method: str
    path: str
    tag: str
    parameters: dict[tuple[str, str], Parameter]
    body: Content | None
    responses: dict[str, Content]
    security: list[Requirement] | None = None
    servers: list[str] | None = None
    opaque: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Names:
    """Python names by place: of types, of fields and parameters, of operations (their modules)."""

    types: dict[str, str] = field(default_factory=dict)
    fields: dict[str, str] = field(default_factory=dict)
    operations: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Contract:
    """Everything a caller relies on."""

    servers: list[str]
    security: list[Requirement]
    schemes: dict[str, str]
    operations: dict[str, Operation]
    types: dict[str, Schema]
    declared: frozenset[str]
    shared: dict[str, tuple[str, str]] = field(default_factory=dict)  # parameters
    names: Names = field(default_factory=Names)


def canonical(value: Json) -> str:
    """JSON text that is equal for equal values."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def rooted_in_operation(place: str) -> bool:
    """Whether an operation, not a component, declares what stands at the place. Component names hold no blank."""
    first, blank, _rest = place.partition(" ")
    return bool(blank) and first in _ROOTED_IN_OPERATION
