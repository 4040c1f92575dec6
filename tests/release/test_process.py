"""Running tools: what they say, and what is never passed on."""

from __future__ import annotations

import sys

import pytest

from scripts.release.process import ReleaseError, run

SECRET = "p@ss/w:rd"
BOTH_FORMS = f"print('{SECRET} p%40ss%2Fw%3Ard')"


def test_a_hidden_text_is_masked_as_it_stands_and_as_addresses_quote_it() -> None:
    said = run(sys.executable, "-c", BOTH_FORMS, failure="", hidden=SECRET)
    assert said == "*** ***\n"


def test_it_is_masked_in_the_error_of_a_tool_that_fails() -> None:
    code = f"{BOTH_FORMS}; raise SystemExit(3)"
    with pytest.raises(ReleaseError) as caught:
        run(sys.executable, "-c", code, failure="it fails", hidden=SECRET)
    assert str(caught.value) == "it fails:\n*** ***"


def test_a_tool_that_is_not_there_is_a_failure_too() -> None:
    with pytest.raises(ReleaseError, match=r"^it fails: No such file"):
        run("/nowhere/tool", failure="it fails")


def test_a_tool_reads_nothing_from_our_input() -> None:
    code = "import sys; print(repr(sys.stdin.read()))"
    assert run(sys.executable, "-c", code, failure="") == "''\n"
