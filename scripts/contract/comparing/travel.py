"""Which types of a contract travel in which direction."""

from __future__ import annotations

from collections.abc import Iterator

from scripts.contract.comparing.changes import Direction
from scripts.contract.model import Contract, sent_and_received
from scripts.contract.schema import Object, Reference, Schema, inner_schemas
from scripts.contract.view import view
from scripts.intake.yaml_text import Pointer


def is_silent(field: Schema | None, contract: Contract, way: Direction) -> bool:
    """Whether a field does not travel this way: it is only read, or only written."""
    flag = "readOnly" if way is Direction.SENT else "writeOnly"
    return field is not None and view(field, contract).notes.get(flag) is True


def traveling_types(
    contract: Contract, way: Direction, *, is_incoming: bool = False
) -> dict[Pointer, Schema]:
    """What has a name in components, or stands inside such a component, and travels one way, by place.

    Args:
        contract: The contract.
        way: Whether callers send it or receive it.
        is_incoming: Whether the operations are those that the service calls, of which callers receive the bodies.
    """
    is_wanted_sent = (way is Direction.SENT) is not is_incoming
    pending: list[Schema] = []
    for operation in contract.operations.values():
        for schema, is_sent in sent_and_received(operation):
            if is_sent is is_wanted_sent:
                pending.append(schema)
    by_place: dict[Pointer, Schema] = {}
    seen: set[int] = set()
    for schema in pending:  # grows
        if id(schema) in seen:
            continue
        seen.add(id(schema))
        pending.extend(_inside(schema, contract, way))
        if isinstance(schema, Reference):
            pending.append(contract.types[schema.key])
        elif schema.pointer[:1] == ("components",):
            by_place[schema.pointer] = schema
    return by_place


def _inside(schema: Schema, contract: Contract, way: Direction) -> Iterator[Schema]:
    """The schemas inside another one, without fields that do not travel this way."""
    hidden: set[int] = set()
    if isinstance(schema, Object):
        fields = schema.fields.values()
        hidden = {id(field) for field in fields if is_silent(field, contract, way)}
    for inner in inner_schemas(schema):
        if id(inner) not in hidden:
            yield inner
