"""The pages that people read, taken apart: code blocks, links, and commands that they name."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from tests.conftest import ROOT

README = ROOT / "README.md"
CONTRIBUTING = ROOT / "CONTRIBUTING.md"
PAGES = (README, CONTRIBUTING)
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"\]\(([^)\s]+)\)")


class Block(NamedTuple):
    """A fenced block: its language, the line it starts on, its text."""

    language: str
    line: int
    text: str


def blocks(page: Path, language: str) -> list[Block]:
    """The blocks of one language, `""` for commands, in the order of the page."""
    text = page.read_text("utf-8")
    return [
        Block(match[1], text.count("\n", 0, match.start(2)) + 1, match[2])
        for match in _FENCE.finditer(text)
        if match[1] == language
    ]


def commands(page: Path) -> list[str]:
    """Every command that a page shows, in blocks and in backticks, without comments."""
    text = page.read_text("utf-8")
    lines = [line for block in blocks(page, "") for line in block.text.splitlines()]
    lines += re.findall(r"`([^`\n]+)`", _FENCE.sub("", text))
    return [line.partition("  #")[0].strip() for line in lines]


def links(page: Path) -> list[str]:
    """Targets of the page's links."""
    return _LINK.findall(_FENCE.sub("", page.read_text("utf-8")))
