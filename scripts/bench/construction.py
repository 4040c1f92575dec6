"""Building a request as a program does: one expression of nested constructor calls, compiled once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from attrs import fields, has


def rebuild(model: Any) -> Callable[[], Any]:
    """A function that builds a model, and all the models inside, from values that are at hand."""
    names: dict[str, Any] = {}
    source = _expression(model, names)
    return eval(f"lambda: {source}", names)  # type: ignore[no-any-return]  # noqa: S307  # made right here


def _expression(value: Any, names: dict[str, Any]) -> str:
    if has(type(value)):
        names[type(value).__name__] = type(value)
        given = ", ".join(
            f"{field.alias}={_expression(held, names)}"
            for field in fields(type(value))
            if field.init and not _unset(held := getattr(value, field.name))
        )
        return f"{type(value).__name__}({given})"
    if isinstance(value, list):
        return f"[{', '.join(_expression(item, names) for item in value)}]"
    name = f"value_{len(names)}"
    names[name] = value
    return name


def _unset(value: Any) -> bool:
    return type(value).__name__ == "Unset"
