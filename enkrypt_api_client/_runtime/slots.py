"""The limit of concurrent calls, and what a call has meanwhile: a slot and a connection.

An exception may strike anywhere, even between two steps of a `finally`: that of a signal handler, a cancellation. So that no slot
is ever lost, it moves in a single step of C from the queue of free slots to the checkout and back, and every step of giving up can
be repeated.
"""

from __future__ import annotations

import contextlib
import weakref
from collections import deque
from queue import Empty, SimpleQueue

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .connection import HTTPConnection


class Holder:
    """Lives as long as the code that uses a checkout: the function that sends, or the stream. Its end abandons the checkout."""

    __slots__ = ("__weakref__",)


class Checkout:
    """The slot and the connection of one attempt; before it has a slot, its place in the line.

    Args:
        slots: Where the slot comes from.
        holder: Referenced by nothing but the code that uses the checkout.
    """

    connection: HTTPConnection | None = None
    ticket: Any = None  # the place in the line, while there is one

    def __init__(self, slots: Slots, holder: Holder) -> None:
        self.tokens: list[None] = []
        # Made before they are needed, so that giving back is a single step.
        self.returning = map(slots.put_back, iter(self.tokens))
        self._slots = slots
        # For a `finally` that was itself interrupted. Not `__del__`, which would be run after each call: the interpreter swallows what
        # a signal handler raises in a finalizer. After a checkout that was abandoned in good order, no finalizer runs.
        slots.watches[id(self)] = weakref.ref(holder, lambda _: self.abandon())

    def abandon(self) -> None:
        """Close the connection and give the slot back. Can be repeated; waits for nothing."""
        connection = self.connection
        if connection is not None:
            connection.close()
            self.connection = None
        self._slots.take_back(self)
        self._slots.watches.pop(id(self), None)


# No system has more ports for connections to one service.
_MOST_SLOTS = 65_536


class Slots:
    """The free slots, and the line of those who wait for one: whoever has waited longest is the next.

    Subclasses wait and wake. A ticket is the object that a call waits on.
    """

    def __init__(self, count: int) -> None:
        self._free: SimpleQueue[None] = SimpleQueue()
        self._line: deque[Any] = deque()
        # Of the checkouts, by their identity. Kept here, since the garbage collector ignores those that are garbage themselves.
        self.watches: dict[int, weakref.ref[Holder]] = {}
        for _ in range(min(count, _MOST_SLOTS)):
            self._free.put(None)
        self.put_back = self._free.put

    async def take(self, checkout: Checkout, seconds: float) -> None:
        """Give the checkout a slot, once there is one. Whatever is raised, the checkout must be abandoned.

        Raises:
            PoolTimeout: There was none in time.
        """
        raise NotImplementedError

    def take_back(self, checkout: Checkout) -> None:
        """Take back what the checkout has: its slot, its place in the line. Can be repeated; waits for nothing."""
        next(checkout.returning, None)
        self._leave_line(checkout)

    def _take_free(self, checkout: Checkout) -> bool:
        """Give the checkout a slot if one is free, and return whether it was."""
        try:
            # One step of C: the slot is in the queue or with the checkout, and never in between.
            checkout.tokens.extend(map(self._free.get, (False,)))
        except Empty:
            return False
        return True

    def _leave_line(self, checkout: Checkout) -> None:
        """Give up the place in the line, if there is one, and wake whoever is first now."""
        if checkout.ticket is not None:
            with contextlib.suppress(ValueError):
                self._line.remove(checkout.ticket)
        self._wake_first()
        checkout.ticket = None

    def _wake_first(self) -> None:
        """Have whoever is first in the line look whether there is a slot. Any thread may call this."""
        raise NotImplementedError
