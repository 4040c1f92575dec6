"""Keeps frames out of exceptions. Their local variables hold keys and bodies, and error trackers send them."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType


class HiddenFrames:
    """Context manager. An exception that leaves it keeps no frame below the caller's, nor does any that it brings along.

    What the caller was handling before keeps its traceback.
    """

    __slots__ = ("_handled_before",)

    def __enter__(self) -> None:
        self._handled_before = sys.exception()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if error is not None:
            _cut(error, self._handled_before)


def _cut(error: BaseException, handled_before: BaseException | None) -> None:
    """Remove the tracebacks of an exception, its causes and contexts, up to the one that was handled before."""
    pending: list[BaseException | None] = [error]
    seen: set[int] = set()
    while pending:
        link = pending.pop()
        if link is None or link is handled_before or id(link) in seen:
            continue
        seen.add(id(link))
        link.__traceback__ = None
        pending.append(link.__cause__)
        pending.append(link.__context__)
        if isinstance(link, BaseExceptionGroup):
            pending += link.exceptions
