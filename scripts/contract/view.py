"""What stands at a place once references are followed: a schema, with what stands beside the references."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from scripts.contract.model import ANY, Json, Pointer, Schema


class View(NamedTuple):
    """The schema at the end of a chain of references, and the names on the way."""

    at: Pointer  # where the first reference is, or the schema itself
    node: Schema
    names: tuple[str, ...]
    nullable: bool
    notes: Mapping[str, Json]

    @property
    def free(self) -> bool:
        """Whether anything may stand here."""
        node = self.node
        restricts = node.values or node.fields or node.variants or node.limits
        return node.kind == ANY and not restricts


def view(schema: Schema, types: Mapping[str, Schema], until: str = "") -> View:
    """Follow references to their end; or up to the name `until`, whose own schema then says nothing."""
    at, nullable = schema.at, False
    names: list[str] = []
    notes: dict[str, Json] = {}
    while schema.ref and schema.ref not in names:
        names.append(schema.ref)
        nullable = nullable or schema.nullable
        notes = {**schema.notes, **notes}
        schema = types.get(schema.ref, Schema(schema.at))
        if until and names[-1] == until:
            return View(at, Schema(schema.at), tuple(names), nullable, notes)
    node = Schema(schema.at) if schema.ref else schema
    notes = {**node.notes, **notes}
    return View(at, node, tuple(names), nullable or node.nullable, notes)
