"""Base classes of the generated models, and how a value is told to be one of several."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from reprlib import recursive_repr
from typing import Any, ClassVar, Generic, TypeVar

from .values import UNSET

T = TypeVar("T")


# Models


class Model:
    """What all models share."""

    __slots__ = ()
    __attrs_attrs__: ClassVar[Any]

    @recursive_repr()
    def __repr__(self) -> str:
        """What is set; of secrets and undeclared fields, that they are."""
        shown = []
        for known in self.__attrs_attrs__:
            value = getattr(self, known.name, UNSET)
            if value is not UNSET and (known.init or value):
                show = known.repr if callable(known.repr) else repr
                shown.append(f"{known.name}={show(value)}")
        return f"{type(self).__qualname__.rsplit('>.', 1)[-1]}({', '.join(shown)})"

    def __eq__(self, other: object) -> bool:
        names = [known.name for known in self.__attrs_attrs__]
        if type(self) is not type(other):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in names)


V = TypeVar("V")


class OpenModel(Model, Generic[V]):
    """What models share that keep fields which the document does not describe."""

    __slots__ = ()
    additional_properties: dict[str, V]
    """Fields that the document does not describe, under their wire names"""

    @property
    def additional_keys(self) -> list[str]:
        """Names of the fields that the document does not describe."""
        return list(self.additional_properties)

    def __getitem__(self, key: str) -> V:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: V) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties


def described(model: type[T]) -> type[T]:
    """The same model, whose constructor speaks of the model, not of the library that wrote it."""
    model.__init__.__doc__ = f"Takes fields by name: {model.__name__}(field=value)"
    return model


def constructed(model: Any) -> Any:
    """A model that was filled field by field, made anew by its class: what a program's own subclass adds happens there."""
    every = type(model).__attrs_attrs__
    known = {k: getattr(model, k.name) for k in every if hasattr(model, k.name)}
    result = type(model)(**{k.alias: v for k, v in known.items() if k.init})
    for attribute, value in known.items():
        if not attribute.init:
            setattr(result, attribute.name, value)
    return result


def masked(value: object) -> str:
    """`repr` of a field that holds a secret: whether it is set, never what it is."""
    return "None" if value is None else "'***'"


def masked_values(values: Mapping[str, object]) -> str:
    """`repr` of fields that the document does not describe: their names, never their values."""
    return repr(dict.fromkeys(values, "***"))


# Unions

# What a JSON value is known by: a type, None, the values of an enum as a set, the shape of the items of an array in a list, shapes of
# which one fits in a tuple, or a model, which has a ModelShape.
Shape = Any


# Required names, shapes of the declared fields, and whether there are no others.
ModelShape = tuple[set[str], dict[str, Shape], bool]


Variants = tuple[tuple[Shape, Callable[[Any], Any]], ...]


def fits(value: Any, shape: Shape, strict: bool = True) -> bool:
    """Whether a JSON value has a shape. If not strict, fields may be null that must not: they are read as absent."""
    if isinstance(shape, tuple):
        return any(fits(value, one, strict) for one in shape)
    if isinstance(shape, list) and isinstance(value, list):
        return all(fits(item, shape[0], strict) for item in value)
    if isinstance(shape, set):
        return any(value == one and type(value) is type(one) for one in shape)
    if shape is None or shape is object:
        return shape is object or value is None
    if isinstance(value, dict) and hasattr(shape, "_shape"):
        required, fields, closed = shape._shape()
        known = {name: value[name] for name in fields if name in value}
        return (
            required <= known.keys()
            and not (closed and known.keys() < value.keys())
            and all(
                (item is None and not strict) or fits(item, fields[name], strict)
                for name, item in known.items()
            )
        )
    if isinstance(value, bool) or not isinstance(shape, type):
        return shape is bool
    return isinstance(value, (int, float) if shape is float else shape)


# A discriminator: the field, the readers of models by its values, that of all other values under None, and whether the document states
# every value. If not, a service may send others for the same models.
Tag = tuple[str, dict[str | None, Callable[[Any], Any]], bool]


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

    def unknown_fields(variant: tuple[Shape, Any]) -> int:
        fields = variant[0]._shape()[1] if hasattr(variant[0], "_shape") else {}
        return len(value.keys() - fields.keys()) if isinstance(value, dict) else 0

    for strict in (True, False):
        fitting = [one for one in variants if fits(value, one[0], strict)]
        fitting.sort(key=unknown_fields)
        if only_if_clear and len(fitting) > 1:
            first, second = (unknown_fields(variant) for variant in fitting[:2])
            if first == second:
                return value
        for _shape, read in fitting:
            result = read(value)
            if result is not value:
                return result
    return value
