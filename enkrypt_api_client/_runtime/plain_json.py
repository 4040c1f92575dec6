"""Copies what callers give into plain JSON, and names by its path whatever can't be."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping

from .redact import DEEPEST
from .values import UNSET, LocalTime, written

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

# What our own code, and the library that checks JSON, say of data that is not as it should be. Anything else is not about data.
DATA_ERRORS = (
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    RecursionError,
)
# Characters of a field's name in a message.
_LONGEST_NAME = 80

to_json = json.JSONEncoder(
    allow_nan=False, ensure_ascii=False, separators=(",", ":")
).encode


def join_path(path: str, step: str | int) -> str:
    """Return the path of a field or item, such as `tools[0].name`."""
    if isinstance(step, int):
        return f"{path}[{step}]"
    if not step.isprintable() or len(step) > _LONGEST_NAME:
        step = "(unprintable)"
    return f"{path}.{step}" if path else step


def path_of(steps: Sequence[str | int]) -> str:
    """Return the path that some steps make."""
    return functools.reduce(join_path, steps, "")


def is_file(value: Any) -> bool:
    """Whether a value is bytes, or something to read them from. A text file, which has an encoding, is none."""
    is_bytes = isinstance(value, bytes | bytearray | memoryview | tuple)
    can_be_read = (
        hasattr(value, "read")
        or hasattr(value, "payload")
        or hasattr(value, "__fspath__")
    )
    file = getattr(value, "payload", value)
    return (is_bytes or can_be_read) and not hasattr(file, "encoding")


class PlainCopier:
    """Copies values into JSON's own types. Owns the faults that it finds: what is expected, by path.

    Args:
        takes_files: Whether files may stand below the top. They become empty strings.
    """

    def __init__(self, takes_files: bool = False) -> None:
        self.faults: dict[str, str] = {}
        self._takes_files = takes_files

    def copy(self, value: Any) -> Any:
        """Return a copy, with null where a fault was found."""
        return self._copy(value, "", ())

    def _copy(self, value: Any, path: str, above: tuple[int, ...]) -> Any:
        """Copy a value.

        Args:
            value: Anything.
            path: Where it stands.
            above: The identities of what it stands in.
        """
        if value is None or isinstance(value, str | int | float):
            return self._copy_scalar(value, path)
        if self._takes_files and path and is_file(value):
            return ""
        if id(value) in above:
            self.faults[path] = "holds itself"
            return None
        if len(above) >= DEEPEST:
            self.faults[path] = f"is nested more than {DEEPEST} deep"
            return None
        inside = (*above, id(value))
        match value:
            case Mapping():
                return self._copy_mapping(value, path, inside)
            case list() | tuple():
                return [
                    self._copy(item, join_path(path, index), inside)
                    for index, item in enumerate(value)
                ]
            case _:
                return self._copy_other(value, path, above)

    def _copy_mapping(
        self, value: Mapping[Any, Any], path: str, above: tuple[int, ...]
    ) -> dict[str, Any]:
        copied = {}
        for name, item in value.items():
            if not isinstance(name, str):
                kind = type(name).__name__
                self.faults[path] = f"expected strings as keys, not {kind}"
            elif item is not UNSET:
                key = self._copy_scalar(name, join_path(path, "(a field name)"))
                copied[key or ""] = self._copy(item, join_path(path, name), above)
        return copied

    def _copy_other(self, value: Any, path: str, above: tuple[int, ...]) -> Any:
        """Copy a model, a date or a UUID."""
        wire = value
        is_model = hasattr(type(value), "__attrs_attrs__")
        try:
            wire = _fields_of(value) if is_model else written(value)
        except DATA_ERRORS:
            self.faults[path] = f"{type(value).__name__} can't be written as JSON"
        if isinstance(wire, str | Mapping):
            return self._copy(wire, path, above)
        expected = "a binary file or JSON" if self._takes_files else "JSON"
        self.faults.setdefault(path, f"expected {expected}, not {type(wire).__name__}")
        return None

    def _copy_scalar(self, value: Any, path: str) -> Any:
        """Copy a scalar. A subclass becomes what it is a subclass of."""
        if isinstance(value, LocalTime):
            self.faults[path] = "a datetime needs an offset: give it a tzinfo"
            return None
        try:
            copied = json.loads(to_json(value))
            str(copied).encode()
            return copied
        except UnicodeEncodeError:
            fault = "contains half of a surrogate pair, which UTF-8 can't encode"
        except ValueError:
            fault = "expected a finite number, of at most 4,300 digits"
        self.faults[path] = fault
        return None


def _fields_of(model: Any) -> dict[str, Any]:
    """Return the JSON form of a model. Where an attribute is of a wrong type, all stay as they are, for it to be found by its path."""
    try:
        wire: dict[str, Any] = model.to_dict()
        return wire
    except DATA_ERRORS:
        wire = dict(getattr(model, "additional_properties", {}))
    for python_name, wire_name in model._wire_names_.items():
        wire[wire_name] = getattr(model, python_name, UNSET)
    return wire
