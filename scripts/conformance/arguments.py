"""Turns values of a document into arguments of a generated function, in the types that its annotations name."""

from __future__ import annotations

import datetime
import inspect
import types
import typing
import uuid
from collections.abc import Mapping

from scripts.conformance.json_values import same_json
from scripts.conformance.results import Model, plain

# Annotations are types and what `typing` makes of them, which have no type in common.
ANYTHING: object = typing.Any


class ModelClass(typing.Protocol):
    """A generated model's class."""

    def from_dict(self, wire: object) -> Model:
        """The model of a JSON object."""


def is_model_class(annotation: object) -> typing.TypeGuard[ModelClass]:
    """Whether an annotation is a generated model's class."""
    return hasattr(annotation, "from_dict")


class Annotations:
    """The annotations of a generated operation's parameters, as types."""

    def __init__(self, module: types.ModuleType) -> None:
        names = {
            "Any": ANYTHING,
            "Mapping": Mapping,
            "UUID": uuid.UUID,
            "datetime": datetime,
            "Literal": typing.Literal,
        }
        self._names: dict[str, object] = {**names, **vars(module)}
        self._parameters = inspect.signature(module.sync_detailed).parameters

    def of(self, name: str) -> object:
        """The type of a parameter; Any where it is not known."""
        if name not in self._parameters:
            return ANYTHING
        annotation: object = self._parameters[name].annotation
        if not isinstance(annotation, str):
            return annotation
        try:
            evaluated: object = eval(annotation, self._names)  # noqa: S307  # our own generated code
        except (NameError, AttributeError, TypeError):
            return ANYTHING
        return evaluated


def alternatives(annotation: object) -> list[object]:
    """The types of a union, or the type alone."""
    origin = typing.get_origin(annotation)
    if origin in (types.UnionType, typing.Union):
        return list(typing.get_args(annotation))
    return [annotation]


def takes_text_alone(annotation: object) -> bool:
    """Whether a parameter has to be given as text."""
    names = {getattr(kind, "__name__", "") for kind in alternatives(annotation)}
    return "str" in names and names <= {"str", "Unset", "NoneType"}


def typed(annotation: object, value: object) -> object:
    """A JSON value in the types of an annotation: models, dates, UUIDs; the value itself where none of them holds it."""
    for kind in alternatives(annotation):
        converted = _as_type(kind, value)
        if converted is not None:
            return converted
    return value


def _as_type(kind: object, value: object) -> object:
    """A value in one type; None where the type does not hold it, or is that of the value already."""
    match value:
        case list() if typing.get_origin(kind) is list:
            item_types = typing.get_args(kind)
            return [typed(item_types[0], item) for item in value]
        case dict() if is_model_class(kind):
            model = kind.from_dict(value)
            if same_json(plain(model), value):
                return model
        case str():
            return _parsed(kind, value)
    return None


def _parsed(kind: object, text: str) -> object:
    """A date, moment or UUID that is written as it was read; None where it is not."""
    try:
        if kind is datetime.datetime:
            moment = datetime.datetime.fromisoformat(text)
            return _if_same(moment, moment.isoformat(), text)
        if kind is datetime.date:
            date = datetime.date.fromisoformat(text)
            return _if_same(date, date.isoformat(), text)
        if kind is uuid.UUID:
            identifier = uuid.UUID(text)
            return _if_same(identifier, str(identifier), text)
    except ValueError:
        return None
    return None


def _if_same(parsed: object, written: str, text: str) -> object:
    if written == text:
        return parsed
    return None


def model_of(annotation: object) -> ModelClass | None:
    """The only model class among the types of an annotation, None where there is none or several."""
    models = [kind for kind in alternatives(annotation) if is_model_class(kind)]
    if len(models) == 1:
        return models[0]
    return None
