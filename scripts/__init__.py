"""Commands, each run with `python -m scripts.<command>`, and the folders that they are made of."""

from __future__ import annotations

import signal
import sys
from types import TracebackType

# Commands that write to the project only through `scripts.common.replace`.
_REPLACING = ("accept", "generate", "refresh", "update")


def _report(
    kind: type[BaseException], error: BaseException, traceback: TracebackType | None
) -> None:
    """Say in one line that somebody pressed Ctrl-C; show every other exception as Python does.

    It imports nothing: after an import, the interpreter ends with exit code 1, which is a result of some commands, and not as the signal
    ends it.
    """
    # Before Python 3.12, what interrupts the making of a class becomes the cause of a RuntimeError.
    is_wrapped = isinstance(error.__cause__, KeyboardInterrupt)
    if not issubclass(kind, KeyboardInterrupt) and not is_wrapped:
        sys.__excepthook__(kind, error, traceback)
        return
    # A worker leaves that to the command.
    if not _is_worker():
        sys.stderr.write(f"{_interrupted()}\n")
    if is_wrapped:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        signal.raise_signal(signal.SIGINT)


def _is_worker() -> bool:
    """Whether the module multiprocessing started this process."""
    return any("from multiprocessing." in argument for argument in sys.orig_argv)


def _interrupted() -> str:
    """The sentence for Ctrl-C: which command it was, and whether it has changed nothing, if that is known."""
    command = _command()
    if not command:
        return "interrupted"
    replace = sys.modules.get("scripts.common.replace")
    has_replaced = replace is not None and replace.has_replaced()
    if command in _REPLACING and not has_replaced:
        return f"{command}: interrupted; nothing was changed"
    return f"{command}: interrupted"


def _command() -> str:
    """The name of the command in `python -m scripts.NAME`; empty where Python was started for something else."""
    arguments = sys.orig_argv
    if "-m" not in arguments[:-1]:
        return ""
    module = arguments[arguments.index("-m") + 1]
    folder, _dot, name = module.partition(".")
    return name if folder == "scripts" else ""


# Here, because a command may be interrupted while it is still being imported.
sys.excepthook = _report

# jsonschema imports this reader of IRIs if it is installed, which takes a second of processor time, and nothing here uses it. What
# lists the contents of a release (cyclonedx-bom) brings it along, and runs in a process of its own.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]  # so that importing it fails
