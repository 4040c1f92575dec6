"""Turns values of a document into arguments of a generated function, in the types that its annotations name."""

from __future__ import annotations

import datetime
import inspect
import types
import typing
import uuid
from collections.abc import Mapping
from typing import Any

from scripts.conformance.answers import plain
from scripts.conformance.wire_rules import same_json

_PARSERS: dict[Any, Any] = {
    datetime.datetime: datetime.datetime.fromisoformat,
    datetime.date: datetime.date.fromisoformat,
    uuid.UUID: uuid.UUID,
}


class Annotations:
    """The annotations of a generated operation's parameters, as types."""

    def __init__(self, module: Any) -> None:
        known = {
            "Any": Any,
            "Mapping": Mapping,
            "UUID": uuid.UUID,
            "datetime": datetime,
            "Literal": typing.Literal,
        }
        self._names = {**known, **vars(module)}
        self._parameters = inspect.signature(module.sync_detailed).parameters

    def of(self, name: str) -> Any:
        """The type of a parameter; Any where it cannot be told."""
        if name not in self._parameters:
            return Any
        annotation = self._parameters[name].annotation
        if not isinstance(annotation, str):
            return annotation
        try:
            return eval(annotation, self._names)  # noqa: S307  # our own generated code
        except (NameError, AttributeError, TypeError):
            return Any


def alternatives(annotation: Any) -> list[Any]:
    """The types of a union, or the type alone."""
    origin = typing.get_origin(annotation)
    if origin in (types.UnionType, typing.Union):
        return list(typing.get_args(annotation))
    return [annotation]


def takes_text_alone(annotation: Any) -> bool:
    """Whether a parameter has to be given as text."""
    names = {getattr(kind, "__name__", "") for kind in alternatives(annotation)}
    return "str" in names and names <= {"str", "Unset", "NoneType"}


def typed(annotation: Any, value: Any) -> Any:
    """A JSON value in the types of an annotation: models, dates, UUIDs; the value itself where none of them holds it."""
    for kind in alternatives(annotation):
        converted = _as_type(kind, value)
        if converted is not None:
            return converted
    return value


def _as_type(kind: Any, value: Any) -> Any:
    if isinstance(value, list) and typing.get_origin(kind) is list:
        items = typing.get_args(kind)
        return [typed(items[0], item) for item in value]
    if isinstance(value, dict) and hasattr(kind, "from_dict"):
        model = kind.from_dict(value)
        return model if same_json(plain(model), value) else None
    if isinstance(value, str) and kind in _PARSERS:
        try:
            parsed = _PARSERS[kind](value)
        except ValueError:
            return None
        written = parsed.isoformat() if hasattr(parsed, "isoformat") else str(parsed)
        return parsed if written == value else None
    return None


def model_of(annotation: Any) -> Any:
    """The only model class among the types of an annotation, None where there is none or several."""
    models = [kind for kind in alternatives(annotation) if hasattr(kind, "from_dict")]
    return models[0] if len(models) == 1 else None
