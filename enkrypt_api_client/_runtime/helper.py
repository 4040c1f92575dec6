"""Threads that do what may block for longer than a call has time: resolving names, reading a caller's file."""

from __future__ import annotations

import _thread
import contextvars
from queue import SimpleQueue
from typing import Generic, TypeVar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Final

T = TypeVar("T")


class WaitExpired(Exception):
    """What was waited for did not happen in time."""


class Outcome(Generic[T]):
    """What a function returned, or else the exception that it raised."""

    __slots__ = ("error", "value")

    def __init__(self, value: T | None, error: BaseException | None) -> None:
        self.value: Final = value
        self.error: Final = error

    @classmethod
    def of(cls, function: Callable[[], T]) -> Outcome[T]:
        """Run a function and keep what comes of it."""
        try:
            return cls(function(), None)
        except BaseException as error:  # raised again, unchanged, for whoever waits
            return cls(None, error)

    def result(self) -> T:
        """Return the value, or raise the exception."""
        if self.error is not None:
            raise self.error
        value: T = self.value  # type: ignore[assignment]
        return value


class Helper:
    """A thread that runs one function after another, for one call.

    Whoever waits for it may leave at any time. The thread then ends as soon as what it runs has returned.
    """

    _jobs: SimpleQueue[Callable[[], None] | None] | None = None

    def __init__(self) -> None:
        jobs: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        context = contextvars.copy_context()
        try:
            # Not `threading.Thread`: its locks are written in Python, and an exception of a signal handler gets lost in them.
            _thread.start_new_thread(context.run, (_work, jobs))
        except RuntimeError:
            # The interpreter is ending, or the system has no more threads.
            return
        self._jobs = jobs

    def submit(self, job: Callable[[], None]) -> None:
        """Have the thread run a function; run it here if there can be no thread."""
        if self._jobs is None:
            job()
        else:
            self._jobs.put(job)

    def stop(self) -> None:
        """Let the thread end. Can be repeated; waits for nothing."""
        if self._jobs is not None:
            self._jobs.put(None)

    def __del__(self) -> None:
        self.stop()


def _work(jobs: SimpleQueue[Callable[[], None] | None]) -> None:
    while True:
        job = jobs.get()
        if job is None:
            return
        job()
        del job  # it may hold a caller's file
