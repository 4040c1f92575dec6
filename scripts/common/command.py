"""The argument parser of the commands."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from scripts.common.printer import show

if TYPE_CHECKING:
    from _typeshed import SupportsWrite


class _Parser(argparse.ArgumentParser):
    """Writes `--help` as the commands write everything: to `| head`, too."""

    def print_help(self, file: SupportsWrite[str] | None = None) -> None:
        if file is not None:
            super().print_help(file)
        else:
            show(self.format_help().rstrip("\n"))


def parser_of(name: str, about: str | None) -> argparse.ArgumentParser:
    """The parser of a command's arguments.

    Args:
        name: Of the command's module in `scripts`.
        about: The docstring of that module, of which `--help` shows the first line.
    """
    first_line = (about or "").partition("\n")[0]
    return _Parser(prog=f"python -m scripts.{name}", description=first_line)
