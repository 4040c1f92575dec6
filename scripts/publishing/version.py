"""The version of the project, and what the changelog says about it."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from scripts.common import project


def versions(root: Path) -> tuple[str, str]:
    """The version in pyproject.toml, and that in the package; the second is empty where there is none."""
    pyproject = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))
    source = (root / project.PACKAGE.name / "_runtime" / "version.py").read_text(
        "utf-8"
    )
    found = re.search(r'^__version__ = "([^"]+)"', source, re.MULTILINE)
    return pyproject["project"]["version"], found[1] if found else ""


def changelog_entry(root: Path, version: str) -> str:
    """What CHANGELOG.md says about a version; empty if it says nothing, or is not there."""
    path = root / "CHANGELOG.md"
    text = path.read_text("utf-8") if path.exists() else ""
    head = rf"^## \[?{re.escape(version)}\]?(?:[ \t][^\n]*)?\n"
    match = re.search(rf"{head}(.*?)(?=^## |^\[[^\]\n]+\]: |\Z)", text, re.M | re.S)
    return match[1].strip() if match else ""
