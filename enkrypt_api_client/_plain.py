"""JSON's own types out of whatever a caller gives, with the path of everything that JSON can't say."""

from __future__ import annotations

import copy
import math
from collections.abc import Mapping

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    Problems = dict[str, str]  # path: what is expected there

DEEPEST = 200


class Stand:
    """Stands in generated code where a model, or a list of models, belongs."""

    def to_dict(self) -> None:
        return None

    def __iter__(self) -> Iterator[None]:
        return iter(())


def is_deep(text: str, value: Any) -> bool:
    """Whether parsed JSON is nested deeper than what reads it further can bear, whatever the interpreter's own limit."""
    if text.count("{") + text.count("[") <= DEEPEST:
        return False
    level = [value]
    for _ in range(DEEPEST + 1):
        held = [item for item in level if isinstance(item, dict | list)]
        level = [x for v in held for x in (v.values() if isinstance(v, dict) else v)]
    return bool(level)


def joined(path: str, step: object) -> str:
    if isinstance(step, int):
        return f"{path}[{step}]"
    name = str(step)
    shown = name if name.isprintable() and len(name) <= 80 else "(unprintable)"
    return f"{path}.{shown}" if path else shown


def plain(value: Any, path: str, problems: Problems, above: tuple[int, ...]) -> Any:
    """A copy made of JSON's own types alone. Faults go into `problems`, and null where they were."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str | int | float):
        return _plain_scalar(value, path, problems)
    inside = (*above, id(value))
    if id(value) in above:
        problems[path] = "holds itself"
    elif len(above) >= DEEPEST:
        problems[path] = f"is nested more than {DEEPEST} deep"
    elif isinstance(value, Mapping):
        return _plain_mapping(value, path, problems, inside)
    elif isinstance(value, list | tuple):
        items = enumerate(value)
        return [plain(v, joined(path, i), problems, inside) for i, v in items]
    else:
        from . import types

        try:
            model = hasattr(type(value), "__attrs_attrs__")
            value = _wire(value) if model else types.write_date(types.write_uuid(value))
        except Exception:
            problems[path] = f"{type(value).__name__} can't be written as JSON"
        if isinstance(value, str | Mapping):
            return plain(value, path, problems, inside)
        problems.setdefault(path, f"expected JSON, not {type(value).__name__}")
    return None


def _plain_scalar(value: Any, path: str, problems: Problems) -> Any:
    """Subclasses become what they are a subclass of."""
    try:
        if isinstance(value, str):
            value.encode()
            return str.__str__(value)
        if isinstance(value, int):
            return int(str(int(value)))
        if math.isfinite(value):
            return float(value)
        problems[path] = "expected a finite number"
    except UnicodeEncodeError:
        problems[path] = "holds half a surrogate pair, which UTF-8 can't say"
    except ValueError:
        problems[path] = "has too many digits"
    return None


def _plain_mapping(
    value: Mapping[Any, Any], path: str, problems: Problems, above: tuple[int, ...]
) -> dict[str, Any]:
    from .types import UNSET

    copied = {}
    for name, item in value.items():
        if not isinstance(name, str):
            problems[path] = f"expected strings as names, not {type(name).__name__}"
        elif item is not UNSET:
            key = _plain_scalar(name, joined(path, "(a field name)"), problems)
            copied[key or ""] = plain(item, joined(path, name), problems, above)
    return copied


def _wire(model: Any) -> dict[str, Any]:
    """JSON form of a model; its attributes as they are where one is of a wrong type, for that to be found by its path."""
    from .types import UNSET

    try:
        wire: dict[str, Any] = model.to_dict()
        return wire
    except Exception:
        blank, wire = copy.copy(model), dict(model.additional_properties)
    blank.additional_properties = {}
    names = [field.name for field in type(model).__attrs_attrs__]
    names.remove("additional_properties")
    for name in names:
        setattr(blank, name, UNSET)
    for name in names:
        setattr(blank, name, Stand())
        (wire_name,) = blank.to_dict()
        setattr(blank, name, UNSET)
        wire[wire_name] = getattr(model, name)
    return wire
