"""Failures that a test asks the mock service for, by a header such as `x-mock-fail: 503 once`. `service._fail` sends them."""

from __future__ import annotations

import re
from dataclasses import dataclass

GRAMMAR = (
    "a failure is written as WHAT, then `once` or `N times` (default: always), then `retry-after SECONDS` if that header is to be sent,"
    " such as `503 once`; WHAT is a status from 300 to 599, `broken` (an answer that is not JSON), `cut` (an answer that breaks off)"
    " or `slow SECONDS`"
)
LONGEST_DELAY = 600.0
_WORDS = re.compile(
    r"(?P<what>[345]\d\d|broken|cut|slow (?P<seconds>\d+(\.\d+)?))"
    r"( (?P<once>once)| (?P<times>\d{1,6}) times?)?"
    r"( retry-after (?P<retry_after>\d{1,6}))?"
)


@dataclass(frozen=True, slots=True)
class Failure:
    """How a request is answered. A new kind of failure needs words in `_WORDS` and `GRAMMAR`, and an answer in `service._fail`.

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


class Failures:
    """The failures that are asked for, and how often each has happened. Its owner is the service."""

    def __init__(self) -> None:
        self._planned: list[str] = []
        self._counts: dict[tuple[str, str], int] = {}

    def reset(self) -> None:
        """Forget all that was planned or counted."""
        self._planned.clear()
        self._counts.clear()

    def plan(self, text: str) -> None:
        """Let the next requests, of whatever operation, fail as these words say. Raises ValueError."""
        parse(text)
        self._planned.append(text)

    def next(self, header: str | None, operation: str) -> Failure | None:
        """Return how a request fails; None if it does not.

        Args:
            header: What the request itself asks for; counted for each operation on its own.
            operation: Method and path of the request.

        Raises:
            ValueError: The header is not in the words of the grammar.
        """
        if header is not None and self._is_due(header, operation):
            return parse(header)
        while self._planned:
            text = self._planned[0]
            if self._is_due(text, ""):
                return parse(text)
            self._planned.pop(0)
            self._counts.pop((text, ""), None)
        return None

    def _is_due(self, text: str, operation: str) -> bool:
        failure = parse(text)
        if failure.times is None:
            return True
        count = self._counts.get((text, operation), 0)
        if count >= failure.times:
            return False
        self._counts[text, operation] = count + 1
        return True
