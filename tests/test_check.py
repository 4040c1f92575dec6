"""The last line of `make check` says what was proved, and only what was."""

from __future__ import annotations

import shlex

import pytest

from scripts import check
from scripts.check import Step

Run = pytest.CaptureFixture[str]


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[Step]:
    """The steps of the check, for a test to say."""
    steps: list[Step] = []
    monkeypatch.setattr(check, "STEPS", steps)
    return steps


def step(code: str, number: str = "") -> Step:
    return Step("a step", f"-c {shlex.quote(code)}", "{} proved", number)


def test_the_last_line_says_in_numbers_what_was_proved(
    steps: list[Step], capfd: Run
) -> None:
    counted = step("print('17 passed in 2 s')", r"(\d+) passed")
    steps += counted, Step(*counted[:2], "linted")
    assert check.main([]) == 0
    output = capfd.readouterr().out
    assert "17 passed in 2 s\n" in output
    assert output.splitlines()[-1].startswith("check: 17 proved, linted; ")


@pytest.mark.parametrize(("code", "number"), [("exit(3)", ""), ("print(1)", "(no)")])
def test_a_step_that_fails_or_proves_no_number_stops_the_check(
    steps: list[Step], capfd: Run, code: str, number: str
) -> None:
    steps += step(code, number), step("print('never')")
    assert check.main([]) == 1
    output, errors = capfd.readouterr()
    assert errors == "\ncheck: failed at a step\n"
    assert "never" not in output
    assert "check:" not in output


def test_a_silent_step_says_that_it_is_still_running(
    steps: list[Step], capfd: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps.append(step("input()"))
    monkeypatch.setattr(check, "SILENCE", 0)
    assert check.main([]) == 1
    assert "... a step: 0 s\n" in capfd.readouterr().out
