"""Where a value is not what it should be: paths to what is inside of it, and the faults of JSON that a model can't read."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from types import UnionType
from typing import Union, get_args, get_origin, get_type_hints

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    # The path of a value, and what is expected there.
    Fault = tuple[str, str]

# Characters of a field's name in a message.
_LONGEST_NAME = 80


def join_path(path: str, step: str | int) -> str:
    """Return the path of a field or item, such as `tools[0].name`."""
    if isinstance(step, int):
        return f"{path}[{step}]"
    if not step.isprintable() or len(step) > _LONGEST_NAME:
        step = "(unprintable)"
    return f"{path}.{step}" if path else step


def path_of(steps: Sequence[str | int]) -> str:
    """Return the path that the steps lead along."""
    return functools.reduce(join_path, steps, "")


def faults_of(model: type, data: object, path: str = "") -> Iterator[Fault]:
    """Yield every place in JSON data where a model needs an object or an array, and something else stands.

    Args:
        model: The class of a generated model.
        data: What its `from_dict` was given.
        path: Where the data stands.
    """
    if not isinstance(data, Mapping):
        yield path, "expected object"
        return
    hints = get_type_hints(model)
    wire_names: Mapping[str, str] = model.__dict__.get("_wire_names_", {})
    for python_name, wire_name in wire_names.items():
        if wire_name in data:
            inner_path = join_path(path, wire_name)
            yield from _faults_of_field(hints[python_name], data[wire_name], inner_path)
    if "additional_properties" in hints:
        _, value_hint = get_args(hints["additional_properties"])
        for name in data.keys() - set(wire_names.values()):
            inner_path = join_path(path, str(name))
            yield from _faults_of_field(value_hint, data[name], inner_path)


def _faults_of_field(hint: object, value: object, path: str) -> Iterator[Fault]:
    """Yield the faults of a value whose type is stated by an annotation.

    Nothing is said of unions of several models: what fits none of them stays as it is.
    """
    if value is None:
        return
    containers = [part for part in _alternatives(hint) if _is_container(part)]
    if len(containers) != 1:
        return
    container = containers[0]
    if isinstance(container, type) and get_origin(container) is None:
        yield from faults_of(container, value, path)
        return
    (item_hint,) = get_args(container)
    if not _is_read(item_hint):
        return
    if not isinstance(value, list | tuple):
        yield path, "expected array"
        return
    for index, item in enumerate(value):
        yield from _faults_of_field(item_hint, item, join_path(path, index))


def _alternatives(hint: object) -> Sequence[object]:
    if get_origin(hint) in (Union, UnionType):
        return get_args(hint)
    return (hint,)


def _is_container(hint: object) -> bool:
    return get_origin(hint) is list or hasattr(hint, "from_dict")


def _is_read(hint: object) -> bool:
    """Whether values of a type differ from their JSON form, at any depth. Others are taken as they are."""
    if get_origin(hint) is list:
        return any(map(_is_read, get_args(hint)))
    from datetime import date, datetime
    from uuid import UUID

    text_types = (date, datetime, UUID)
    return any(
        hasattr(part, "from_dict") or part in text_types for part in _alternatives(hint)
    )
