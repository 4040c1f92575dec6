"""Commands, each run with `python -m scripts.<command>`, and the folders that they are made of."""

from __future__ import annotations

import sys
from types import TracebackType


def _report(
    kind: type[BaseException], error: BaseException, traceback: TracebackType | None
) -> None:
    """Say in one line that somebody pressed Ctrl-C; show every other exception as Python does."""
    if issubclass(kind, KeyboardInterrupt):
        sys.stderr.write("interrupted\n")
    else:
        sys.__excepthook__(kind, error, traceback)


# Here, because a command may be interrupted while it is still being imported.
sys.excepthook = _report
