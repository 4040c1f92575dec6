"""The shapes of values that a schema allows: whether parameters and forms can express them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from scripts.contract.reading.parts import leave_out
from scripts.contract.schema import (
    Array,
    Binary,
    Object,
    Reference,
    Schema,
    Types,
    Union,
)


def nested_part(
    schema: Schema, types: Types, broken: Mapping[str, str], *, lists: bool
) -> str:
    """The name of a part that is nested too deeply for any style; empty where there is none.

    Args:
        broken: Why types cannot be read, by key.
        lists: Whether the style can write lists in fields, as `deepObject` does.

    Raises:
        DocumentError: A type cannot be read.
    """
    for shape in _shapes(schema, types, broken):
        for name, schema_inside in _named_parts(shape):
            for inner in _shapes(schema_inside, types, broken):
                if isinstance(inner, Object):
                    return name
                if not isinstance(inner, Array):
                    continue
                if not (lists and isinstance(shape, Object)):
                    return name
                if inner.items is None:
                    continue
                items = _shapes(inner.items, types, broken)
                if any(isinstance(item, Array | Object) for item in items):
                    return name
    return ""


def form_fields(
    schema: Schema, types: Types, broken: Mapping[str, str]
) -> Iterator[tuple[str, Schema]]:
    """The fields that a form may have, each after its name for messages. Raises DocumentError where a type cannot be read."""
    for shape in _shapes(schema, types, broken):
        if isinstance(shape, Object):
            yield from _named_parts(shape)


def is_structured(schema: Schema, types: Types, broken: Mapping[str, str]) -> bool:
    """Whether a value may be an object, or an array of something that is no scalar."""
    for shape in _shapes(schema, types, broken):
        if isinstance(shape, Object):
            return True
        if isinstance(shape, Array) and shape.items is not None:
            items = _shapes(shape.items, types, broken)
            if any(isinstance(item, Array | Object) for item in items):
                return True
    return False


def has_files(schema: Schema, types: Types, broken: Mapping[str, str]) -> bool:
    """Whether a field may be a file, or a list of files. Raises DocumentError where a type cannot be read."""
    for _name, field in form_fields(schema, types, broken):
        for shape in _shapes(field, types, broken):
            if isinstance(shape, Binary):
                return True
            if isinstance(shape, Array) and shape.items is not None:
                items = _shapes(shape.items, types, broken)
                if any(isinstance(item, Binary) for item in items):
                    return True
    return False


def _named_parts(shape: Schema) -> Iterator[tuple[str, Schema]]:
    """The schemas inside an object or array, each after its name for messages."""
    if isinstance(shape, Object):
        yield from shape.fields.items()
        if not isinstance(shape.additional, bool):
            yield "others", shape.additional
    elif isinstance(shape, Array) and shape.items is not None:
        yield "its items", shape.items


def _shapes(
    schema: Schema, types: Types, broken: Mapping[str, str]
) -> Iterator[Schema]:
    """The schemas that a value may have, each once: the schema, or the variants of a union, with references followed."""
    seen: set[int] = set()
    pending = [schema]
    for shape in pending:  # grows
        if id(shape) in seen:
            continue
        seen.add(id(shape))
        match shape:
            case Reference():
                if shape.key in broken:
                    leave_out(broken[shape.key])
                pending.append(types[shape.key])
            case Union():
                pending.extend(shape.variants)
            case _:
                yield shape
