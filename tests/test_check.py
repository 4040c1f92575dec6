"""The last line of `make check` says what was proved, and only what was."""

from __future__ import annotations

import sys

import pytest

from scripts import check
from scripts.check import Step


def step(code: str, number: str = "") -> Step:
    return Step("a step", (sys.executable, "-c", code), "{} proved", number)


def test_the_last_line_says_in_numbers_what_was_proved(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    counted = step("print('17 passed in 2 s')", r"(\d+) passed")
    monkeypatch.setattr(check, "STEPS", (counted, Step(*counted[:2], "linted")))
    assert check.main([]) == 0
    output = capfd.readouterr().out
    assert "17 passed in 2 s\n" in output
    assert output.splitlines()[-1].startswith("check: 17 proved, linted; ")


def test_a_step_that_fails_stops_the_check_and_proves_nothing(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(check, "STEPS", (step("exit(3)"), step("print('never')")))
    assert check.main([]) == 1
    output, errors = capfd.readouterr()
    assert errors == "\ncheck: failed at a step\n"
    assert "never" not in output
    assert "check:" not in output


def test_a_number_that_the_output_does_not_say_is_a_failure(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(check, "STEPS", (step("print('none')", r"(\d+) passed"),))
    assert check.main([]) == 1


def test_a_silent_step_says_that_it_is_still_running(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(check, "STEPS", (step("input()"),))
    monkeypatch.setattr(check, "SILENCE", 0)
    assert check.main([]) == 1
    assert "... a step: 0 s\n" in capfd.readouterr().out
