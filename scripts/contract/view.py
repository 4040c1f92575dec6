"""What stands at a place once references are followed: a schema, with what stands beside the references."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from scripts.contract.model import ANY, Json, Pointer, Schema

Types = Mapping[str, Schema]


class View(NamedTuple):
    """The schema at the end of a chain of references, and the names on the way."""

    at: Pointer  # where the first reference is, or the schema itself
    node: Schema
    names: tuple[str, ...]
    nullable: bool
    notes: Mapping[str, Json]
    types: Types

    @property
    def free(self) -> bool:
        """Whether anything may stand here."""
        node = self.node
        restricts = node.values or node.fields or node.variants or node.limits
        return node.kind == ANY and not restricts


def view(schema: Schema, types: Types, until: str = "") -> View:
    """Follow references to their end; or up to the name `until`, whose own schema then says nothing."""
    at, nullable = schema.at, False
    names: list[str] = []
    notes: dict[str, Json] = {}
    while True:
        nullable = nullable or schema.nullable
        notes = {**schema.notes, **notes}
        if not schema.ref:
            break
        names.append(schema.ref)
        ends = schema.ref == until or schema.ref in names[:-1]
        schema = types[schema.ref]
        schema = Schema(schema.at) if ends else schema
    return View(at, schema, tuple(names), nullable, notes, types)
