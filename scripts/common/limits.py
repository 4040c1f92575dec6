"""How much time and memory the work on a document may take. A document comes from outside and is not trusted.

Three layers enforce it. A timer raises an exception in the main thread, which is the usual end. An exception cannot interrupt code that is
not Python, so the kernel kills the process some seconds later, or refuses it memory. A process that is killed prints nothing and has no
exit code of its own: `child_process` reports its end.
"""

from __future__ import annotations

import contextlib
import math
import resource
import signal
import time
import traceback
import weakref
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from scripts.common.errors import LimitError

# The limits where a caller of `limited` gives none: seconds of processor time, and bytes of memory.
SECONDS = 120
MEMORY = 4 * 1024**3

# The limit of elapsed time, as a multiple of that of processor time: high enough that a busy machine never reaches it.
_CLOCK_FACTOR = 10
# Seconds of processor time between the exception and the end by the kernel.
_GRACE = 30
# Seconds from one ring of the timer to the next, where the exception of the first was swallowed.
RING_AGAIN_AFTER = 1.0
# How many times the timer may ring while an exception is being handled.
_PATIENCE = 5


class _TimeUp(BaseException):
    """Not an Exception, which a library may take for a fault of its own and go on."""

    def __init__(self, limit: _Limit) -> None:
        super().__init__()
        self.limit = limit


@dataclass(slots=True, eq=False)
class _Limit:
    """A limit that is in force. The handler of signals reads and changes it."""

    seconds: float
    processor_ends_at: float
    clock_ends_at: float
    is_over: bool = False  # the work has ended in some way
    raised: weakref.ref[_TimeUp] | None = None
    rings: int = 0  # since the exception was raised last

    @property
    def is_reached(self) -> bool:
        if self.is_over:
            return False
        return (
            time.process_time() >= self.processor_ends_at
            or time.monotonic() >= self.clock_ends_at
        )

    def ring(self) -> None:
        """Raise the exception, unless an earlier one is being handled: a second one would interrupt that.

        One that was swallowed, in a finalizer for example, no longer exists.
        """
        if self.raised is not None and self.raised() is not None:
            self.rings += 1
            if self.rings < _PATIENCE:
                return
        self.rings = 0
        error = _TimeUp(self)
        self.raised = weakref.ref(error)
        try:
            raise error
        finally:
            # The exception refers to this frame, so the variable would keep it until the next collection.
            del error


@dataclass(slots=True)
class _InForce:
    """The limits that are in force, from the outermost to the innermost."""

    limits: list[_Limit] = field(default_factory=list)

    def arm(self) -> None:
        """Set the timers for the limit that is reached first, or disarm them."""
        waiting = [limit for limit in self.limits if not limit.is_over]
        if not waiting:
            signal.setitimer(signal.ITIMER_PROF, 0)
            signal.setitimer(signal.ITIMER_REAL, 0)
            return
        # Handlers stay installed: one that is removed could miss a signal that has already arrived.
        signal.signal(signal.SIGPROF, _on_signal)
        signal.signal(signal.SIGALRM, _on_signal)
        processor = min(limit.processor_ends_at for limit in waiting)
        clock = min(limit.clock_ends_at for limit in waiting)
        for timer, left in (
            (signal.ITIMER_PROF, processor - time.process_time()),
            (signal.ITIMER_REAL, clock - time.monotonic()),
        ):
            signal.setitimer(timer, max(left, 0.001), RING_AGAIN_AFTER)


_in_force = _InForce()


def _on_signal(_signal: int, _frame: object) -> None:
    """End the work whose limit is reached.

    The timer goes on each `RING_AGAIN_AFTER`. Where the exception was swallowed, it is raised again at the next ring; while it is being
    handled, only after `_PATIENCE` rings.
    """
    for limit in _in_force.limits:
        if limit.is_reached:
            limit.ring()
            return
    # The timer of the kernel may ring a moment before the clock that Python reads has come so far.
    _in_force.arm()


@contextlib.contextmanager
def limited(
    seconds: float = SECONDS,
    memory: int = MEMORY,
    clock_seconds: float | None = None,
) -> Iterator[None]:
    """Limit the time and the additional memory that the work inside may take, on the main thread. Can be nested.

    Args:
        seconds: Processor time of this process.
        memory: Bytes of address space beyond what is in use now.
        clock_seconds: Time of the clock; ten times the processor time by default.

    Raises:
        LimitError: A limit was reached. Its `__cause__` is what ended the work, since a SystemError may also be a fault in a library.
    """
    if clock_seconds is None:
        clock_seconds = seconds * _CLOCK_FACTOR
    limit = _Limit(
        seconds,
        processor_ends_at=time.process_time() + seconds,
        clock_ends_at=time.monotonic() + clock_seconds,
    )
    problem = ""
    cause: BaseException | None = None
    try:
        with _kernel_limits(seconds, memory):
            try:
                _in_force.limits.append(limit)
                _in_force.arm()
                yield
            finally:
                # The first statement: from here on the timer raises nothing.
                limit.is_over = True
    except _TimeUp as error:
        if error.limit is not limit:
            raise
        most = seconds
        if time.process_time() < limit.processor_ends_at:
            most = clock_seconds
        problem = f"takes longer than {most:g} seconds"
    except (MemoryError, SystemError) as error:
        # Compiled code that gets no memory may end without an exception, which Python reports as a SystemError.
        cause = error
        problem = f"takes more than {memory // 1024**2} MiB of memory"
    except RecursionError as error:
        cause = error
        problem = "is nested too deep"
    finally:
        # It is not there where an outer limit was reached before it came into force.
        if limit in _in_force.limits:
            _in_force.limits.remove(limit)
        _in_force.arm()
    if problem:
        if cause is not None:
            # What the work held in memory goes; the lines of code stay.
            traceback.clear_frames(cause.__traceback__)
        raise LimitError(f"stopped: the document {problem}") from cause


@contextlib.contextmanager
def _kernel_limits(seconds: float, memory: int) -> Iterator[None]:
    """Limits of the kernel, lifted afterwards. On systems that lack one it is not set."""
    before = {
        kind: resource.getrlimit(kind)
        for kind in (resource.RLIMIT_AS, resource.RLIMIT_CPU)
    }
    last_second = time.process_time() + seconds + _GRACE
    try:
        with contextlib.suppress(OSError, ValueError):
            _lower(resource.RLIMIT_AS, _address_space() + memory)
        with contextlib.suppress(OSError, ValueError):
            _lower(resource.RLIMIT_CPU, math.ceil(last_second))
        yield
    finally:
        for kind, values in before.items():
            with contextlib.suppress(OSError, ValueError):
                resource.setrlimit(kind, values)


def limit_memory(memory: int) -> None:
    """Limit what this process may take in addition, in bytes of address space, until it ends. Where there is no such limit, none is set."""
    with contextlib.suppress(OSError, ValueError):
        _lower(resource.RLIMIT_AS, _address_space() + memory)


def _lower(kind: int, value: int) -> None:
    """Set a limit of the kernel, unless a lower one is set already."""
    soft, hard = resource.getrlimit(kind)
    if soft == resource.RLIM_INFINITY or value < soft:
        resource.setrlimit(kind, (value, hard))


def _address_space() -> int:
    """Bytes of address space in use. Raises OSError but on Linux."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
    return pages * resource.getpagesize()
