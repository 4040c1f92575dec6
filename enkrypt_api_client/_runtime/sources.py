"""The content of a request, a piece at a time."""

from __future__ import annotations

from typing import Protocol

from .helper import Helper, WaitExpired

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import TypeVar

    from .body import Content
    from .deadline import Deadline

    T = TypeVar("T")

LARGEST_PIECE = 64 * 1024  # bytes of content that is there already, at a time


class RunBeside(Protocol):
    """Runs a function in another thread, and waits for it."""

    async def __call__(
        self, helper: Helper, function: Callable[[], T], seconds: float
    ) -> T:
        """Return what the function returns. Raises WaitExpired, and what the function raises."""


class BytesSource:
    """Content that is there already."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._position = 0

    async def prepare(self, deadline: Deadline) -> None:
        """Nothing is to be done."""

    async def next_piece(self, deadline: Deadline) -> bytes:
        """See `Source`."""
        start = self._position
        self._position += LARGEST_PIECE
        return self._content[start : self._position]

    def stop(self) -> None:
        """Nothing is to be stopped."""


class FileSource:
    """Content that a helper thread reads, since a caller's file may block for longer than there is time.

    What it raises passes through, the same object.
    """

    def __init__(self, content: Content, run_beside: RunBeside) -> None:
        self._content = content
        self._run_beside = run_beside
        self._helper: Helper | None = None
        self._pieces: Iterator[bytes] | None = None
        self._first: bytes | None = None

    async def prepare(self, deadline: Deadline) -> None:
        """Read the first piece, before anything else is done."""
        self._first = await self.next_piece(deadline)

    async def next_piece(self, deadline: Deadline) -> bytes:
        """See `Source`."""
        if self._first is not None:
            first = self._first
            self._first = None
            return first
        if self._helper is None:
            self._helper = Helper()
        while True:
            # Also for a file that yields nothing but empty pieces, time ends.
            remaining = deadline.remaining()
            try:
                piece = await self._run_beside(self._helper, self._read, remaining)
            except WaitExpired:
                continue
            if piece is None:
                return b""
            if piece:
                return piece

    def _read(self) -> bytes | None:
        """Return the next piece; None at the end. Runs in the helper thread."""
        if self._pieces is None:
            self._pieces = iter(self._content)
        return next(self._pieces, None)

    def stop(self) -> None:
        """Let the helper thread end, as soon as the file lets it."""
        if self._helper is not None:
            self._helper.stop()
