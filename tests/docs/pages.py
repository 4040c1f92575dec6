"""The pages that people read, taken apart: code blocks, links, and commands that they name."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

from tests.conftest import ROOT

README = ROOT / "README.md"
CONTRIBUTING = ROOT / "CONTRIBUTING.md"
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def blocks(page: Path, language: str) -> list[str]:
    """The fenced blocks of one language, `""` for commands, in the order of the page."""
    found = _FENCE.findall(page.read_text("utf-8"))
    return [text for tag, text in found if tag == language]


def indented_blocks(page: Path, language: str) -> list[str]:
    """The fenced blocks of one language that belong to items of a list, without their indentation."""
    pattern = rf"^ +```{language}\n(.*?)^ +```$"
    found = re.findall(pattern, page.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    return [textwrap.dedent(text) for text in found]


def commands(page: Path) -> list[str]:
    """Every command that a page shows, in blocks and in backticks, without comments."""
    prose = _FENCE.sub("", page.read_text("utf-8"))
    lines = "".join(blocks(page, "")).splitlines()
    lines += re.findall(r"`([^`\n]+)`", prose)
    return [line.partition("  #")[0].strip() for line in lines]


def links(page: Path) -> list[str]:
    """Targets of the page's links."""
    return re.findall(r"\]\(([^)\s]+)\)", _FENCE.sub("", page.read_text("utf-8")))
