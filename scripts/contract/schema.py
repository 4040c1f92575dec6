"""The schemas of a contract: one class for each kind, in the words of JSON Schema 2020-12.

Schemas are values: reading makes each whole, with `allOf` merged and OpenAPI 3.0 turned into 3.1, and nothing changes it later. A reference
keeps the key of its target in `Contract.types`.

A new kind is made in `reading.schemas`, comes back from the lock file in `lock_reader`, and is compared in `comparing.schemas`. Until they
know it, `reading.shapes` and `comparing.words` treat it like a single value. mypy reports the places that tell all kinds apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, TypeAlias, assert_never

from scripts.intake.yaml_text import Json, Pointer

ANY = "any"
ARRAY = "array"
OBJECT = "object"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SchemaBase:
    """The base class of all kinds. Two schemas are the same one only if they are the same object.

    Attributes:
        pointer: Where the schema is declared, or where it was merged; unique to it.
        nullable: Whether null is allowed beside what the kind says.
        format: The keyword of this name.
        limits: Keywords that restrict values and make no type: `minimum`, `pattern`, `not`, `if` and so on.
        notes: Annotations: `default`, `readOnly`, `deprecated`, `contentMediaType`, `xml`, `x-sunset`, unknown keywords and so on.
        bases: Keys of the types that `allOf` merged into this schema.
        description: `description`, else `title`.
        example: The first example.
        rule: What validates the same values: JSON Schema 2020-12 with references as "#/$defs/KEY" by the keys of `Contract.types`.
    """

    pointer: Pointer
    nullable: bool = False
    format: str = ""
    limits: Mapping[str, Json] = field(default_factory=dict)
    notes: Mapping[str, Json] = field(default_factory=dict)
    bases: tuple[str, ...] = ()
    description: str = ""
    example: Json = None
    rule: Json = True


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Reference(SchemaBase):
    """A use of a type: nothing but `nullable`, annotations and prose stand beside the reference."""

    key: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Never(SchemaBase):
    """No value is allowed: the schema `false`."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Anything(SchemaBase):
    """Values of any type, within the limits."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scalar(SchemaBase):
    """A single value. `type` is null, boolean, integer, number or string."""

    type: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Binary(SchemaBase):
    """A string that stands for bytes; see `stands_for_bytes`."""

    type: str = "string"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Enum(SchemaBase):
    """One of several values, null not among them. `type` is the one that is declared, else that of all values, else "any"."""

    type: str
    values: tuple[Json, ...]
    constant: bool = False  # written as `const`


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Array(SchemaBase):
    """An array. `prefix` is prefixItems; `items` is None where anything may stand after these."""

    items: Schema | None = None
    prefix: tuple[Schema, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Object(SchemaBase):
    """An object with its declared fields by wire name, in the document's order.

    Attributes:
        required: As declared, read-only fields included.
        additional: What fields without a declaration may be.
    """

    fields: Mapping[str, Schema] = field(default_factory=dict)
    required: frozenset[str] = frozenset()
    additional: Schema | bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Discriminator:
    """The property whose value names the variant of a union.

    Attributes:
        variants: By value, an index into `Union.variants`.
        is_stated: Whether the document states the values of all variants. Else services may send others for them.
        otherwise: The index of the variant that all other values mean, if there is one.
    """

    property: str
    variants: Mapping[str, int]
    is_stated: bool = True
    otherwise: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Union(SchemaBase):
    """One of several schemas, null not among them: `oneOf`, `anyOf`, or a list of types."""

    variants: tuple[Schema, ...]
    exclusive: bool = False  # oneOf
    discriminator: Discriminator | None = None


Schema: TypeAlias = (
    Reference | Never | Anything | Scalar | Binary | Enum | Array | Object | Union
)
Types: TypeAlias = Mapping[str, Schema]
NO_TYPES: Types = MappingProxyType({})


def whole(value: object) -> object:
    """`1.0` is the number `1`: JSON does not tell them apart (JSON Schema Core, 4.2.1)."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def stands_for_bytes(format_: str, notes: Mapping[str, Json]) -> bool:
    """Whether a string with this format and these annotations is binary."""
    if format_ == "binary":
        return True
    return "contentMediaType" in notes and "contentEncoding" not in notes


def shared_fields(schema: SchemaBase) -> dict[str, Any]:
    """The fields that every kind of schema has, as keyword arguments for one of another kind."""
    return {name: getattr(schema, name) for name in SchemaBase.__slots__}


def inner_schemas(schema: Schema) -> Sequence[Schema]:
    """The schemas directly inside a schema, references not followed."""
    match schema:
        case Scalar() | Reference() | Enum() | Binary() | Anything() | Never():
            return ()
        case Object():
            if isinstance(schema.additional, bool):
                return tuple(schema.fields.values())
            return (*schema.fields.values(), schema.additional)
        case Array():
            if schema.items is None:
                return schema.prefix
            return (*schema.prefix, schema.items)
        case Union():
            return schema.variants
        case _:
            assert_never(schema)


def type_name(schema: Schema) -> str:
    """The type of JSON Schema that a schema has; "any" for a reference, a union, and whatever allows several types."""
    match schema:
        case Scalar() | Binary() | Enum():
            return schema.type
        case Array():
            return ARRAY
        case Object():
            return OBJECT
        case Reference() | Never() | Anything() | Union():
            return ANY


def walk(
    starts: Iterable[Schema], types: Types = NO_TYPES, *, bases: bool = True
) -> Iterator[Schema]:
    """Each schema once: those to start with, and all inside them.

    Args:
        types: Types of which those are visited too that a schema refers to.
        bases: Whether to visit the types that `allOf` merged into a schema as well.
    """
    seen: set[int] = set()
    for start in starts:
        pending = [start]
        for schema in pending:  # grows
            if id(schema) in seen:
                continue
            seen.add(id(schema))
            yield schema
            pending += inner_schemas(schema)
            if isinstance(schema, Reference) and schema.key in types:
                pending.append(types[schema.key])
            if bases and schema.bases:
                pending += [types[key] for key in schema.bases if key in types]


def target(schema: Schema, types: Types) -> tuple[Schema, bool]:
    """The schema that a chain of references ends at, and whether null may stand for it. `view` also knows the annotations on the way."""
    nullable = schema.nullable
    while isinstance(schema, Reference):
        schema = types[schema.key]
        nullable = nullable or schema.nullable
    return schema, nullable
