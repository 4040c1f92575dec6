"""The version, as pyproject.toml and the package state it."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from scripts.common import project
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
        ReleaseError: pyproject.toml cannot be read, or states no version.
        OSError: There is no such file.
    """
    source = (root / PACKAGE_VERSION).read_text("utf-8")
    match = re.search(r'^__version__ = "([^"]+)"', source, re.MULTILINE)
    return Versions(_of_project(root), match[1] if match else "")


def _of_project(root: Path) -> str:
    """Return the version in pyproject.toml. Raises as `read` does."""
    content = (root / "pyproject.toml").read_bytes()
    try:
        settings = tomllib.loads(content.decode())
    except ValueError as error:
        raise ReleaseError(f"pyproject.toml cannot be read: {error}") from None
    match settings:
        case {"project": {"version": str(number)}}:
            return number
    raise ReleaseError(
        'pyproject.toml states no version; write `version = "0.1.0"` below [project]'
    )
