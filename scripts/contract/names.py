"""The Python names of a contract, apart from the contract itself: each by the place of what it names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from scripts.contract.schema import Enum, Object, Schema
from scripts.intake.yaml_text import Pointer


@dataclass(frozen=True, slots=True)
class ClassName:
    """The name of a class, and of its module below models/."""

    name: str
    module: str


@dataclass(frozen=True, slots=True)
class Names:
    """Every name that reading has chosen.

    Attributes:
        packages: Folders below api/, by tag.
        functions: Modules of operations, by the place of the operation and that of the media type they send; () where they send none.
        parameters: By the place of the operation, where a parameter is sent, and its name there.
        classes: By the place of the schema.
        fields: By the place of the schema and the name on the wire.
    """

    packages: Mapping[str, str] = field(default_factory=dict)
    functions: Mapping[tuple[Pointer, Pointer], str] = field(default_factory=dict)
    parameters: Mapping[tuple[Pointer, str, str], str] = field(default_factory=dict)
    classes: Mapping[Pointer, ClassName] = field(default_factory=dict)
    fields: Mapping[Pointer, Mapping[str, str]] = field(default_factory=dict)

    def class_of(self, schema: Schema) -> str:
        """The name of the class of a schema; empty if it has none."""
        if not isinstance(schema, Object | Enum):
            return ""
        chosen = self.classes.get(schema.pointer)
        return chosen.name if chosen else ""
