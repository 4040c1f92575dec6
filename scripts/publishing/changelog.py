"""Reads the entries of CHANGELOG.md."""

from __future__ import annotations

import datetime
import os
import re
from collections.abc import Iterable
from pathlib import Path

from scripts.common import files

UNRELEASED = "Unreleased"
_BREAKING = "**Breaking:** "


def entry(root: Path, version: str) -> str:
    """Return the text below the heading of a version, of each of them if there are several; empty if there is none, or no file.

    Raises:
        FileError: The file can't be read.
    """
    path = root / "CHANGELOG.md"
    if not os.path.lexists(path):
        return ""
    heading = rf"^## \[?{re.escape(version)}\]?(?:[ \t][^\n]*)?\n"
    end = r"(?=^## |^\[[^\]\n]+\]: |\Z)"
    text = files.read_text(path)
    flags = re.MULTILINE | re.DOTALL | re.IGNORECASE
    sections = re.findall(rf"{heading}(.*?){end}", text, flags)
    return "\n\n".join(filter(None, map(str.strip, sections)))


def has_entry(root: Path, version: str) -> bool:
    """Return whether anything but headings stands below the heading of a version. Raises FileError."""
    lines = entry(root, version).splitlines()
    return any(line.strip() and not line.startswith("#") for line in lines)


def has_date(root: Path, version: str) -> bool:
    """Return whether the heading of a version ends with a date, as Keep a Changelog asks for. Raises FileError."""
    text = files.read_text(root / "CHANGELOG.md")
    heading = rf"^## \[?{re.escape(version)}\]? - (\d{{4}}-\d\d-\d\d)\s*$"
    match = re.search(heading, text, re.MULTILINE)
    if match is None:
        return False
    try:
        datetime.date.fromisoformat(match[1])
    except ValueError:  # a thirteenth month
        return False
    return True


def unnamed(text: str, lines: Iterable[str]) -> list[str]:
    """Return the suggested lines that a text does not cover.

    An item of the text covers a suggested line if it names its subject, the part before the colon, and says that it is breaking where it
    is. An item that begins with the subject and has values in backticks, as suggested lines do, may be about another change of it: it also
    has all that stands in backticks behind the colon of the line.
    """
    items = [" ".join(item.split()) for item in re.split(r"^- ", text, flags=re.M)]
    return [
        line for line in lines if not any(_covers(item, line) for item in items[1:])
    ]


def _covers(item: str, line: str) -> bool:
    suggestion = line.removeprefix("- ").removeprefix(_BREAKING)
    subject, _colon, sentence = suggestion.partition(": ")
    is_breaking = line.startswith(f"- {_BREAKING}")
    if subject not in item or (is_breaking and "breaking" not in item.lower()):
        return False
    start, _colon, own_sentence = item.removeprefix(_BREAKING).partition(": ")
    if start != subject or "`" not in own_sentence:
        return True
    return all(value in own_sentence for value in re.findall("`[^`]+`", sentence))
