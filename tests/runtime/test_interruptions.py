"""What happens to one call leaves the next one alone: exceptions of signal handlers, cancellation, forks, the end of a process.

Each case is a process of its own with a hard time limit, since the fault would be a hang.
"""

from __future__ import annotations

import sys

import pytest

from tests.runtime.programs.mirror import Mirror
from tests.runtime.programs.running import run_program

BOTH = pytest.mark.parametrize("asynchronous", [0, 1], ids=["sync", "async"])
FRESH = pytest.mark.parametrize(
    "fresh", [0, 1], ids=["idle connection", "new connection"]
)


def test_an_exception_of_a_signal_handler_passes_and_leaves_the_client_usable() -> None:
    points, swallowed = map(int, run_program("signals", 60, 0, 0).split())
    assert points > 500
    assert swallowed == 0


@pytest.mark.proof
@FRESH
@pytest.mark.parametrize("tls", [0, 1], ids=["plain", "TLS"])
def test_an_exception_at_a_thousand_points_leaves_the_client_usable(
    fresh: int, tls: int
) -> None:
    output = run_program("signals", 1000, fresh, tls, seconds=280)
    # None of them is lost in a finalizer.
    assert output.split()[1] == "0"


@pytest.mark.parametrize(
    "how",
    [
        "cancel",
        *(
            pytest.param(how, marks=pytest.mark.proof)
            for how in ("close", "throw", "turns")
        ),
    ],
)
def test_a_call_that_ends_at_any_suspension_leaves_the_next_one_alone(
    how: str,
) -> None:
    assert run_program("suspensions", how).count("TLS") == 4


def test_calls_that_lose_a_race_leave_the_next_one_alone() -> None:
    run_program("winners")


@BOTH
def test_children_that_are_forked_at_any_moment_make_calls_of_their_own(
    asynchronous: int,
) -> None:
    run_program("forks", asynchronous, 12)


@pytest.mark.parametrize(
    ("seconds", "steps"),
    [
        (0.3, "resolving resolved forked\n"),
        # A name server that is silent holds nobody up for long.
        (4.0, "resolving forked resolved\n"),
    ],
)
def test_a_fork_waits_a_moment_for_names_that_are_being_resolved(
    seconds: float, steps: str
) -> None:
    """The C library would leave its locks behind in the child, whose own calls would hang."""
    assert run_program("fork_while_resolving", seconds) == steps


@BOTH
def test_a_call_at_the_end_of_the_interpreter_is_answered(asynchronous: int) -> None:
    service = Mirror()
    url = f"http://localhost:{service.port}"
    assert run_program("at_exit", asynchronous, url) == "last\n"


@BOTH
@pytest.mark.skipif(sys.platform == "win32", reason="it has no such limit")
def test_a_call_without_descriptors_says_that_nothing_was_sent(
    asynchronous: int,
) -> None:
    service = Mirror()
    run_program("descriptors", asynchronous, f"http://localhost:{service.port}")


# The sync client makes fifty thousand of them below.
@pytest.mark.parametrize("asynchronous", [1], ids=["async"])
def test_nothing_grows_over_a_hundred_calls_with_faults(asynchronous: int) -> None:
    run_program("endurance", asynchronous, 100, seconds=120)


@pytest.mark.proof
@pytest.mark.timeout(1200)
@BOTH
def test_nothing_grows_over_fifty_thousand_calls_with_faults(asynchronous: int) -> None:
    run_program("endurance", asynchronous, 50_000, seconds=1100)
