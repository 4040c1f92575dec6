"""Runs a command in a child process, and reports its end in one line where a signal ended it.

Compiled code that runs out of memory aborts the process, and the system may kill it. A process that is killed prints nothing and has no
exit code of its own.
"""

from __future__ import annotations

import atexit
import ctypes
import functools
import gc
import os
import re
import signal
import sys
from collections.abc import Callable
from types import TracebackType
from typing import NoReturn

from scripts.common.printer import Printer

# Signals by which somebody ends a command.
_PASSED_ON = frozenset((signal.SIGINT, signal.SIGTERM, signal.SIGHUP))
# How many new objects the garbage collector lets come before it looks for cycles, in place of 700.
_NEW_OBJECTS_BEFORE_COLLECTION = 100_000
# How Python reports compiled code that ended without a result and without an exception.
_LOST_ERROR = re.compile(r"(returned NULL|error return) without ")
# Signals by which the processor or the kernel ends a program that has a fault.
_CRASHES = frozenset(
    (signal.SIGSEGV, signal.SIGBUS, signal.SIGILL, signal.SIGFPE, signal.SIGSYS)
)
# Seconds that the child has after Ctrl-C, which a terminal sends to both processes: a second one would interrupt how it ends.
_CHILD_HEARS_CTRL_C = 0.5


def supervise(command: str) -> None:
    """Go on in a child process. This one waits for it, and ends as it does; where a signal ended it, with one line and exit code 2.

    Args:
        command: Its name, for the message.
    """
    if not hasattr(signal, "sigtimedwait"):
        return
    _flush()
    parent = os.getpid()
    # Blocked from here on, a signal waits until `_wait_for` asks for it, so none is lost or late.
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    blocked_before = signal.pthread_sigmask(
        signal.SIG_BLOCK, _PASSED_ON | {signal.SIGCHLD}
    )
    # A collection in the child would write to every object, and so copy all memory that it shares with this process.
    gc.freeze()
    child = os.fork()
    if child == 0:
        _end_with(parent)
        # Reading a document makes many objects and hardly a cycle, and what is left at the end goes with the process.
        gc.set_threshold(_NEW_OBJECTS_BEFORE_COLLECTION)
        atexit.register(gc.freeze)
        signal.pthread_sigmask(signal.SIG_SETMASK, blocked_before)
        sys.excepthook = functools.partial(_abort_without_memory, sys.excepthook)
        return
    _wait_for(child, command)


def _flush() -> None:
    """Write what was printed. A stream that was closed when the command began is None."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.flush()


def end(exit_code: int) -> NoReturn:
    """End this process at once, its output written.

    Taking the interpreter apart, module by module, is 7 to 9 % of the processor time of `scripts.drift` on two small documents. Functions
    registered with `atexit` do not run, so a command that ends this way leaves nothing for them to do.
    """
    _flush()
    os._exit(exit_code)


def _end_with(parent: int) -> None:
    """Have the kernel end this process when its parent ends (prctl(2), Linux)."""
    if sys.platform != "linux":
        return
    set_parent_death_signal = 1
    ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(2)


def _abort_without_memory(
    report: Callable[
        [type[BaseException], BaseException, TracebackType | None], object
    ],
    kind: type[BaseException],
    error: BaseException,
    trace: TracebackType | None,
) -> None:
    """End as compiled code does that gets no memory, where an error that was not caught is about memory. Leave others to `report`.

    Without memory no function can be called, so neither `limited` nor a command can handle the error. Python may also lose it, and raise a
    SystemError in its place, which says so.
    """
    is_lost = issubclass(kind, SystemError) and _LOST_ERROR.search(str(error))
    if issubclass(kind, MemoryError) or is_lost:
        signal.raise_signal(signal.SIGABRT)
    report(kind, error, trace)


def _wait_for(child: int, command: str) -> NoReturn:
    """Wait for a child process and end as it does. The signals to wait for are blocked."""
    while not _has_ended(child):
        number = signal.sigwait(_PASSED_ON | {signal.SIGCHLD})
        if number == signal.SIGINT:
            signal.sigtimedwait({signal.SIGCHLD}, _CHILD_HEARS_CTRL_C)
        if number != signal.SIGCHLD:
            # Not reaped yet, so this cannot hit another process of this number.
            os.kill(child, number)
    _, status = os.waitpid(child, 0)
    if not os.WIFSIGNALED(status):
        os._exit(os.waitstatus_to_exitcode(status))
    ended_by = signal.Signals(os.WTERMSIG(status))
    if ended_by in _PASSED_ON:
        # As if there had been no child.
        signal.signal(ended_by, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {ended_by})
        os.kill(os.getpid(), ended_by)
    cause = "the document probably takes more memory than there is"
    if ended_by == signal.SIGXCPU:
        cause = "the document probably takes too long"
    elif ended_by in _CRASHES:
        cause = "a library in compiled code crashed"
    Printer(command).warn(f"stopped: {cause} ({ended_by.name})")
    os._exit(2)


def _has_ended(child: int) -> bool:
    """Whether a child process has ended. It is not reaped."""
    options = os.WEXITED | os.WNOHANG | os.WNOWAIT
    return os.waitid(os.P_PID, child, options) is not None
