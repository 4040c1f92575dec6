"""Connections for the tasks of asyncio: waiting suspends the task.

A socket is known to an event loop only while a task waits for it. So an idle connection belongs to no loop: every loop of the
client may take it, any thread may close it, and nothing needs to be undone when a loop ends.
"""

from __future__ import annotations

import asyncio
import contextlib

from .. import exceptions as errors
from . import network, threads
from .deadline import DeadlineExpired
from .helper import Helper, Outcome, WaitExpired
from .slots import Checkout, Slots
from .sockets import BaseSocket, is_any_closed
from .transport import PooledTransport

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from typing import TypeVar

    from .deadline import Deadline
    from .route import Connecting, Route
    from .sockets import Descriptor

    T = TypeVar("T")
    Waiter = asyncio.Future[bool]


async def _wait_for(waiter: Waiter, seconds: float) -> None:
    """Wait until somebody sets the result. Raises WaitExpired."""
    timer = waiter.get_loop().call_later(seconds, _wake, waiter, False)
    try:
        in_time = await waiter
    finally:
        timer.cancel()
    if not in_time:
        raise WaitExpired


def _wake(waiter: Waiter, in_time: bool = True) -> None:
    if not waiter.done():
        waiter.set_result(in_time)


async def wait_until_ready(
    readable: Sequence[Descriptor], writable: Sequence[Descriptor], seconds: float
) -> None:
    """Wait until one of the sockets is ready. Raises WaitExpired."""
    if is_any_closed(readable, writable):
        return
    loop = asyncio.get_running_loop()
    waiter: Waiter = loop.create_future()
    can_watch = True
    try:
        for descriptor in readable:
            loop.add_reader(descriptor, _wake, waiter)
        for descriptor in writable:
            loop.add_writer(descriptor, _wake, waiter)
        await _wait_for(waiter, seconds)
    except NotImplementedError:
        can_watch = False
    finally:
        if can_watch and not loop.is_closed():  # else this coroutine is being collected
            for descriptor in readable:
                loop.remove_reader(descriptor)
            for descriptor in writable:
                loop.remove_writer(descriptor)
    if not can_watch:
        await _wait_in_a_thread(readable, writable, seconds)


async def _wait_in_a_thread(
    readable: Sequence[Descriptor], writable: Sequence[Descriptor], seconds: float
) -> None:
    """The same for an event loop that can't watch sockets: that of Windows, unless it is told otherwise. Raises WaitExpired."""
    helper = Helper()
    try:
        await run_beside(
            helper,
            lambda: threads.wait_until_ready(readable, writable, seconds),
            seconds,
        )
    finally:
        helper.stop()


async def run_beside(helper: Helper, function: Callable[[], T], seconds: float) -> T:
    """Run a function in the helper thread, and return what it returns. Raises WaitExpired, and what the function raises."""
    loop = asyncio.get_running_loop()
    waiter: Waiter = loop.create_future()
    outcomes: list[Outcome[T]] = []

    def job() -> None:
        outcomes.append(Outcome.of(function))
        with contextlib.suppress(RuntimeError):  # the loop has ended: nobody waits
            loop.call_soon_threadsafe(_wake, waiter)

    helper.submit(job)
    await _wait_for(waiter, seconds)
    return outcomes.pop().result()


async def within(awaitable: Awaitable[T], deadline: Deadline) -> T:
    """Return what is awaited. Raises DeadlineExpired if it does not come before the deadline."""
    limit = asyncio.timeout(deadline.remaining())
    try:
        async with limit:
            return await awaitable
    except TimeoutError:
        if not limit.expired():
            raise  # of what was awaited
    raise DeadlineExpired


def require_running_loop() -> asyncio.AbstractEventLoop:
    """Return the running event loop. Raises ConfigurationError where asyncio does not run, as under trio."""
    loop = _running_loop()
    if loop is None:
        raise errors.ConfigurationError(
            "AsyncEnkryptClient needs asyncio: call it in a task of an asyncio event loop"
        )
    return loop


def is_watched(loop: asyncio.AbstractEventLoop, descriptor: int) -> bool:
    """Whether a socket belongs to a connection of an event loop; True where that can't be known."""
    try:
        loop.add_reader(descriptor, bool)
    except (RuntimeError, NotImplementedError):
        # It is used by a transport of this loop; or the loop, as that of Windows, watches none.
        return True
    loop.remove_reader(descriptor)
    return False


class AsyncSocket(BaseSocket):
    """A socket for tasks."""

    # Whether an event loop knows the descriptor at present, and whether that is to be closed when it does not any more.
    _is_watched = False
    _is_to_be_closed = False

    async def _wait_until_ready(
        self,
        readable: Sequence[Descriptor],
        writable: Sequence[Descriptor],
        seconds: float,
    ) -> None:
        self._is_watched = True
        try:
            await wait_until_ready(readable, writable, seconds)
        finally:
            self._is_watched = False
            if self._is_to_be_closed:
                super().close()

    def close(self) -> None:
        """See `Socket`. Whoever waits for the socket wakes up."""
        if self._is_watched:
            # Another socket could get its number while the event loop still knows it.
            self._is_to_be_closed = True
            self._shut_down()
        else:
            super().close()

    async def _run_beside(
        self, helper: Helper, function: Callable[[], T], seconds: float
    ) -> T:
        return await run_beside(helper, function, seconds)


class TaskSlots(Slots):
    """Slots that the tasks of one event loop share."""

    def __init__(self, count: int) -> None:
        super().__init__(count)
        self._loop = asyncio.get_running_loop()

    async def take(self, checkout: Checkout, seconds: float) -> None:
        """See `Slots`."""
        if not self._line and self._take_free(checkout):
            return
        ticket: Waiter = self._loop.create_future()
        checkout.ticket = ticket
        self._line.append(ticket)
        expired = False
        try:
            await _wait_for(ticket, seconds)
        except WaitExpired:
            expired = True
        # Whoever is woken is the first in the line, and nobody else takes the slot that it was woken for.
        if expired or not self._take_free(checkout):
            raise network.PoolTimeout
        self._leave_line(checkout)

    def _wake_first(self) -> None:
        if not self._line:
            return
        if _running_loop() is self._loop:
            self._wake_first_here()
            return
        # A checkout may be collected in any thread.
        with contextlib.suppress(RuntimeError):  # the loop has ended: nobody waits
            self._loop.call_soon_threadsafe(self._wake_first_here)

    def _wake_first_here(self) -> None:
        """Wake who has waited longest, if there is a slot to take."""
        if self._line and not self._free.empty():
            _wake(self._line[0])


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


class TaskTransport(PooledTransport):
    """Sends for tasks. Each event loop has slots of its own; idle connections serve all loops."""

    def __init__(self, route: Route, connecting: Connecting) -> None:
        super().__init__(route, connecting)
        self._slots_by_loop: dict[asyncio.AbstractEventLoop, TaskSlots] = {}

    def _slots(self) -> Slots:
        loop = require_running_loop()
        slots = self._slots_by_loop.get(loop)
        if slots is None:
            for known_loop in tuple(self._slots_by_loop):
                if known_loop.is_closed():
                    self._slots_by_loop.pop(known_loop, None)
            slots = TaskSlots(self._connecting.max_connections)
            self._slots_by_loop[loop] = slots
        return slots

    def _new_socket(self) -> AsyncSocket:
        return AsyncSocket()

    async def _run_beside(
        self, helper: Helper, function: Callable[[], T], seconds: float
    ) -> T:
        return await run_beside(helper, function, seconds)
