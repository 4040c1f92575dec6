"""Writes everything that a command tells people. Text from a document is shown, never obeyed.

A document names things as it likes: with escape sequences that a terminal obeys, with marks that reverse the order of a line, with line
ends followed by what a pipeline takes for a command (`::error`, `##[error]`) or a changelog for a heading (`## [9.9.9]`). What is
invisible or ends a line is therefore written as an escape, `\\x1b` or `\\n`; one message stays on one line.

`visible` does that. A `Printer` applies it to every message, `show` leaves it to whoever makes the report, and `json_text` has the escapes
of JSON. Text that becomes part of generated code is a matter of `text`.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from scripts.common.errors import CommandError

LONGEST_MESSAGE = 2_000
LONGEST_VALUE = 200
MOST_ITEMS = 8

# Commands of pipelines: `::error ::` at the start of a line; `##[error]`, `##vso[...]`, `##teamcity[...]` anywhere in it.
_COMMAND_START = re.compile(r"\A(\s*):(?=:)")
_COMMAND_INSIDE = re.compile(r"#(?=#\w*\[)")


def visible(text: str) -> str:
    """Text of a document as one line that a terminal or a pipeline only shows. Invisible characters become escapes."""
    text = _printable(text)
    text = _COMMAND_START.sub(r"\1\\x3a", text)
    return _COMMAND_INSIDE.sub(r"\\x23", text)


def shortened(text: str, longest: int = LONGEST_VALUE) -> str:
    """Text without its middle where it is too long to be read."""
    if len(text) <= longest:
        return text
    mark = f" [{len(text) - longest} characters] "
    head = longest * 2 // 3
    return text[:head] + mark + text[head - longest :]


def listing(items: Sequence[str], most: int = MOST_ITEMS) -> str:
    """Items in words, the first of them where there are many: `a, b and 92 more`."""
    if len(items) <= most:
        return ", ".join(items)
    return f"{', '.join(items[:most])} and {len(items) - most} more"


def json_text(value: object) -> str:
    """JSON for programs, indented. Invisible characters and commands of pipelines are escapes, so programs read the same value."""
    text = json.dumps(value, indent=2, ensure_ascii=False)
    text = _COMMAND_INSIDE.sub(r"\\u0023", text)
    return "\n".join(_json_line(line) for line in text.split("\n"))


def _json_line(line: str) -> str:
    if line.isprintable():
        return line
    return "".join(
        character if character.isprintable() else json.dumps(character)[1:-1]
        for character in line
    )


def _printable(text: str) -> str:
    """Text in which every character that is invisible, or ends a line, is an escape."""
    if text.isprintable():
        return text
    return "".join(
        character
        if character.isprintable()
        else character.encode("unicode_escape").decode("ascii")
        for character in text
    )


@dataclass(frozen=True)
class Printer:
    """Writes the messages of one command, each on one line with the command's name: results to stdout, the others to stderr."""

    command: str

    def tell(self, message: str) -> None:
        """Say what was done."""
        _write(sys.stdout, self._line(message))

    def warn(self, message: str) -> None:
        """Say what is wrong or missing."""
        _write(sys.stderr, self._line(message))

    def fail(self, error: Exception) -> None:
        """Say why the command has stopped: a line for each problem of the error."""
        problems = [str(error)]
        if isinstance(error, CommandError):
            problems = [*error.problems]
        for problem in problems:
            self.warn(problem)

    def _line(self, message: str) -> str:
        return f"{self.command}: {visible(shortened(message, LONGEST_MESSAGE))}"


def show(text: str) -> None:
    """Write a report of several lines to stdout.

    Its headings and its commands for pipelines keep their meaning, so what it takes from a document must be `visible` already.
    """
    _write(sys.stdout, _printable_lines(text))


def show_error(text: str) -> None:
    """Write a text of several lines to stderr, as `show` does to stdout."""
    _write(sys.stderr, _printable_lines(text))


def show_json(value: object) -> None:
    """Write JSON for programs to stdout."""
    _write(sys.stdout, json_text(value))


def _printable_lines(text: str) -> str:
    return "\n".join(_printable(line) for line in text.split("\n"))


def _write(stream: TextIO | None, text: str) -> None:
    """Write to a stream of any encoding: what it lacks is escaped. Where nobody reads any more, as behind `| head`, the text is lost."""
    if stream is None:  # closed before Python was started
        return
    encoding = stream.encoding or "utf-8"
    encoded = text.encode(encoding, "backslashreplace")
    try:
        stream.write(f"{encoded.decode(encoding)}\n")
        stream.flush()
    except BrokenPipeError:
        # The work goes on. At the end Python would try to write once more, and fail.
        with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
            os.dup2(nowhere.fileno(), stream.fileno())
