"""The last line of `make check` says what was proved, and only what was."""

from __future__ import annotations

import shlex

import pytest

from scripts import check

Run = pytest.CaptureFixture[str]
Patch = pytest.MonkeyPatch


def step(code: str, pattern: str = "") -> check.Step:
    return f"-c {shlex.quote(code)}", "{} proved" if pattern else "linted", pattern


def test_the_last_line_says_in_numbers_what_was_proved(
    capfd: Run, monkeypatch: Patch
) -> None:
    counted = step("print('17 passed in 2 s')", r"(\d+) passed")
    monkeypatch.setattr(check, "STEPS", (counted, step("print(1)")))
    assert check.main([]) == 0
    output = capfd.readouterr().out
    assert "17 passed in 2 s\n" in output
    assert output.splitlines()[-1].startswith("check: 17 proved, linted; ")


@pytest.mark.parametrize(("code", "pattern"), [("exit(3)", ""), ("print(1)", "(no)")])
def test_a_step_that_fails_or_proves_no_number_stops_the_check(
    capfd: Run, monkeypatch: Patch, code: str, pattern: str
) -> None:
    monkeypatch.setattr(check, "STEPS", (step(code, pattern), step("print('never')")))
    assert check.main([]) == 1
    output, errors = capfd.readouterr()
    assert errors.startswith("\ncheck: failed at python -c ")
    assert "never\n" not in output
    assert "check:" not in output


def test_a_silent_step_says_that_it_is_still_running(
    capfd: Run, monkeypatch: Patch
) -> None:
    monkeypatch.setattr(check, "STEPS", (step("input()"),))
    monkeypatch.setattr(check, "SILENCE", 0)
    assert check.main([]) == 1
    assert "... 0 s\n" in capfd.readouterr().out
