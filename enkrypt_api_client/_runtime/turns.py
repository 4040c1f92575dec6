"""Something that one thread or task does at a time, such as asking the caller for a new key. Safe from a fork."""

from __future__ import annotations

import os
import threading
import weakref
from typing import TypeVar

from .. import exceptions as errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    import asyncio
    from collections.abc import Awaitable, Callable

T = TypeVar("T")


class Turns:
    """Gives one thread at a time its turn, or one task of each event loop.

    Args:
        fault: The message for a thread or task that would wait for itself.
    """

    def __init__(self, fault: str) -> None:
        self._fault = fault
        self._thread_lock = threading.RLock()
        self._task_locks: dict[asyncio.AbstractEventLoop, asyncio.Lock] = {}
        # The threads or tasks whose turn it is, by their identity.
        self._holders: set[int] = set()
        _all_turns.add(self)

    async def take(self, act: Callable[[], Awaitable[T]], asynchronous: bool) -> T:
        """Wait for a turn, and return what the function returns.

        Args:
            act: Is called, and waited for. That of a thread never waits.
            asynchronous: Whether tasks take turns.

        Raises:
            ConfigurationError: `act` calls this method itself.
        """
        if not asynchronous:
            with self._thread_lock:
                return await self._act(act, threading.get_ident())
        import asyncio  # a task has imported it, a thread need not

        try:
            task = asyncio.current_task()
            lock = self._lock_of(asyncio.get_running_loop())
        except RuntimeError:
            return await act()  # not asyncio: the call is refused later
        if id(task) in self._holders:
            raise errors.ConfigurationError(self._fault)
        async with lock:
            return await self._act(act, id(task))

    def _lock_of(self, loop: asyncio.AbstractEventLoop) -> asyncio.Lock:
        import asyncio

        for known_loop in tuple(self._task_locks):
            if known_loop.is_closed():
                self._task_locks.pop(known_loop, None)
        return self._task_locks.setdefault(loop, asyncio.Lock())

    async def _act(self, act: Callable[[], Awaitable[T]], holder: int) -> T:
        if holder in self._holders:
            raise errors.ConfigurationError(self._fault)
        self._holders.add(holder)
        try:
            return await act()
        finally:
            self._holders.discard(holder)

    def forget_other_threads(self) -> None:
        """In a forked child, forget the turns of threads that it does not have: their locks, and identities that its own may get."""
        self._thread_lock = threading.RLock()
        self._task_locks = {}
        self._holders &= {threading.get_ident()}


_all_turns: weakref.WeakSet[Turns] = weakref.WeakSet()


def _after_fork_in_child() -> None:
    for turns in tuple(_all_turns):
        turns.forget_other_threads()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork_in_child)
