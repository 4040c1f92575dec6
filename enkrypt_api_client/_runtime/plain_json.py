"""Copies what callers pass into plain JSON. Names by its path whatever can't be copied."""

from __future__ import annotations

import datetime
import json
from collections.abc import Collection, Mapping

from .faults import join_path
from .model_base import Model
from .redact import DEEPEST
from .values import HALF_OF_A_PAIR, UNSET, LocalTime, written

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .values import JsonValue

# Exceptions that our own code and the JSON Schema validator raise for unsuitable data. All others have other causes and pass unchanged.
DATA_ERRORS = (
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    RecursionError,
)

to_json = json.JSONEncoder(
    allow_nan=False, ensure_ascii=False, separators=(",", ":")
).encode


def is_file(value: object) -> bool:
    """Whether a value is bytes, a binary file, a path, a `File` or a tuple as httpx takes it. A text file has an encoding, and is not."""
    if isinstance(value, Model):
        # It may have fields of these names.
        return False
    is_bytes = isinstance(value, bytes | bytearray | memoryview | tuple)
    can_be_read = (
        hasattr(value, "read")
        or hasattr(value, "payload")
        or hasattr(value, "__fspath__")
    )
    file = getattr(value, "payload", value)
    return (is_bytes or can_be_read) and not hasattr(file, "encoding")


def _fault_of_nesting(value: object, above: tuple[int, ...]) -> str:
    """Return what is wrong with the place of a value; "" if nothing is. `above`: see `PlainCopier._copy`."""
    if id(value) in above:
        return "contains itself"
    if len(above) >= DEEPEST:
        return f"is nested more than {DEEPEST} deep"
    return ""


class PlainCopier:
    """Copies values into JSON's own types, and collects the faults that it finds: messages by path.

    Args:
        takes_files: Whether fields may be files. They become empty strings in the copy.
        misplaced_dates: Paths of dates that become `False` in the copy instead of text.

    Attributes:
        faults: Messages by path.
        dates: Paths of dates and datetimes.
    """

    def __init__(
        self, takes_files: bool = False, misplaced_dates: Collection[str] = ()
    ) -> None:
        self.faults: dict[str, str] = {}
        self.dates: list[str] = []
        self._takes_files = takes_files
        self._misplaced_dates = misplaced_dates

    def copy(self, value: object) -> JsonValue:
        """Return a copy. What stands where a fault was found is not to be sent."""
        return self._copy(value, "", ())

    def _copy(self, value: object, path: str, above: tuple[int, ...]) -> JsonValue:
        """Copy a value.

        Args:
            value: Anything.
            path: Of the value.
            above: The `id` of each value that this one is inside of.
        """
        if value is None or isinstance(value, str | int | float):
            return self._copy_scalar(value, path)
        if self._takes_files and path and is_file(value):
            return ""
        fault = _fault_of_nesting(value, above)
        if fault:
            self.faults[path] = fault
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
                return self._copy_object(value, path, above)

    def _copy_mapping(
        self, value: Mapping[object, object], path: str, above: tuple[int, ...]
    ) -> JsonValue:
        copied: dict[str, JsonValue] = {}
        for name, item in value.items():
            if not isinstance(name, str):
                # YAML reads `on` and `no` as bools.
                kind = str(name) if isinstance(name, bool) else type(name).__name__
                self.faults[path] = f"expected strings as keys, not {kind}"
            elif item is not UNSET:
                key = self._copy_scalar(name, join_path(path, "(a field name)"))
                inner_path = join_path(path, name)
                copied[str(key or "")] = self._copy(item, inner_path, above)
        return copied

    def _copy_object(
        self, value: object, path: str, above: tuple[int, ...]
    ) -> JsonValue:
        """Copy a model, a date or a UUID."""
        if isinstance(value, datetime.date):  # as every datetime is
            self.dates.append(path)
            if path in self._misplaced_dates:
                return False
        wire = value
        try:
            wire = _fields_of(value) if isinstance(value, Model) else written(value)
        except DATA_ERRORS:
            self.faults[path] = f"{type(value).__name__} can't be written as JSON"
        if isinstance(wire, str | Mapping):
            return self._copy(wire, path, above)
        expected = "a binary file or JSON" if self._takes_files else "JSON"
        fault = (
            f"expected {expected}, not a Python object of type {type(wire).__name__}"
        )
        self.faults.setdefault(path, fault)
        return None

    def _copy_scalar(self, value: object, path: str) -> JsonValue:
        """Copy a scalar. An instance of a subclass of `str`, `int` or `float` becomes one of the base class."""
        if isinstance(value, LocalTime):
            self.faults[path] = "a datetime needs an offset: give it a tzinfo"
            return f"{value}Z"
        try:
            copied: JsonValue = json.loads(to_json(value))
            str(copied).encode()
        except UnicodeEncodeError:
            fault = f"contains {HALF_OF_A_PAIR}"
        except ValueError:
            fault = "expected a number of at most 4,300 digits"
            if isinstance(value, float):
                fault = "expected a finite number"
        else:
            return copied
        self.faults[path] = fault
        return None


def _fields_of(model: Model) -> Mapping[str, object]:
    """Return the JSON form of a model. If `to_dict` fails, return its attributes as they are, so that the fault is found by its path."""
    try:
        return model.to_dict()
    except DATA_ERRORS:
        fields: dict[str, object] = dict(getattr(model, "additional_properties", {}))
    for python_name, wire_name in model._wire_names_.items():
        fields[wire_name] = getattr(model, python_name, UNSET)
    return fields
