"""Sends requests: attempts, pauses, log. One implementation for the sync and the async client."""

from __future__ import annotations

import logging
import os
import time
import warnings
import weakref

from .. import exceptions as errors
from . import redact
from ._sync import OPEN, drive
from .attempt import Attempt
from .deadline import Deadline
from .policy import Accept, Fail, Policy, Retry

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from typing import Any, Protocol

    from .request import Request
    from .settings import Settings

    class Transport(Protocol):
        """Sends one attempt. Owns connections."""

        @property
        def used(self) -> bool:
            """Whether anything was sent."""

        @property
        def closed(self) -> bool:
            """Whether the connections were closed by `aclose`."""

        async def send(self, request: Request, attempt: Attempt) -> None:
            """Send a request, and write to the attempt what was sent and what came back."""

        async def aclose(self) -> None:
            """Close the connections."""

        def forget(self) -> None:
            """Close or leave the connections without waiting."""

        def without_connections(self) -> Transport:
            """Return the same for a forked process, without connections."""


_log = logging.getLogger("enkrypt_api_client")

__all__ = ["Runner", "create_runner", "drive"]


class Runner:
    """Sends requests as often as the policy says. Owned by a client, which shares it with its views.

    Args:
        transport: Sends one attempt.
        asynchronous: Whether the transport's coroutines wait.
    """

    transport: Transport
    asynchronous: bool
    closed: bool
    policy: Policy

    def __init__(self, transport: Transport, asynchronous: bool) -> None:
        self.transport = transport
        self.asynchronous = asynchronous
        self.closed = False
        self.policy = Policy()
        # Tests replace these.
        self.clock: Callable[[], float] = time.monotonic
        self.sleep: Callable[[float], Awaitable[None] | None] = time.sleep
        if asynchronous:
            import asyncio

            self.sleep = asyncio.sleep
        self._watch()
        _runners.add(self)

    def check_open(self) -> None:
        """Raise InvalidRequestError if the client is closed."""
        if self.closed:
            raise errors.InvalidRequestError("the client is closed; create a new one")

    async def run(self, request: Request) -> Accept:
        """Return the documented success, after as many attempts as the policy allows.

        Raises:
            EnkryptError: There was none.
        """
        self.check_open()
        total_timeout = request.options.total_timeout
        deadline = Deadline(self.clock() + total_timeout, total_timeout, self.clock)
        attempts: list[Attempt] = []
        while True:
            attempt = Attempt(len(attempts) + 1, deadline)
            attempts.append(attempt)
            started_at = self.clock()
            await self.transport.send(request, attempt)
            if _log.isEnabledFor(logging.INFO):
                _log_attempt(request, attempt, self.clock() - started_at)
            match self.policy.judge(request, attempts):
                case Accept() as accepted:
                    return accepted
                case Fail(error):
                    raise error
                case Retry(seconds):
                    pause = self.sleep(seconds)
                    if pause is not None:
                        await pause

    async def aclose(self) -> None:
        """Close the connections."""
        self.closed = True
        await self.transport.aclose()

    def _watch(self) -> None:
        name = "AsyncEnkryptClient" if self.asynchronous else "EnkryptClient"
        self._finalizer = weakref.finalize(self, _finalize, self.transport, name)

    def after_fork(self) -> None:
        """In a forked process: leave alone what the parent goes on using."""
        self._finalizer.detach()
        _abandoned.append(self.transport)
        self.transport = self.transport.without_connections()
        self._watch()


def create_runner(settings: Settings, http_client: Any, asynchronous: bool) -> Runner:
    """Return a runner over connections of its own, or over a caller's client of httpx."""
    from ._old_transport import create_transport

    transport = create_transport(settings.origin, http_client, asynchronous)
    return Runner(transport, asynchronous)


def _log_attempt(request: Request, attempt: Attempt, seconds: float) -> None:
    """Log one attempt. Never headers or bodies."""
    status = "no answer"
    request_id = None
    response = attempt.response
    if response is not None:
        status = str(response.status_code)
        request_id = redact.masked_id(response.headers, None, request.secrets.values())
    _log.info(
        "%s: %s, attempt %d, %.3f s, request id %s",
        request.name,
        status,
        attempt.number,
        seconds,
        request_id,
    )


def _finalize(transport: Transport, name: str) -> None:
    """Runs when nobody holds a runner any more, or when the interpreter ends."""
    is_unclosed = transport.used and not transport.closed
    transport.forget()
    if is_unclosed:
        message = f"unclosed {name}: close it, or use it in a with statement"
        warnings.warn(message, ResourceWarning, stacklevel=2)


_runners: weakref.WeakSet[Runner] = weakref.WeakSet()
_abandoned: list[object] = []


def _after_fork() -> None:
    for wire in list(OPEN):
        wire.close()
    for runner in list(_runners):
        runner.after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
