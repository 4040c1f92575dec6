"""Importing what a call is the first to need, safe from a fork.

A child process has only the thread that forked. A module that another thread was importing stays locked in the child for ever. So what
is imported later than when the client is made is imported inside `with IMPORTING`, and nobody can fork meanwhile.
"""

from __future__ import annotations

import os
import threading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType

IMPORTING = threading.RLock()


class Loading:
    """Context manager around imports before anything is sent. A file that can't be read ends the call as one that has sent nothing.

    Not part of `IMPORTING`: an exception of a signal handler in its code could leave the lock held.
    """

    __slots__ = ()

    def __enter__(self) -> None:
        """Nothing is to be done."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if not isinstance(error, OSError):
            return
        from .. import exceptions as errors

        raise errors.APIConnectionError(
            f"a module of this package can't be read ({error.strerror}). Nothing was sent; it is safe to repeat."
        ) from None


LOADING = Loading()

if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=IMPORTING.acquire,
        after_in_parent=IMPORTING.release,
        after_in_child=IMPORTING.release,
    )
