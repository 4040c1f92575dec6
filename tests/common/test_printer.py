"""Text of a document is shown, never obeyed: by terminals, pipelines, Markdown and programs."""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
from collections.abc import Iterator

import pytest

from scripts.common.command import parser_of
from scripts.common.errors import GenerationError
from scripts.common.printer import (
    LONGEST_MESSAGE,
    Printer,
    json_text,
    listing,
    shortened,
    show,
    show_error,
    visible,
)

Output = pytest.CaptureFixture[str]
PRINTER = Printer("trial")

HOSTILE = {
    "escape sequence": "a\x1b[31mb",
    "C1 control": "a\x9b2Jb",
    "carriage return": "a\rb",
    "backspace": "abc\b\b\bxyz",
    "right-to-left override": "a\u202eb",
    "isolate": "a\u2066b\u2069",
    "zero width": "a\u200bb",
    "line separator": "a\u2028b",
    "tag characters": "a\U000e0041b",
    "lone surrogate": "a\ud800b",
    "command on a line of its own": "a\n::error file=x::b",
    "heading on a line of its own": "a\n## [9.9.9]\n",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_invisible_characters_and_line_ends_are_shown_as_escapes(text: str) -> None:
    shown = visible(text)
    assert shown.isprintable()
    assert "\\" in shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("::error::x", "\\x3a:error::x"),
        ("  ::error::x", "  \\x3a:error::x"),
        ("said ##[error]x", "said \\x23#[error]x"),
        ("##vso[task.x]", "\\x23#vso[task.x]"),
        ("##teamcity[x]", "\\x23#teamcity[x]"),
        ("Pet::name", "Pet::name"),
        ("naïve — 猫 🐈 `code` | a\\b", "naïve — 猫 🐈 `code` | a\\b"),
    ],
)
def test_commands_of_pipelines_are_defused_and_other_text_stays(
    text: str, shown: str
) -> None:
    assert visible(text) == shown


def test_a_report_keeps_its_own_lines_without_invisible_characters(
    capsys: Output,
) -> None:
    show("# Ours\n\na\x1bb")
    show_error("::error::ours\n\u202ea")
    assert capsys.readouterr() == ("# Ours\n\na\\x1bb\n", "::error::ours\n\\u202ea\n")


def test_a_message_is_one_line_with_the_name_of_the_command(capsys: Output) -> None:
    PRINTER.tell("wrote a\nb")
    PRINTER.warn("no c\rd")
    assert capsys.readouterr() == ("trial: wrote a\\nb\n", "trial: no c\\rd\n")


def test_an_error_has_a_line_for_each_of_its_problems(capsys: Output) -> None:
    PRINTER.fail(GenerationError("first\n::error::x", "second"))
    PRINTER.fail(OSError(2, "No such file", "a\nb"))
    assert capsys.readouterr().err.splitlines() == [
        "trial: first\\n::error::x",
        "trial: second",
        "trial: [Errno 2] No such file: 'a\\nb'",
    ]


def test_a_long_message_is_shortened_in_its_middle(capsys: Output) -> None:
    PRINTER.warn(f"begin{'x' * 10_000}end")
    said = capsys.readouterr().err
    assert len(said) < LONGEST_MESSAGE + 100
    assert said.startswith("trial: begin")
    assert said.endswith("xend\n")
    assert " characters] " in said


def test_a_short_text_is_not_shortened() -> None:
    assert shortened("abc", 3) == "abc"


def test_a_long_list_names_its_first_items_and_the_number_of_the_others() -> None:
    assert listing(["a", "b"], 2) == "a, b"
    assert listing(["a", "b", "c", "d"], 2) == "a, b and 2 more"


@pytest.mark.parametrize(
    "text",
    [*HOSTILE.values(), "##[error]x", "a::b"],
    ids=[*HOSTILE, "command", "plain"],
)
def test_json_holds_the_same_value_with_invisible_characters_escaped(text: str) -> None:
    written = json_text({text: [text]})
    assert all(line.isprintable() for line in written.split("\n"))
    assert "##[" not in written
    assert json.loads(written) == {text: [text]}


def test_a_terminal_that_knows_only_ascii_gets_escapes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, "ascii"))
    PRINTER.tell("猫")
    assert raw.getvalue() == b"trial: \\u732b\n"


@contextlib.contextmanager
def unread(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nobody reads the output any more, as behind `| head`. No fixture, since pytest sets the output again before a test begins."""
    reading_end, writing_end = os.pipe()
    os.close(reading_end)
    with os.fdopen(writing_end, "w") as stream, monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", stream)
        yield


def test_a_reader_who_has_left_does_not_end_the_work(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with unread(monkeypatch):
        show("lost")
        PRINTER.tell("lost, too")


def test_an_output_that_was_closed_from_the_beginning_does_not_end_the_work(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", None)
        show("lost")
        PRINTER.tell("lost, too")
    PRINTER.tell("shown")
    assert capsys.readouterr().out == "trial: shown\n"


def test_help_that_nobody_reads_ends_a_command_as_usual(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with unread(monkeypatch), pytest.raises(SystemExit) as ended:
        parser_of("trial", __doc__).parse_args(["--help"])
    assert ended.value.code == 0
