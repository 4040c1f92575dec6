"""The argument parser of the commands."""

from __future__ import annotations

import argparse


def parser_of(name: str, about: str | None) -> argparse.ArgumentParser:
    """The parser of a command's arguments. `about`: the docstring of its module, of which `--help` shows the first line."""
    description = (about or "").partition("\n")[0]
    return argparse.ArgumentParser(f"python -m scripts.{name}", None, description)
