"""The version, as pyproject.toml and the package state it."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from packaging.version import InvalidVersion, Version

from scripts.common import files, project
from scripts.common.errors import ReleaseError

# The module of the package that states its version, as a path in the checkout.
PACKAGE_VERSION = f"{project.PACKAGE.name}/_runtime/version.py"


@dataclass(frozen=True, slots=True)
class Versions:
    """The version in pyproject.toml, and that in the package, empty where there is none."""

    project: str
    package: str


def read(root: Path) -> Versions:
    """Return the versions that a checkout states.

    Raises:
        ReleaseError: pyproject.toml is not TOML, or states no version.
        FileError: One of the two files can't be read.
    """
    source = files.read_text(root / PACKAGE_VERSION)
    match = re.search(r'^__version__ = "([^"]+)"', source, re.MULTILINE)
    return Versions(_of_project(root), match[1] if match else "")


def _of_project(root: Path) -> str:
    """Return the version in pyproject.toml. Raises as `read` does."""
    try:
        settings = tomllib.loads(files.read_text(root / "pyproject.toml"))
    except tomllib.TOMLDecodeError as error:
        raise ReleaseError(f"pyproject.toml cannot be read: {error}") from None
    match settings:
        case {"project": {"version": str(number)}}:
            numbers(number, "pyproject.toml")
            return number
    raise ReleaseError(
        'pyproject.toml states no version; write `version = "0.1.0"` below [project]'
    )


def numbers(text: str, file: str) -> tuple[int, int, int]:
    """Return the major, minor and patch number of a version, `(1, 2, 0)` of `1.2rc2`.

    Args:
        text: The version.
        file: The file that states it, for the message.

    Raises:
        ReleaseError: It is not a version that a Python package may have (PEP 440).
    """
    try:
        version = Version(text)
    except InvalidVersion:
        raise ReleaseError(
            f"{file} states the version {text!r:.40}, which no package may have (PEP 440); write one such as 0.2.0"
        ) from None
    return version.major, version.minor, version.micro
