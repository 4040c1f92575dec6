"""One try of a call: what it sent and what came back. Data only."""

from __future__ import annotations

import enum
from dataclasses import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from .response import Answer


class Sent(enum.Enum):
    """How much of a request may have left this machine."""

    NOTHING = "nothing"
    PART = "part"
    ALL = "all"


class DeadlineExpired(TimeoutError):
    """The deadline of a call has passed."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """The moment by which a whole call must be over.

    Args:
        ends_at: That moment, in seconds of `clock`; may be infinite.
        seconds: How long the call could take from its beginning, for messages.
        clock: Returns the present time.
    """

    ends_at: float
    seconds: float
    clock: Callable[[], float]

    def remaining(self, limit: float | None = None) -> float:
        """Return the seconds that a step may take: `limit`, or less if the deadline comes first.

        Raises:
            DeadlineExpired: The deadline has passed.
        """
        remaining = self.ends_at - self.clock()
        if remaining <= 0:
            raise DeadlineExpired
        if limit is None or remaining < limit:
            return remaining
        return limit

    def has_passed(self) -> bool:
        """Whether the deadline has passed."""
        return self.clock() >= self.ends_at


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an attempt has no complete response. Holds no exception, which might hold the request.

    Args:
        cause: What happened, as the second half of a sentence, without a word of the peer's own.
        peer: What could not be reached or broke off, such as "the service example.com:443".
        timed_out: A time limit was reached.
        lasting: The same would happen again.
    """

    cause: str
    peer: str
    timed_out: bool = False
    lasting: bool = False


@dataclass(slots=True)
class Attempt:
    """One try of a call. The runner makes it; the transport alone writes to it.

    Both `response` and `failure` are set where the content of a response was cut short.
    """

    number: int
    deadline: Deadline
    sent: Sent = Sent.NOTHING
    response: Answer | None = None
    failure: Failure | None = None
