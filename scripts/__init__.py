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

# jsonschema imports this reader of IRIs if it is installed, which takes a second of processor time, and nothing here uses it. What
# lists the contents of a release (cyclonedx-bom) brings it along, and runs in a process of its own.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]  # so that importing it fails
