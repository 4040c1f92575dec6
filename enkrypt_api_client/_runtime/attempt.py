"""One try of a call: what it sent and what came back. Data only."""

from __future__ import annotations

import enum

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from .deadline import Deadline
    from .response import Response


class Sent(enum.Enum):
    """How much of a request may have left this machine."""

    NOTHING = "nothing"
    PART = "part"
    ALL = "all"


class Failure:
    """Why an attempt has no complete response. Holds no exception, which might hold the request.

    Args:
        cause: What happened, as the second half of a sentence, without a word of the peer's own; words of a caller's client are masked.
        peer: The host that could not be reached, or that broke off, such as "the service example.com:443".
        timed_out: A time limit was reached.
        lasting: Trying again would fail in the same way.
        refused: The peer was reached, and refuses. `cause` is then a sentence of its own, with the peer as its subject.
        advice: What to do about it, as a sentence; "" if nothing is known.
    """

    __slots__ = ("advice", "cause", "lasting", "peer", "refused", "timed_out")

    def __init__(
        self,
        cause: str,
        peer: str,
        *,
        timed_out: bool = False,
        lasting: bool = False,
        refused: bool = False,
        advice: str = "",
    ) -> None:
        self.cause: Final = cause
        self.peer: Final = peer
        self.timed_out: Final = timed_out
        self.lasting: Final = lasting
        self.refused: Final = refused
        self.advice: Final = advice


class StreamFailed(Exception):
    """A response that is read as it comes has broken off."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.cause)
        self.failure = failure


class Attempt:
    """One try of a call. The runner makes it; the transport alone writes to it, or the runner where a hook has left no
    time to send or an exception ends the call.

    `sent` says how much of the request was sent, `response` what came back, `failure` why that is nothing or incomplete. Both `response`
    and `failure` are set where the content of a response was cut short.

    Args:
        number: 1 for the first attempt of the call.
        deadline: When the call must be over.
    """

    __slots__ = ("deadline", "failure", "number", "response", "sent")

    def __init__(self, number: int, deadline: Deadline) -> None:
        self.number: Final = number
        self.deadline: Final = deadline
        self.sent: Sent = Sent.NOTHING
        self.response: Response | None = None
        self.failure: Failure | None = None
