"""Marks what the document calls deprecated, so that editors strike it through and type checkers can report it (PEP 702)."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing_extensions import deprecated as deprecated
else:

    def deprecated(message):
        """Return a decorator that leaves the message in `__deprecated__`. Unlike Python's own, it warns nobody at run time."""

        def mark(function_or_class):
            function_or_class.__deprecated__ = message
            return function_or_class

        return mark
