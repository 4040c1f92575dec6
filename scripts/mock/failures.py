"""Failures that a test asks the mock service for, by a header such as `x-mock-fail: 503 once`. `service._fail` sends them."""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass

# Begins with examples, because clients quote only the beginning of an answer.
GRAMMAR = (
    "write a failure as `503 once`, `429 2 times retry-after 1`, `slow 3`, `broken` or `cut`: first WHAT, then `once` or `N times`"
    " (default: always), then `retry-after SECONDS` if that header is to be sent; WHAT is a status from 300 to 599, `broken` (an answer"
    " that is not JSON), `cut` (an answer that breaks off) or `slow SECONDS`"
)
LONGEST_DELAY = 600.0
_WORDS = re.compile(
    r"(?P<what>[345]\d\d|broken|cut|slow (?P<seconds>\d+(\.\d+)?))"
    r"( (?P<once>once)| (?P<times>[1-9]\d{0,5}) times?)?"
    r"( retry-after (?P<retry_after>\d{1,6}))?"
)


class EndlessFailureError(Exception):
    """All requests fail in one way until a reset, so that nothing can be planned for after it. Its text is that failure."""


@dataclass(frozen=True, slots=True)
class Failure:
    """How a request is answered.

    A new kind of failure needs words in `_WORDS` and `GRAMMAR`, an attribute here, which `parse` sets and `what` names, and an answer in
    `service._fail`.

    Attributes:
        status: The status, if that is what fails; else 0.
        is_broken: Success, with a body that is not JSON.
        is_cut: Success, with a body that breaks off.
        seconds: How long the answer takes.
        times: How many requests fail before all is well again; None: all of them.
        retry_after: The header of this name, in seconds; None: it is not sent.
    """

    status: int
    is_broken: bool
    is_cut: bool
    seconds: float
    times: int | None
    retry_after: int | None

    @property
    def what(self) -> str:
        """The answer that takes the place of the true one, in a word; empty if the true one is only late."""
        if self.is_broken:
            return "broken"
        if self.is_cut:
            return "cut"
        return str(self.status or "")


def parse(text: str) -> Failure:
    """Return the failure that a text asks for. Raises ValueError, with the grammar, if the text does not follow it."""
    match = _WORDS.fullmatch(" ".join(text.lower().split()))
    if match is None:
        raise ValueError(GRAMMAR)
    what = match["what"]
    times = None
    if match["once"]:
        times = 1
    elif match["times"]:
        times = int(match["times"])
    return Failure(
        status=int(what) if what.isdecimal() else 0,
        is_broken=what == "broken",
        is_cut=what == "cut",
        seconds=min(float(match["seconds"] or 0), LONGEST_DELAY),
        times=times,
        retry_after=int(match["retry_after"]) if match["retry_after"] else None,
    )


@dataclass(slots=True)
class _Plan:
    """A failure that the next requests get, whatever their operation; its counter belongs to `Failures`.

    Attributes:
        text: The failure as somebody asked for it.
        failure: What the text says.
        left: How many requests still fail this way; None: all until a reset.
    """

    text: str
    failure: Failure
    left: int | None

    def __str__(self) -> str:
        if self.left is None:
            return f"{self.text}, until a reset"
        if self.left != self.failure.times:
            return f"{self.text} ({self.left} left)"
        return self.text


class Failures:
    """The failures that are asked for, and how often each has happened. Its owner is the service."""

    def __init__(self) -> None:
        self._plans: deque[_Plan] = deque()
        self._counts: dict[tuple[str, str], int] = {}

    def reset(self) -> None:
        """Forget all that was planned or counted."""
        self._plans.clear()
        self._counts.clear()

    def plan(self, text: str) -> list[str]:
        """Let requests fail as these words say, once all that was planned before is over.

        Returns:
            The failures of the next requests in order: those planned before, then this one.

        Raises:
            EndlessFailureError: What was planned before ends with a reset alone.
            ValueError: The text does not follow the grammar.
        """
        failure = parse(text)
        if self._plans and self._plans[-1].left is None:
            raise EndlessFailureError(self._plans[-1].text)
        self._plans.append(_Plan(text, failure, failure.times))
        return [str(plan) for plan in self._plans]

    def next(self, header: str | None, operation: str) -> Failure | None:
        """Return how a request fails; None if it does not.

        Args:
            header: What the request itself asks for; counted for each operation on its own.
            operation: Method and path of the request.

        Raises:
            ValueError: The header is not in the words of the grammar.
        """
        if header is not None:
            failure = parse(header)
            if self._is_due(header, failure, operation):
                return failure
        if not self._plans:
            return None
        plan = self._plans[0]
        if plan.left is not None:
            plan.left -= 1
            if plan.left == 0:
                self._plans.popleft()
        return plan.failure

    def _is_due(self, header: str, failure: Failure, operation: str) -> bool:
        if failure.times is None:
            return True
        count = self._counts.get((header, operation), 0)
        if count >= failure.times:
            return False
        self._counts[header, operation] = count + 1
        return True
