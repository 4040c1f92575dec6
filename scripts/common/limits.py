"""How much time and memory the work on a document may take. A document comes from outside and is not trusted."""

from __future__ import annotations

import contextlib
import resource
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

from scripts.common.errors import GenerationError

SECONDS = 120
MEMORY = 4 * 1024**3


class _TimeUp(BaseException):
    """Not an Exception, which a library may take for a fault of its own and go on."""


def _stop(_signal: int, _frame: object) -> NoReturn:
    raise _TimeUp


@contextlib.contextmanager
def limited(seconds: float = SECONDS, memory: int = MEMORY) -> Iterator[None]:
    """Time and additional memory that the work inside may take, on the main thread. Raises GenerationError beyond either.

    Args:
        seconds: Wall-clock time; enforced again each second until the work ends.
        memory: Bytes of address space beyond what is in use now.
    """
    before = resource.getrlimit(resource.RLIMIT_AS)
    handler = signal.signal(signal.SIGALRM, _stop)
    too_much = ""
    try:
        with contextlib.suppress(ValueError, OSError):  # no such limit but on Linux
            pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
            used = pages * resource.getpagesize()
            resource.setrlimit(resource.RLIMIT_AS, (used + memory, before[1]))
        signal.setitimer(signal.ITIMER_REAL, seconds, 1)
        yield
    except _TimeUp:
        too_much = f"takes longer than {seconds} seconds"
    except MemoryError:
        too_much = f"takes more than {memory // 1024**2} MiB of memory"
    except RecursionError:
        too_much = "is nested too deep"
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler)
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_AS, before)
    if too_much:
        raise GenerationError(f"stopped: the document {too_much}")
