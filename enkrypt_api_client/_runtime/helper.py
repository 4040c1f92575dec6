"""Threads that do what may block for longer than a call has time: resolving names, reading a caller's file."""

from __future__ import annotations

import _thread
import contextvars
import weakref
from queue import SimpleQueue
from typing import Generic, TypeVar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Final

T = TypeVar("T")


class WaitExpired(Exception):
    """A function did not return in time."""


class Outcome(Generic[T]):
    """The result of a function, or the exception that it raised."""

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

    _jobs: SimpleQueue[object] | None = None

    def __init__(self) -> None:
        jobs: SimpleQueue[object] = SimpleQueue()
        # For a `stop` that was itself interrupted: when nobody has this object any more, the reference to it goes into the queue. That is
        # a single step of C. A `__del__` would be run in each call, and lose what a signal handler raises in it.
        abandoned = weakref.ref(self, jobs.put)
        context = contextvars.copy_context()
        try:
            # Not `threading.Thread`: its locks are written in Python, and an exception of a signal handler gets lost in them.
            _thread.start_new_thread(context.run, (_work, jobs, abandoned))
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


def _work(jobs: SimpleQueue[object], abandoned: weakref.ref[Helper]) -> None:
    """Run one job after another, until something else comes out of the queue: None, or the reference to the helper that is gone."""
    while True:
        job = jobs.get()
        if job is None or job is abandoned:
            return
        assert callable(job)
        job()
        del job  # it may hold a caller's file
