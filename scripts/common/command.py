"""The argument parser of the commands."""

from __future__ import annotations

import argparse


def parser_of(name: str, about: str | None) -> argparse.ArgumentParser:
    """The parser of a command's arguments.

    Args:
        name: Of the command's module in `scripts`.
        about: The docstring of that module, of which `--help` shows the first line.
    """
    first_line = (about or "").partition("\n")[0]
    return argparse.ArgumentParser(
        prog=f"python -m scripts.{name}", description=first_line
    )
