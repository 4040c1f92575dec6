"""The version, as pyproject.toml and the package state it."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from scripts.common import project

# The module of the package that states its version, as a path in the checkout.
PACKAGE_VERSION = f"{project.PACKAGE.name}/_runtime/version.py"


@dataclass(frozen=True, slots=True)
class Versions:
    """The version in pyproject.toml, and that in the package, empty where there is none."""

    project: str
    package: str


def read(root: Path) -> Versions:
    """Return the versions that a checkout states."""
    settings = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))
    source = (root / PACKAGE_VERSION).read_text("utf-8")
    match = re.search(r'^__version__ = "([^"]+)"', source, re.MULTILINE)
    return Versions(settings["project"]["version"], match[1] if match else "")
