"""The moment by which something must be over."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Final


class DeadlineExpired(TimeoutError):
    """The deadline of a call has passed."""


class Deadline:
    """The moment by which a whole call, or the next part of a stream, must be over.

    Args:
        ends_at: That moment, in seconds of `clock`; may be infinite.
        seconds: How long there was from the beginning, for messages.
        clock: Returns the present time.
    """

    __slots__ = ("clock", "ends_at", "seconds")

    def __init__(
        self, ends_at: float, seconds: float, clock: Callable[[], float]
    ) -> None:
        self.ends_at: Final = ends_at
        self.seconds: Final = seconds
        self.clock: Final = clock

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
