"""Connections for threads: waiting blocks the thread."""

from __future__ import annotations

import math
import select
import time
from queue import Empty, SimpleQueue

from . import network
from .helper import Outcome, WaitExpired
from .slots import Checkout, Slots
from .sockets import BaseSocket, is_any_closed
from .transport import PooledTransport

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence
    from typing import Any, TypeVar

    from .helper import Helper
    from .route import Connecting, Route
    from .sockets import Descriptor

    T = TypeVar("T")

# The system takes no longer waits than this many seconds. Nobody waits for days.
LONGEST_WAIT = 1_000_000.0


def drive(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine of the sync client to its end, and return its result. It never waits: what it ends in, in this module, blocks."""
    try:
        coroutine.send(None)
    except StopIteration as end:
        result: T = end.value
        return result
    raise RuntimeError("a coroutine of the sync client must not wait")


def wait_until_ready(
    readable: Sequence[Descriptor], writable: Sequence[Descriptor], seconds: float
) -> None:
    """Block until one of the sockets is ready. Raises WaitExpired."""
    seconds = min(seconds, LONGEST_WAIT)
    wait = _poll if hasattr(select, "poll") else _select
    if not wait(readable, writable, seconds):
        raise WaitExpired


def _poll(
    readable: Sequence[Descriptor], writable: Sequence[Descriptor], seconds: float
) -> bool:
    events: dict[int, int] = {}
    for descriptor in readable:
        events[descriptor.fileno()] = select.POLLIN
    for descriptor in writable:
        number = descriptor.fileno()
        events[number] = events.get(number, 0) | select.POLLOUT
    if -1 in events:
        return True  # closed by another thread, which reading it says
    poll = select.poll()
    for number, mask in events.items():
        poll.register(number, mask)
    return bool(poll.poll(math.ceil(seconds * 1000)))


def _select(
    readable: Sequence[Descriptor], writable: Sequence[Descriptor], seconds: float
) -> bool:
    """For Windows, which has no poll, and reports a failure to connect as an exceptional condition."""
    if is_any_closed(readable, writable):
        return True
    return any(select.select(readable, writable, writable, seconds))


async def run_beside(helper: Helper, function: Callable[[], T], seconds: float) -> T:
    """Run a function in the helper thread, and return what it returns. Raises WaitExpired, and what the function raises."""
    outcomes: SimpleQueue[Outcome[T]] = SimpleQueue()
    helper.submit(lambda: outcomes.put(Outcome.of(function)))
    try:
        outcome = outcomes.get(timeout=min(seconds, LONGEST_WAIT))
    except Empty:
        outcome = None
    if outcome is None:
        raise WaitExpired
    return outcome.result()


class SyncSocket(BaseSocket):
    """A socket for threads. Its coroutines never wait: they block."""

    async def _wait_until_ready(
        self,
        readable: Sequence[Descriptor],
        writable: Sequence[Descriptor],
        seconds: float,
    ) -> None:
        wait_until_ready(readable, writable, seconds)

    async def _run_beside(
        self, helper: Helper, function: Callable[[], T], seconds: float
    ) -> T:
        return await run_beside(helper, function, seconds)


class ThreadSlots(Slots):
    """Slots that threads share."""

    async def take(self, checkout: Checkout, seconds: float) -> None:
        """See `Slots`."""
        if not self._line and self._take_free(checkout):
            return
        ticket: SimpleQueue[None] = SimpleQueue()
        checkout.ticket = ticket
        self._line.append(ticket)
        ends_at = time.monotonic() + seconds
        expired = False
        try:
            while self._line[0] is not ticket:
                ticket.get(timeout=_left(ends_at))
            # One step of C, as in `_take_free`. Only who is first in the line waits here.
            checkout.tokens.extend(map(self._free.get, (True,), (_left(ends_at),)))
        except Empty:
            expired = True
        if expired:
            raise network.PoolTimeout
        self._leave_line(checkout)

    def _wake_first(self) -> None:
        try:
            first: SimpleQueue[None] = self._line[0]
        except IndexError:
            return
        first.put(None)


def _left(ends_at: float) -> float:
    """Return the seconds until that time, as the queues take them."""
    return min(max(ends_at - time.monotonic(), 0.0), LONGEST_WAIT)


class ThreadTransport(PooledTransport):
    """Sends for threads, which share slots and idle connections."""

    def __init__(self, route: Route, connecting: Connecting) -> None:
        super().__init__(route, connecting)
        self._own_slots = ThreadSlots(connecting.max_connections)

    def _slots(self) -> Slots:
        return self._own_slots

    def _new_socket(self) -> SyncSocket:
        return SyncSocket()

    async def _run_beside(
        self, helper: Helper, function: Callable[[], T], seconds: float
    ) -> T:
        return await run_beside(helper, function, seconds)
