"""Base classes of the generated models, and the choice of a variant for a value of a union."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from reprlib import recursive_repr
from typing import (
    TYPE_CHECKING,
    Any,
    ClassVar,
    Generic,
    NoReturn,
    Self,
    TypeAlias,
    TypeVar,
    get_args,
)

from .values import UNSET, copied, plain_form, shown, without_unset

if TYPE_CHECKING:
    from typing import Protocol, TypeGuard

    from attrs import Attribute

    class DescribedModel(Protocol):
        """A model that is a variant of a union."""

        @staticmethod
        def _shape() -> ModelShape:
            """Return the shape of the JSON objects that the model reads."""


T = TypeVar("T")
V = TypeVar("V")
M = TypeVar("M", bound="Model")


# Models


class Model:
    """Base class of the models: `repr` and `==`, which attrs would compile for each class on import.

    Models are attrs classes with slots. They are not mappings: fields are attributes, and `to_dict` returns the JSON form. A new public
    method also needs an entry in `MODEL_NAMES` of scripts/contract/reading/naming.py, so that no field takes its name.
    """

    __slots__ = ()
    if TYPE_CHECKING:
        # `typing.get_type_hints` can't evaluate it: at run time, Attribute takes no argument.
        __attrs_attrs__: ClassVar[tuple[Attribute[object], ...]]
    # Names in JSON by names in Python; generated.
    _wire_names_: ClassVar[Mapping[str, str]] = {}

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form. Generated."""
        raise NotImplementedError

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """Read from JSON form. Generated."""
        raise NotImplementedError

    def to_json(self, *, indent: int | None = None) -> str:
        """Return the JSON form as text.

        Args:
            indent: Spaces for each level; None for a single line.

        Raises:
            TypeError: A value has no JSON form.
            ValueError: A number is not finite.
        """
        import json

        return json.dumps(
            without_unset(self.to_dict()),
            allow_nan=False,
            default=plain_form,
            ensure_ascii=False,
            indent=indent,
        )

    @recursive_repr()
    def __repr__(self) -> str:
        """Return the fields that are set. Secrets, undeclared fields and values of plain mappings are masked."""
        parts = []
        for attribute in self.__attrs_attrs__:
            value = getattr(self, attribute.name, UNSET)
            is_open_part = attribute.name == "additional_properties"
            if value is UNSET or (is_open_part and not value):
                continue
            show = attribute.repr if callable(attribute.repr) else shown
            parts.append(f"{attribute.name}={show(value)}")
        return f"{type(self).__qualname__.rsplit('>.', 1)[-1]}({', '.join(parts)})"

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other):
            return NotImplemented
        names = [attribute.name for attribute in self.__attrs_attrs__]
        return all(getattr(self, name) == getattr(other, name) for name in names)

    if not TYPE_CHECKING:  # type checkers report iteration as well

        def __iter__(self) -> NoReturn:
            """Refuse `dict(model)` and the like: Python would iterate through `__getitem__` with numbers."""
            raise TypeError(f"{type(self).__name__} is not a mapping: use .to_dict()")

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: type[Model], handler: object
    ) -> dict[str, object]:
        """Return the schema by which pydantic, and with it FastAPI, reads and writes a model: as its JSON object.

        The schema is plain data (https://docs.pydantic.dev/latest/concepts/types/#customizing-validation-with-__get_pydantic_core_schema__),
        so that nothing of pydantic is imported.
        """

        def read(
            value: object, read_mapping: Callable[[object], dict[str, Any]]
        ) -> Model:
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
    """Base class of the models that keep undeclared fields. These, and no others, are accessed by key, under their wire names."""

    if not TYPE_CHECKING:  # the slot of the field is in the subclasses
        __slots__ = ()
    additional_properties: dict[str, V]
    """Fields that the document does not describe, under their wire names"""

    def __attrs_post_init__(self) -> None:
        """Copy the undeclared fields that the constructor was given: `attrs.evolve` passes on those of the original."""
        self.additional_properties = dict(self.additional_properties)

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
        """Whether the JSON form has a field of this wire name. Declared fields are attributes all the same."""
        for python_name, wire_name in self._wire_names_.items():
            if key == wire_name:
                return getattr(self, python_name, UNSET) is not UNSET
        return key in self.additional_properties

    if not TYPE_CHECKING:  # type checkers report a misspelt field

        def __getattr__(self, name: str) -> object:
            """Return a field that the document does not describe. Python calls this only where it finds no attribute."""
            is_own = name == "additional_properties" or name in self._wire_names_
            if not is_own and not name.startswith("_"):
                fields = self.additional_properties
                if name in fields:
                    return fields[name]
            raise AttributeError(
                f"{type(self).__name__!r} object has no attribute {name!r}",
                name=name,
                obj=self,
            )

    def _refuse_declared(self, key: str) -> None:
        """Raise KeyError for a declared field. Its attribute is what is sent, so that an item of its name would be lost."""
        for python_name, wire_name in self._wire_names_.items():
            if key == wire_name:
                raise KeyError(f"{key} is a field: use .{python_name}")


def unreadable(
    model: type[Model], requested: type[Model], data: object, error: Exception
) -> Exception:
    """Return the error to raise for data that `from_dict` can't read.

    Args:
        model: The generated class.
        requested: The class that was to be read: `model`, or a subclass in a caller's program.
        data: What `from_dict` was given.
        error: What reading raised. It says nothing of the place.
    """
    from ..exceptions import InvalidRequestError
    from .faults import faults_of

    problems = list(faults_of(model, data))
    if not problems and isinstance(error, InvalidRequestError):
        # Below a union. The error says what it is about.
        return error
    if not problems and requested is not model:
        # A validator of the subclass refuses the data, in its own words.
        return error
    if not problems:
        problems = [("", f"it can't be read ({type(error).__name__})")]
    listed = "; ".join(f"{path or 'the data'}: {fault}" for path, fault in problems)
    return InvalidRequestError(f"{model.__name__}: {listed}", problems)


def described(model: type[T]) -> type[T]:
    """Class decorator: replace the docstring that attrs gives to the constructor."""
    model.__init__.__doc__ = f"Takes fields by name: {model.__name__}(field=value)"
    return model


def constructed(model: M) -> M:
    """Return a copy of a model, made by the constructor of its class.

    `from_dict` sets the fields of a new object one by one. A subclass in a caller's program may do more in its constructor.
    """
    arguments: dict[str, object] = {}
    set_later = {}
    for attribute in type(model).__attrs_attrs__:
        if not hasattr(model, attribute.name):
            continue
        value = getattr(model, attribute.name)
        if attribute.init:
            arguments[attribute.alias or attribute.name] = value
        else:
            set_later[attribute.name] = value
    result = type(model)(**arguments)
    for name, value in set_later.items():
        setattr(result, name, value)
    return result


def masked(value: object) -> str:
    """Return the `repr` of a field that holds a secret: whether it is null, never its value."""
    return "None" if value is None else "'***'"


def masked_values(values: Mapping[str, object]) -> str:
    """Return the `repr` of the undeclared fields: their names, never their values."""
    return repr(dict.fromkeys(values, "***"))


# Enumerations


def with_help(values: object, text: str) -> object:
    """Return a copy of a `Literal` whose docstring `help` shows. All equal Literals of a program are one object.

    Args:
        values: A `Literal` with the values of an enumeration.
        text: What it means.
    """
    copy_with = getattr(values, "copy_with", None)
    if copy_with is None:  # in a Python where a Literal is no generic alias
        return values
    described_values: object = copy_with(get_args(values))
    described_values.__doc__ = text
    return described_values


# Unions

# The shape of a JSON value. A type of JSON (`object` for any), or a model that has a ModelShape; None for null; a set of the values of
# an enum; a list of the one shape that all items of an array have; a tuple of alternatives.
Shape: TypeAlias = (
    "type | set[str] | set[int] | set[float] | list[Shape] | tuple[Shape, ...] | None"
)
# Required names, shapes of the declared fields, and whether undeclared fields are forbidden.
ModelShape: TypeAlias = "tuple[set[str], dict[str, Shape], bool]"
# Reads a JSON value of the shape that it was written for.
Reader: TypeAlias = Callable[[Any], object]
Variant: TypeAlias = "tuple[Shape, Reader]"
Variants: TypeAlias = "tuple[Variant, ...]"
# A discriminator: the name of its field; the readers of models by the field's value, with the reader for all other values under None; and
# whether the document states every value. If not, a service may send other values for the same models.
Tag: TypeAlias = tuple[str, dict[str | None, Reader], bool]


def fits(value: object, shape: Shape, strict: bool = True) -> bool:
    """Whether a JSON value has a shape.

    Args:
        value: JSON.
        shape: See `Shape`.
        strict: Whether null is an error in a field that is not nullable. If not, such a null counts as an absent field.
    """
    match shape:
        case None:
            return value is None
        case tuple():
            return any(fits(value, alternative, strict) for alternative in shape)
        case list():
            return isinstance(value, list) and all(
                fits(item, shape[0], strict) for item in value
            )
        case set():
            # In Python True equals 1; in JSON they differ.
            return any(value == known and type(value) is type(known) for known in shape)
        case _:
            return _fits_type(value, shape, strict)


def _fits_type(value: object, shape: type, strict: bool) -> bool:
    if shape is object:
        return True
    if isinstance(value, dict) and _is_described(shape):
        return _fits_model(value, shape._shape(), strict)
    if isinstance(value, bool):
        return shape is bool
    return isinstance(value, (int, float) if shape is float else shape)


def _is_described(shape: type) -> TypeGuard[type[DescribedModel]]:
    return hasattr(shape, "_shape")


def _fits_model(value: dict[str, object], shape: ModelShape, strict: bool) -> bool:
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


def read_union(value: object, variants: Callable[[], Variants], *tags: Tag) -> Any:  # noqa: ANN401  # generated code states the type of the union
    """Read a value of a union. Return a copy of the value where no variant fits.

    Args:
        value: JSON.
        variants: Returns shape and reader of each variant, except for those that are plain JSON.
        tags: The discriminators.
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
        return copied(value)
    return _read_by_shape(value, variants(), only_if_clear=is_named)


def _read_by_shape(value: object, variants: Variants, *, only_if_clear: bool) -> object:
    """Read a value as the variant that declares most of its fields; among equals, as the one that enumerates most of its values.

    Return a copy of it where no variant reads it.

    Args:
        value: JSON.
        variants: Shape and reader of each.
        only_if_clear: Whether not to choose where two variants declare equally many.
    """

    def rank(variant: Variant) -> tuple[int, int]:
        shape, _read = variant
        return _count_undeclared(value, shape), -_count_enumerated(value, shape)

    for strict in (True, False):
        fitting = [variant for variant in variants if fits(value, variant[0], strict)]
        if len(fitting) > 1:
            fitting.sort(key=rank)
            best, second_best = map(rank, fitting[:2])
            if only_if_clear and best[0] == second_best[0]:
                return copied(value)
        for _shape, read in fitting:
            result = read(value)
            if result != value:
                return result
    return copied(value)


def _count_undeclared(value: object, shape: Shape) -> int:
    """Return how many fields of a value a variant does not declare. The fewer, the better it fits."""
    if not isinstance(value, dict):
        return 0
    if not isinstance(shape, type) or not _is_described(shape):
        return 0
    _, fields, _ = shape._shape()
    return len(value.keys() - fields.keys())


def _count_enumerated(value: object, shape: Shape) -> int:
    """Return how many fields of a value have a value that a variant enumerates. The more, the better it fits."""
    if not isinstance(value, dict):
        return 0
    if not isinstance(shape, type) or not _is_described(shape):
        return 0
    _, fields, _ = shape._shape()
    return sum(
        name in fields and _is_enumerated(fields[name], item)
        for name, item in value.items()
    )


def _is_enumerated(shape: Shape, value: object) -> bool:
    """Whether a value is one of those that a shape enumerates."""
    if isinstance(shape, tuple):
        return any(_is_enumerated(alternative, value) for alternative in shape)
    return isinstance(shape, set) and fits(value, shape)
