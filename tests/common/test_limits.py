"""What text of a document may look like, and how long and how much the work on it may take."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable

import pytest

from scripts.common import limits
from scripts.common.errors import GenerationError
from scripts.common.text import text_fault, visible_text


@pytest.mark.parametrize(
    ("kind", "text", "message"),
    [
        ("name", "", ""),
        ("name", '"""; raise SystemExit # {{ braces }} and \\ backslashes', ""),
        ("name", "größe > 名前" * 500, ""),
        ("name", "a\u202eb", "U+202E RIGHT-TO-LEFT OVERRIDE"),
        ("name", "a\u200bb", "U+200B ZERO WIDTH SPACE"),
        ("name", "a\nb", "invisible character U+000A"),
        ("name", "a\ud800", "U+D800"),
        ("header", "X-Enkrypt-Model", ""),
        ("header", "", "not a valid header"),
        ("header", "X-Model: a", "not a valid header"),
        ("header", "X-Größe", "not a valid header"),
        ("content type", "*/*", ""),
        ("content type", 'text/vnd.plain+x; charset="utf-8";version=1', ""),
        ("content type", "json", "not a valid content type"),
        ("content type", "a/b\r\nX: y", "invisible"),
        ("server", "http://127.0.0.1:8000/v1", ""),
        ("server", "/", ""),
        ("server", "https://user:secret@example.com", "not a valid server"),
        ("server", "ftp://example.com", "not a valid server"),
        ("server", "https://example.com\\@evil.example", "not a valid server"),
        ("server", "https://example.com/?a", "not a valid server"),
    ],
)
def test_text_that_cannot_be_what_it_is_has_a_fault(
    kind: str, text: str, message: str
) -> None:
    found = text_fault(kind, text)
    assert message in found
    assert bool(message) == bool(found)
    assert found.isprintable()


def test_prose_loses_only_its_invisible_characters() -> None:
    text = "One\r\ntwo\tthree\u2028four \u202eevil\u202c soft\u00adhyphen \ufeff\x00end"
    assert visible_text(text) == "One\ntwo\tthree\nfour evil softhyphen end"
    joined = "\U0001f468\u200d\U0001f469 \u0646\u200c\u062e"
    assert visible_text(joined) == joined


def spin() -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        pass


class Swallows:
    """Whatever is raised while it is finalized is only printed."""

    def __del__(self) -> None:
        spin()


def swallow_an_alarm_and_go_on() -> None:
    Swallows()
    spin()


def take_any_exception_for_its_own() -> None:
    with contextlib.suppress(Exception):
        spin()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize(
    "work", [spin, swallow_an_alarm_and_go_on, take_any_exception_for_its_own]
)
def test_work_stops_when_its_time_is_up(work: Callable[[], None]) -> None:
    started = time.monotonic()
    message = r"longer than 0\.2 seconds"
    with pytest.raises(GenerationError, match=message), limits.limited(seconds=0.2):
        work()
    assert time.monotonic() - started < 20


def test_work_stops_when_its_memory_is_used_up_and_later_work_has_its_own() -> None:
    with (
        pytest.raises(GenerationError, match="more than 64 MiB"),
        limits.limited(memory=64 * 1024**2),
    ):
        bytearray(1024**3)
    assert bytearray(128 * 1024**2)


def test_recursion_without_end_is_one_sentence() -> None:
    def deeper() -> None:
        deeper()

    with pytest.raises(GenerationError, match="nested too deep"), limits.limited():
        deeper()
