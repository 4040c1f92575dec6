"""Sends requests: attempts, pauses, log. One implementation for the sync and the async client."""

from __future__ import annotations

import time

from .. import exceptions as errors
from . import log
from .attempt import Attempt, Failure
from .deadline import Deadline
from .importing import IMPORTING
from .lifetime import Lifetime
from .policy import Accept, Fail, Policy, Renew, Retry
from .route import Route
from .threads import ThreadTransport, drive

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from .hooks import Hooks
    from .library import HTTPXAsyncClient, HTTPXClient
    from .policy import Verdict
    from .request import Request
    from .route import Connecting
    from .settings import Settings
    from .transport import Transport

__all__ = ["Runner", "create_async_runner", "create_sync_runner", "drive"]


class Runner:
    """Sends requests as often as the policy says. Owned by a client, which shares it with its views.

    Args:
        transport: Sends one attempt.
        asynchronous: Whether the transport's coroutines wait.
        hooks: Functions of the caller that see each attempt.
    """

    transport: Transport
    asynchronous: bool
    closed: bool
    policy: Policy

    def __init__(
        self, transport: Transport, asynchronous: bool, hooks: Hooks | None
    ) -> None:
        self._hooks = hooks
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
        name = "AsyncEnkryptClient" if asynchronous else "EnkryptClient"
        self._lifetime = Lifetime(self, name)

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
        request.check_credentials()
        total_timeout = request.options.total_timeout
        deadline = Deadline(self.clock() + total_timeout, total_timeout, self.clock)
        attempts: list[Attempt] = []
        while True:
            attempt = Attempt(len(attempts) + 1, deadline)
            attempts.append(attempt)
            match await self._attempt(request, attempts):
                case Accept() as accepted:
                    return accepted
                case Fail(error):
                    raise error
                case Renew(error):
                    renewed = await request.renewed(self.asynchronous)
                    if renewed is None:
                        raise error
                    request = renewed
                case Retry(seconds):
                    pause = self.sleep(seconds)
                    if pause is not None:
                        await pause

    async def _attempt(self, request: Request, attempts: Sequence[Attempt]) -> Verdict:
        """Make the last of the attempts, which is still empty, and return what the policy decides."""
        attempt = attempts[-1]
        hooks = self._hooks
        event = None
        # The headers that a hook adds are those of this attempt alone.
        if hooks is not None:
            request, event = await hooks.before(request, attempt)
            attempt.failure = hooks.failure(attempt)
        log.log_request(request, attempt)
        started_at = self.clock()
        if attempt.failure is None:
            try:
                await self.transport.send(request, attempt)
            except BaseException as error:
                # A cancelled call, Ctrl-C, or an exception of the caller's own code.
                attempt.failure = attempt.failure or _failure_of(error)
                seconds = self.clock() - started_at
                log.log_attempt(request, attempt, seconds, None)
                # What closes a coroutine must not wait.
                may_wait = not isinstance(error, GeneratorExit)
                if hooks is not None and event is not None and may_wait:
                    await hooks.after(event, request, attempt, seconds, None)
                raise
        seconds = self.clock() - started_at
        verdict = self.policy.judge(request, attempts)
        try:
            log.log_attempt(request, attempt, seconds, verdict)
            if hooks is not None and event is not None:
                await hooks.after(event, request, attempt, seconds, verdict)
        except BaseException:
            # Nobody will read the rest of the answer.
            if attempt.response is not None and attempt.response.stream is not None:
                await attempt.response.stream.aclose()
            raise
        return verdict

    async def aclose(self) -> None:
        """Close the connections."""
        self.closed = True
        await self.transport.aclose()


def _failure_of(error: BaseException) -> Failure:
    """Return the failure of an attempt that an exception has ended, which goes on to the caller."""
    name = type(error).__name__
    if name == "CancelledError":
        return Failure("the call was cancelled", "")
    return Failure(f"{name} ended the call", "")


def create_sync_runner(
    settings: Settings,
    http_client: HTTPXClient | None,
    connecting: Connecting,
    hooks: Hooks | None,
) -> Runner:
    """Return a runner for threads, over connections of its own or over a caller's client of httpx or httpx2.

    Everything that a call needs is imported here: a fork while another thread imports would leave a lock behind in the child.

    Raises:
        ConfigurationError: The client is no such client, or the environment names a proxy, certificates or a log level that
            can't be used.
    """
    log.configure_from_environment()
    transport: Transport
    if http_client is None:
        transport = ThreadTransport(Route.to(settings.origin, connecting), connecting)
    else:
        _check_unused(connecting)
        with IMPORTING:
            from .own_client import SyncOwnClient

        transport = SyncOwnClient(http_client)
    return Runner(transport, asynchronous=False, hooks=hooks)


def create_async_runner(
    settings: Settings,
    http_client: HTTPXAsyncClient | None,
    connecting: Connecting,
    hooks: Hooks | None,
) -> Runner:
    """Return a runner for tasks. As `create_sync_runner`."""
    log.configure_from_environment()
    transport: Transport
    if http_client is None:
        with IMPORTING:
            from .tasks import TaskTransport

        transport = TaskTransport(Route.to(settings.origin, connecting), connecting)
    else:
        _check_unused(connecting)
        with IMPORTING:
            from .own_client import AsyncOwnClient

        transport = AsyncOwnClient(http_client)
    return Runner(transport, asynchronous=True, hooks=hooks)


def _check_unused(connecting: Connecting) -> None:
    """Raise ConfigurationError if arguments were given that a caller's own client makes useless."""
    if not connecting.is_default:
        raise errors.ConfigurationError(
            "max_connections, proxy and ssl_context are not used with http_client: give them to that client"
        )
