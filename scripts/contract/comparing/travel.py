"""Which types of a contract travel in which direction."""

from __future__ import annotations

from collections.abc import Iterator

from scripts.contract.comparing.changes import Direction
from scripts.contract.model import Contract, sent_and_received
from scripts.contract.schema import Object, Reference, Schema, inner_schemas
from scripts.contract.view import view


def is_silent(field: Schema | None, contract: Contract, way: Direction) -> bool:
    """Whether a field does not travel this way: it is only read, or only written."""
    flag = "readOnly" if way is Direction.SENT else "writeOnly"
    return field is not None and view(field, contract).notes.get(flag) is True


def traveling_types(contract: Contract, way: Direction) -> set[str]:
    """The keys of the types that callers send, or of those that they receive."""
    pending: list[Schema] = []
    for operation in contract.operations.values():
        for schema, is_sent in sent_and_received(operation):
            if is_sent == (way is Direction.SENT):
                pending.append(schema)
    keys: set[str] = set()
    seen: set[int] = set()
    for schema in pending:  # grows
        if id(schema) in seen:
            continue
        seen.add(id(schema))
        pending.extend(_inside(schema, contract, way))
        if isinstance(schema, Reference) and schema.key not in keys:
            keys.add(schema.key)
            pending.append(contract.types[schema.key])
    return keys


def _inside(schema: Schema, contract: Contract, way: Direction) -> Iterator[Schema]:
    """The schemas inside another one, without fields that do not travel this way."""
    hidden: set[int] = set()
    if isinstance(schema, Object):
        fields = schema.fields.values()
        hidden = {id(field) for field in fields if is_silent(field, contract, way)}
    for inner in inner_schemas(schema):
        if id(inner) not in hidden:
            yield inner
