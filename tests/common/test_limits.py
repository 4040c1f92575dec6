"""What text of a document may look like, and how long and how much the work on it may take."""

from __future__ import annotations

import contextlib
import gc
import resource
import signal
import threading
import time
import weakref
from collections.abc import Callable, Iterator

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
    until = time.process_time() + 30
    while time.process_time() < until:
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


@pytest.fixture
def rings_soon_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "RING_AGAIN_AFTER", 0.05)


@pytest.mark.usefixtures("rings_soon_again")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize(
    "work", [spin, swallow_an_alarm_and_go_on, take_any_exception_for_its_own]
)
def test_work_stops_when_its_time_is_up(work: Callable[[], None]) -> None:
    started = time.process_time()
    message = r"longer than 0\.05 seconds"
    with pytest.raises(GenerationError, match=message), limits.limited(seconds=0.05):
        work()
    assert time.process_time() - started < 20


@pytest.fixture
def no_collections() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("no_collections")
def test_an_exception_that_was_swallowed_comes_again_a_second_later() -> None:
    caught_at: list[float] = []

    def take_every_exception_for_its_own() -> None:
        while len(caught_at) < 2:
            try:
                spin()
            except BaseException:
                caught_at.append(time.process_time())
        spin()

    with pytest.raises(GenerationError), limits.limited(0.05, clock_seconds=60):
        take_every_exception_for_its_own()
    first, second = caught_at
    assert second - first < 2 * limits.RING_AGAIN_AFTER


def test_a_limit_ends_the_work_on_time_where_the_timer_rings_too_early(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    set_timer = signal.setitimer

    def set_early(timer: int, seconds: float, interval: float = 0.0) -> None:
        if seconds:
            seconds = max(seconds - 0.02, 0.001)
        set_timer(timer, seconds, interval)

    monkeypatch.setattr(signal, "setitimer", set_early)
    started = time.process_time()
    with pytest.raises(GenerationError), limits.limited(0.1):
        spin()
    assert time.process_time() - started < 0.1 + limits.RING_AGAIN_AFTER / 2


def test_time_that_other_processes_take_does_not_count() -> None:
    with limits.limited(seconds=0.2):
        started = time.process_time()
        time.sleep(0.5)
        assert time.process_time() - started < 0.2


def test_waiting_without_end_stops_by_the_clock() -> None:
    with (
        pytest.raises(GenerationError, match=r"longer than 0\.1 seconds"),
        limits.limited(seconds=5, clock_seconds=0.1),
    ):
        threading.Event().wait(30)


class TakesLongToFree:
    """Takes longer to be given back than the timer waits to ring again."""

    def __del__(self) -> None:
        until = time.process_time() + 0.25
        while time.process_time() < until:
            pass


@pytest.mark.usefixtures("rings_soon_again")
def test_a_timer_that_rings_again_while_all_is_given_back_changes_nothing() -> None:
    def work() -> None:
        held = [TakesLongToFree()]
        spin()
        held.clear()

    with pytest.raises(GenerationError, match="longer than"), limits.limited(0.05):
        work()
    gc.collect()  # here, and not within the limit of another test


def test_an_inner_limit_does_not_lift_the_outer_one() -> None:
    def work() -> None:
        with contextlib.suppress(GenerationError), limits.limited(0.02):
            spin()
        with limits.limited(30):
            spin()

    message = r"longer than 0\.1 seconds"
    with pytest.raises(GenerationError, match=message), limits.limited(0.1):
        work()


def test_an_outer_limit_that_is_reached_before_an_inner_one_is_in_force_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lower = limits._lower

    def lower_slowly(kind: int, most: int) -> None:
        if len(limits._in_force.limits) == 1:
            spin()
        lower(kind, most)

    monkeypatch.setattr(limits, "_lower", lower_slowly)
    message = r"longer than 0\.1 seconds"
    with (
        pytest.raises(GenerationError, match=message),
        limits.limited(0.1),
        limits.limited(30),
    ):
        pass


def test_no_limit_is_left_behind() -> None:
    before = [
        resource.getrlimit(kind) for kind in (resource.RLIMIT_AS, resource.RLIMIT_CPU)
    ]
    with contextlib.suppress(GenerationError), limits.limited(0.1):
        spin()
    assert before == [
        resource.getrlimit(kind) for kind in (resource.RLIMIT_AS, resource.RLIMIT_CPU)
    ]
    assert signal.getitimer(signal.ITIMER_PROF)[0] == 0
    assert signal.getitimer(signal.ITIMER_REAL)[0] == 0


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


@pytest.mark.parametrize("cause", [SystemError("bug"), MemoryError(), RecursionError()])
def test_what_ended_the_work_is_the_cause_and_holds_none_of_its_memory(
    cause: BaseException,
) -> None:
    class Document:
        """What the work reads."""

    documents: list[weakref.ref[Document]] = []

    def work() -> None:
        document = Document()
        documents.append(weakref.ref(document))
        raise cause

    with pytest.raises(GenerationError) as caught, limits.limited():
        work()
    assert caught.value.__cause__ is cause
    (document,) = documents
    assert document() is None
