"""Reads files of the project."""

from __future__ import annotations

import os
from pathlib import Path

from scripts.common.errors import FileError


def read_bytes(path: Path) -> bytes:
    """Return the content of a file. Raises FileError, with what to do, where it can't be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        reason = os.strerror(error.errno or 0)
        raise FileError(
            f"{path.name}: cannot be read: {reason}; take the file from git again: git restore {path.name}"
        ) from None


def read_text(path: Path) -> str:
    """Return the text of a file in UTF-8. Raises FileError, with what to do, where it can't be read or is not UTF-8."""
    content = read_bytes(path)
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise FileError(
            f"{path.name}: line {line}: not UTF-8; save the file as UTF-8"
        ) from None
