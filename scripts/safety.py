"""A document comes from outside: what its text may look like where it reaches code, and how much time and memory it may take.

Names, enum values, paths and schemas are written into code as escaped literals, and identifiers are made of letters, digits and
underscores. So any text will do, except where it has a grammar of its own or hides something from a reader.
"""

from __future__ import annotations

import contextlib
import re
import resource
import signal
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

from scripts.errors import GenerationError

SECONDS = 120
MEMORY = 4 * 1024**3

_TOKEN = r"[A-Za-z0-9!#$%&'*+.^_`|~-]+"  # noqa: S105  # RFC 9110, 5.6.2
_SHAPES = {
    "name": re.compile(r".*", re.DOTALL),
    "header": re.compile(_TOKEN),
    "content type": re.compile(
        rf'{_TOKEN}/{_TOKEN}(?:[ \t]*;[ \t]*{_TOKEN}=(?:{_TOKEN}|"[^"\\]*"))*'
    ),
    "server": re.compile(r"(?:https?://[^\s/?#@\\]+)?(?:/[^\s?#\\]*)?"),
}
_HIDDEN = ("Cc", "Cf", "Cs", "Zl", "Zp")
_JOINERS = "\u200c\u200d"  # of Persian, Indic scripts and emoji


def fault(kind: str, text: str) -> str:
    """Why text of a document cannot be used as what it is; empty if it can.

    Args:
        kind: "header" (or cookie), "content type", "server", or "name" for everything else, which only must not hide anything.
        text: What the document has there.
    """
    for character in "" if text.isprintable() else text:
        if unicodedata.category(character) in _HIDDEN:
            found = f"U+{ord(character):04X} {unicodedata.name(character, '')}".strip()
            return f"the {kind} {text[:80]!r} has the invisible character {found}"
    if not _SHAPES[kind].fullmatch(text):
        return f"{text[:80]!r} is not a valid {kind}"
    return ""


def prose(text: str) -> str:
    """Text for docstrings and comments, without the invisible characters. Line ends, tabs and joiners stay."""
    if text.isprintable():
        return text
    text = re.sub("\r\n?|\x85|\u2028|\u2029", "\n", text)
    return "".join(
        character
        for character in text
        if character in "\n\t" + _JOINERS
        or unicodedata.category(character) not in _HIDDEN
    )


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
