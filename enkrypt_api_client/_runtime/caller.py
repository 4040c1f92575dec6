"""Warnings that name the line of the caller's code which called this package."""

from __future__ import annotations

import inspect
import warnings

_PACKAGE = __name__.rpartition("._runtime")[0]


def warn_caller(message: str, category: type[Warning]) -> None:
    """Issue a warning that names the line which called this package."""
    frame = inspect.currentframe()
    level = 1
    while frame and frame.f_globals.get("__name__", "").startswith(_PACKAGE):
        frame = frame.f_back
        level += 1
    warnings.warn(message, category, stacklevel=level)
