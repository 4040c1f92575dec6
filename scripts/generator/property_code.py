"""Writes the expressions that templates need for one property of the generator's: its annotation, how it is read from JSON, and the shape
by which it is told apart from the other variants of a union.
"""

from __future__ import annotations

from collections.abc import Iterator

from openapi_python_client.parser.properties import AnyProperty
from openapi_python_client.parser.properties.boolean import BooleanProperty
from openapi_python_client.parser.properties.const import ConstProperty
from openapi_python_client.parser.properties.date import DateProperty
from openapi_python_client.parser.properties.datetime import DateTimeProperty
from openapi_python_client.parser.properties.file import FileProperty
from openapi_python_client.parser.properties.float import FloatProperty
from openapi_python_client.parser.properties.int import IntProperty
from openapi_python_client.parser.properties.list_property import ListProperty
from openapi_python_client.parser.properties.literal_enum_property import (
    LiteralEnumProperty,
)
from openapi_python_client.parser.properties.model_property import ModelProperty
from openapi_python_client.parser.properties.none import NoneProperty
from openapi_python_client.parser.properties.protocol import PropertyProtocol
from openapi_python_client.parser.properties.string import StringProperty
from openapi_python_client.parser.properties.union import UnionProperty
from openapi_python_client.parser.properties.uuid import UuidProperty

from scripts.contract.model import Contract
from scripts.contract.schema import Array, Object, Schema, Union, target

# The annotation of a property of each kind, and what tells its JSON form apart; see `Shape` in _runtime/model_base.py.
_ANNOTATIONS: dict[type[PropertyProtocol], str] = {
    AnyProperty: "Any",
    BooleanProperty: "bool",
    DateProperty: "_datetime.date",
    DateTimeProperty: "_datetime.datetime",
    FileProperty: "_values.FileInput",
    FloatProperty: "float",
    IntProperty: "int",
    NoneProperty: "None",
    StringProperty: "str",
    UuidProperty: "_UUID",
}
_SHAPES: dict[type[PropertyProtocol], str] = {
    AnyProperty: "object",
    BooleanProperty: "bool",
    FileProperty: "object",
    FloatProperty: "float",
    IntProperty: "int",
    NoneProperty: "None",
}
# Functions of _runtime/values.py that read text.
_READERS: dict[type[PropertyProtocol], str] = {
    DateProperty: "_values.read_date",
    DateTimeProperty: "_values.read_datetime",
    UuidProperty: "_values.read_uuid",
}


class PropertyCode:
    """Writes code for properties.

    Args:
        contract: Says which variant of a union a discriminator means.
        home: The prefix of the names of models: the module that holds them, and a dot.
    """

    def __init__(self, contract: Contract, home: str) -> None:
        self._contract = contract
        self._home = home

    def annotation(self, property_: PropertyProtocol) -> str:
        """The type of a property."""
        text = self._type(property_)
        if not property_.required:
            text += " | Unset"
        return text

    def _type(self, property_: PropertyProtocol) -> str:
        match property_:
            case UnionProperty():
                types = {self.annotation(inner) for inner in property_.inner_properties}
                return " | ".join(sorted(types, key=lambda text: (text.lower(), text)))
            case ListProperty():
                return f"list[{self.annotation(property_.inner_property)}]"
            case ModelProperty() | LiteralEnumProperty():
                return f"{self._home}{property_.class_info.name}"
            case ConstProperty():
                return f"_Literal[{property_.value.raw_value!r}]"
            case _:
                return _ANNOTATIONS[type(property_)]

    def is_plain(self, property_: PropertyProtocol) -> bool:
        """Whether the value in JSON is the value of the field, so that nothing has to read it."""
        match property_:
            case ListProperty():
                return self.is_plain(property_.inner_property)
            case UnionProperty():
                return all(map(self.is_plain, property_.inner_properties))
            case _:
                is_model = isinstance(property_, ModelProperty)
                return not is_model and type(property_) not in _READERS

    def is_container(self, property_: PropertyProtocol) -> bool:
        """Whether a plain value may be an array or an object, of which the model needs a copy of its own."""
        if isinstance(property_, UnionProperty):
            has_containers = any(map(self.is_container, property_.inner_properties))
        else:
            has_containers = isinstance(property_, AnyProperty | ListProperty)
        return has_containers and self.is_plain(property_)

    def copy(self, property_: PropertyProtocol, source: str) -> str:
        """An expression that copies a container."""
        copied = f"_values.copied({source})"
        if not isinstance(property_, ListProperty):
            return copied
        inner = property_.inner_property
        if not self.is_plain(inner) or self.is_container(inner):
            return copied
        # The items are scalars: a slice makes no call.
        return f"{source}[:] if type({source}) is list else {copied}"

    def is_nullable(self, property_: PropertyProtocol) -> bool:
        """Whether null is a value of the property."""
        variants: list[PropertyProtocol] = [property_]
        if isinstance(property_, UnionProperty):
            variants = [*property_.inner_properties]
        return any(isinstance(v, AnyProperty | NoneProperty) for v in variants)

    def read(
        self, property_: PropertyProtocol, source: str, schema: Schema | None
    ) -> str:
        """An expression that reads a property from JSON.

        Args:
            property_: What is read.
            source: The expression for its JSON form.
            schema: The schema of the property in the contract.
        """
        if self.is_plain(property_):
            return source
        match property_:
            case ListProperty():
                items = _items(self._contract, schema)
                item = self.read(property_.inner_property, "item", items)
                return f"[{item} for item in _values.array({source})]"
            case UnionProperty():
                return self._read_union(property_, source, schema)
            case _:
                return f"{self._reader(property_, schema)}({source})"

    def _read_union(
        self, union: UnionProperty, source: str, schema: Schema | None
    ) -> str:
        variants = [
            inner
            for inner in union.inner_properties
            if not isinstance(inner, NoneProperty)
        ]
        if len(variants) == 1:
            value = self.read(variants[0], source, schema)
            return f"None if {source} is None else {value}"
        readers = ""
        for variant in variants:
            # What fits no other variant stays as it is, so variants that are plain JSON need no reader.
            if not self.is_plain(variant):
                reader = self._reader(variant, schema)
                readers += f"({self.shape(variant)}, {reader}), "
        tags = "".join(self._tags(schema))
        return f"_base.read_union({source}, lambda: ({readers}){tags})"

    def _tags(self, schema: Schema | None) -> Iterator[str]:
        """Yield an argument for each field that tells the variants of a union apart."""
        for field, names, is_stated in discriminators(self._contract, schema):
            readers = ""
            for value, name in names.items():
                readers += (
                    f"{value!r}: lambda item: {self._home}{name}.from_dict(item), "
                )
            yield f", ({field!r}, {{{readers}}}, {is_stated})"

    def _reader(self, property_: PropertyProtocol, schema: Schema | None) -> str:
        """A function that reads a property from JSON."""
        if isinstance(property_, ModelProperty):
            return f"{self._home}{property_.class_info.name}.from_dict"
        reader = _READERS.get(type(property_))
        if reader is not None:
            return reader
        return f"lambda item: {self.read(property_, 'item', schema)}"

    def shape(self, property_: PropertyProtocol) -> str:
        """The shape by which a variant of a union is recognised in JSON; see `Shape` in _runtime/model_base.py."""
        match property_:
            case LiteralEnumProperty():
                values = "".join(f"{v!r}, " for v in sorted(property_.values))
                return f"{{{values}}}"
            case ConstProperty():
                return f"{{{property_.value.raw_value!r}}}"
            case ListProperty():
                return f"[{self.shape(property_.inner_property)}]"
            case UnionProperty():
                shapes = "".join(
                    f"{self.shape(v)}, " for v in property_.inner_properties
                )
                return f"({shapes})"
            case ModelProperty():
                return f"{self._home}{property_.class_info.name}"
            case _:
                return _SHAPES.get(type(property_), "str")


def _items(contract: Contract, schema: Schema | None) -> Schema | None:
    """Schema of the items of an array, or of the first array of a union."""
    if schema is None:
        return None
    resolved = target(schema, contract.types)[0]
    candidates = [resolved]
    if isinstance(resolved, Union):
        candidates = [target(v, contract.types)[0] for v in resolved.variants]
    for candidate in candidates:
        if isinstance(candidate, Array):
            return candidate.items
    return None


def discriminators(
    contract: Contract, schema: Schema | None
) -> list[tuple[str, dict[str | None, str], bool]]:
    """The fields that tell variants of a union apart.

    Each with the names of classes by its values, that of other values under None, and with whether the document states all values.
    """
    if schema is None:
        return []
    union = target(schema, contract.types)[0]
    if not isinstance(union, Union):
        return []
    variants = [target(variant, contract.types)[0] for variant in union.variants]
    inner = []
    for variant in variants:
        inner += discriminators(contract, variant)
    choice = union.discriminator
    if choice is None or not all(isinstance(variant, Object) for variant in variants):
        return inner
    names: dict[str | None, str] = {}
    for value, index in choice.variants.items():
        names[value] = contract.names.class_of(variants[index])
    if choice.otherwise is not None:
        names[None] = contract.names.class_of(variants[choice.otherwise])
    return [(choice.property, names, choice.is_stated), *inner]
