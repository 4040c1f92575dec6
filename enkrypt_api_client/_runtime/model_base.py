"""Base classes of the generated models, and how a value is told to be one of several."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any, ClassVar, Generic, NoReturn, Self, TypeVar

from .values import UNSET, shown

T = TypeVar("T")
V = TypeVar("V")


# Models


class Model:
    """What all models share: `repr` and `==`, where attrs would compile functions for each class on import.

    Models are attrs classes with slots. They are no mappings: fields are attributes, and `to_dict` makes the JSON form.
    """

    __slots__ = ()
    __attrs_attrs__: ClassVar[Any]
    # Names in JSON by names in Python; generated.
    _wire_names_: ClassVar[Mapping[str, str]] = {}

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form. Generated."""
        raise NotImplementedError

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """Read from JSON form. Generated."""
        raise NotImplementedError

    @recursive_repr()
    def __repr__(self) -> str:
        """Return what is set. Of secrets, undeclared fields and plain mappings, it shows that they are, not what they are."""
        parts = []
        for attribute in self.__attrs_attrs__:
            value = getattr(self, attribute.name, UNSET)
            # Undeclared fields, which the constructor does not take, are shown only if there are any.
            if value is UNSET or not (attribute.init or value):
                continue
            show = attribute.repr if callable(attribute.repr) else shown
            parts.append(f"{attribute.name}={show(value)}")
        return f"{type(self).__qualname__.rsplit('>.', 1)[-1]}({', '.join(parts)})"

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other):
            return NotImplemented
        names = [attribute.name for attribute in self.__attrs_attrs__]
        return all(getattr(self, name) == getattr(other, name) for name in names)

    if not TYPE_CHECKING:  # for type checkers, too, a model can't be iterated over

        def __iter__(self) -> NoReturn:
            """Refuse `dict(model)` and the like, which would find nothing or the wrong things."""
            raise TypeError(f"{type(self).__name__} is no mapping: use .to_dict()")

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: type[Any], handler: Any
    ) -> dict[str, Any]:
        """Return how pydantic, and with it FastAPI, reads and writes a model: as the JSON object that it stands for.

        The schema is plain data (https://docs.pydantic.dev/latest/concepts/types/#customizing-validation-with-__get_pydantic_core_schema__),
        so that nothing of pydantic is imported.
        """

        def read(value: Any, read_mapping: Callable[[Any], Any]) -> Any:
            if isinstance(value, source):
                return value
            return cls.from_dict(read_mapping(value))

        def write(value: Model) -> dict[str, Any]:
            return value.to_dict()

        return {
            "type": "function-wrap",
            "function": {"type": "no-info", "function": read},
            "schema": {"type": "dict"},
            "serialization": {"type": "function-plain", "function": write},
        }


class OpenModel(Model, Generic[V]):
    """What models share that keep fields which the document does not describe. Those alone are reached by key, under their wire names."""

    __slots__ = ()
    additional_properties: dict[str, V]
    """Fields that the document does not describe, under their wire names"""

    @property
    def additional_keys(self) -> list[str]:
        """Names of the fields that the document does not describe."""
        return list(self.additional_properties)

    def __getitem__(self, key: str) -> V:
        self._refuse_declared(key)
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: V) -> None:
        self._refuse_declared(key)
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        self._refuse_declared(key)
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        self._refuse_declared(key)
        return key in self.additional_properties

    def _refuse_declared(self, key: str) -> None:
        """Raise KeyError for a declared field: its attribute is what is sent, whatever stands beside it."""
        for python_name, wire_name in self._wire_names_.items():
            if key == wire_name:
                raise KeyError(f"{key} is a field: use .{python_name}")


def described(model: type[T]) -> type[T]:
    """Return the same model, whose constructor speaks of the model, not of the library that wrote it."""
    model.__init__.__doc__ = f"Takes fields by name: {model.__name__}(field=value)"
    return model


def constructed(model: Any) -> Any:
    """Return a model that was filled field by field, made anew by its class: what a program's own subclass adds happens there."""
    arguments = {}
    others = {}
    for attribute in type(model).__attrs_attrs__:
        if not hasattr(model, attribute.name):
            continue
        value = getattr(model, attribute.name)
        if attribute.init:
            arguments[attribute.alias] = value
        else:
            others[attribute.name] = value
    result = type(model)(**arguments)
    for name, value in others.items():
        setattr(result, name, value)
    return result


def masked(value: object) -> str:
    """Return the `repr` of a field that holds a secret: whether it is set, never what it is."""
    return "None" if value is None else "'***'"


def masked_values(values: Mapping[str, object]) -> str:
    """Return the `repr` of fields that the document does not describe: their names, never their values."""
    return repr(dict.fromkeys(values, "***"))


# Unions

# What a JSON value is known by: a type, None, the values of an enum as a set, the shape of the items of an array in a list, shapes of
# which one fits in a tuple, or a model, which has a ModelShape.
Shape = Any
# Required names, shapes of the declared fields, and whether there are no others.
ModelShape = tuple[set[str], dict[str, Shape], bool]
Variant = tuple[Shape, Callable[[Any], Any]]
Variants = tuple[Variant, ...]
# A discriminator: the field, the readers of models by its values, that of all other values under None, and whether the document states
# every value. If not, a service may send others for the same models.
Tag = tuple[str, dict[str | None, Callable[[Any], Any]], bool]


def fits(value: Any, shape: Shape, strict: bool = True) -> bool:
    """Whether a JSON value has a shape.

    Args:
        value: JSON.
        shape: See `Shape`.
        strict: Whether a field must not be null where the document does not say that it may. Such a null is read as absent.
    """
    match shape:
        case tuple():
            return any(fits(value, alternative, strict) for alternative in shape)
        case [item_shape] if isinstance(value, list):
            return all(fits(item, item_shape, strict) for item in value)
        case set():
            # True is no 1 here.
            return any(value == known and type(value) is type(known) for known in shape)
        case None:
            return value is None
    if shape is object:
        return True
    if isinstance(value, dict) and hasattr(shape, "_shape"):
        return _fits_model(value, shape._shape(), strict)
    if isinstance(value, bool) or not isinstance(shape, type):
        return shape is bool
    return isinstance(value, (int, float) if shape is float else shape)


def _fits_model(value: dict[str, Any], shape: ModelShape, strict: bool) -> bool:
    required, fields, is_closed = shape
    declared = {name: value[name] for name in fields if name in value}
    if not required <= declared.keys():
        return False
    if is_closed and len(declared) < len(value):
        return False
    for name, item in declared.items():
        is_absent = item is None and not strict
        if not is_absent and not fits(item, fields[name], strict):
            return False
    return True


def read_union(value: Any, variants: Callable[[], Variants], *tags: Tag) -> Any:
    """Return the value read as the variant that it is, or the value itself where it is none that is known.

    Args:
        value: JSON.
        variants: Shape and reader of each variant that is not JSON as it stands.
        tags: Discriminators.
    """
    is_named = False
    all_stated = True
    for name, readers, is_stated in tags:
        if isinstance(value, dict) and isinstance(value.get(name), str):
            reader = readers.get(value[name]) or readers.get(None)
            if reader:
                return reader(value)
            is_named = True
            all_stated = all_stated and is_stated
    if is_named and all_stated:
        return value
    return _read_by_shape(value, variants(), only_if_clear=is_named)


def _read_by_shape(value: Any, variants: Variants, *, only_if_clear: bool) -> Any:
    """Return the value read as the variant that leaves the fewest of its fields unknown.

    Args:
        only_if_clear: Whether to leave the value as it is where two variants are equally good.
    """

    def undeclared(variant: Variant) -> int:
        return _undeclared(value, variant[0])

    for strict in (True, False):
        fitting = [variant for variant in variants if fits(value, variant[0], strict)]
        fitting.sort(key=undeclared)
        if only_if_clear and len(fitting) > 1:
            first, second = (undeclared(variant) for variant in fitting[:2])
            if first == second:
                return value
        for _shape, read in fitting:
            result = read(value)
            if result is not value:
                return result
    return value


def _undeclared(value: Any, shape: Shape) -> int:
    """Return how many fields of a value a variant does not declare. The fewer, the better it fits."""
    if not isinstance(value, dict) or not hasattr(shape, "_shape"):
        return 0
    _, fields, _ = shape._shape()
    return len(value.keys() - fields.keys())
