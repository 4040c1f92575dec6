"""The schema at a place with references followed, together with what the references themselves say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from scripts.contract.model import Contract
from scripts.contract.schema import Anything, Reference, Schema
from scripts.intake.yaml_text import Json, Pointer


@dataclass(frozen=True, slots=True)
class View:
    """The schema at the end of a chain of references.

    Attributes:
        pointer: Where the first reference is, or the schema itself.
        keys: Keys of the types on the way, the nearest first.
        nullable: Whether null is allowed, here or on the way.
        notes: Annotations; what stands nearer to the first reference goes first.
        contract: The contract that all this is of.
    """

    pointer: Pointer
    schema: Schema
    keys: tuple[str, ...]
    nullable: bool
    notes: Mapping[str, Json]
    contract: Contract

    @property
    def class_name(self) -> str:
        """The name of the class that is made of the schema; empty if there is none."""
        return self.contract.names.class_of(self.schema)

    @property
    def allows_anything(self) -> bool:
        """Whether any value may stand here."""
        return isinstance(self.schema, Anything) and not self.schema.limits


def view(schema: Schema, contract: Contract, until: str = "") -> View:
    """Follow references to their end.

    With the key of a type as `until`, only what the references to it say is of interest: instead of the type itself, anything is allowed.
    So it is for a type that refers to itself.
    """
    pointer = schema.pointer
    nullable = schema.nullable
    notes = dict(schema.notes)
    keys: list[str] = []
    while isinstance(schema, Reference):
        is_end = schema.key == until or schema.key in keys
        keys.append(schema.key)
        schema = contract.types[schema.key]
        if is_end:
            schema = Anything(pointer=schema.pointer)
        nullable = nullable or schema.nullable
        notes = {**schema.notes, **notes}
    return View(pointer, schema, tuple(keys), nullable, notes, contract)
