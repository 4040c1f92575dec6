"""What becomes of a call that can't import what it needs, for want of file descriptors."""

from __future__ import annotations

from .. import exceptions as errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType


class ImportFailures:
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
        raise errors.APIConnectionError(
            f"a module of this package can't be read ({error.strerror}). Nothing was sent; it is safe to repeat."
        ) from None


IMPORT_FAILURES = ImportFailures()
