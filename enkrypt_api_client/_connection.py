"""The connections: tries until the policy has its answer, in threads and in event loops."""

from __future__ import annotations

import contextlib
import logging
import os
import threading
import time
import weakref

from . import _policy
from . import exceptions as errors
from ._policy import Answer, Call, Failure, Policy
from ._transport import Body, Site
from ._wire import OPEN, Backend, Inflater, failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
    from typing import Any

    from ._settings import Settings
    from ._transport import AsyncClient, Client, Response, Timeout

    Result = Answer | errors.EnkryptError
    Steps = Generator[float | None, Answer | Failure | None, Result]

_log = logging.getLogger("enkrypt_api_client")


class _Connection:
    """What the sync and the async connection have in common: everything but waiting."""

    closed = False

    def __init__(self, settings: Settings, site: Site) -> None:
        self.policy = Policy(settings.max_retries, settings.total_timeout)
        self.site = site
        _connections.add(self)

    def check_open(self) -> None:
        if self.closed:
            raise errors.InvalidRequestError("the client is closed; create a new one")

    def told(self, call: Call, outcome: Answer | Failure, started: float) -> None:
        """Log one record a try. Never headers or bodies."""
        if not _log.isEnabledFor(logging.INFO):
            return
        said, identifier = "no answer", None
        if isinstance(outcome, Answer):
            said = str(outcome.status)
            identifier = _policy.request_id(outcome.headers, None, call.secrets)
        elapsed = self.policy.monotonic() - started
        form = "%s: %s, attempt %d, %.3f s, request id %s"
        _log.info(form, call.name, said, call.attempt, elapsed, identifier)


class SyncConnection(_Connection):
    """One pool of connections for all threads, or a caller's own client."""

    def __init__(
        self,
        settings: Settings,
        timeout: float | Timeout | None,
        client: Client | None,
    ) -> None:
        super().__init__(settings, Site(settings, timeout, client, asynchronous=False))
        self.client = client
        self.sleep = time.sleep
        self._lock = threading.Lock()
        self._pool = None if self.client else self._open()

    def _open(self) -> Any:
        transport = self.site.open()
        # The one private attribute that the deadline of a sync call stands on.
        pool: Any = transport._pool
        pool._network_backend = Backend(pool._network_backend)
        self._closing = weakref.finalize(self, transport.close)
        return transport

    def after_fork(self) -> None:
        """In a child process: let go of what the parent goes on using. Locks of its pool may be held for ever."""
        self._lock = threading.Lock()
        if self._pool is not None:
            _abandoned.append(self._pool)
            self._closing.detach()
            self._pool = None

    def run(self, call: Call) -> Answer:
        self.check_open()
        steps = self.policy.attempts(call)
        pause, result = _advance(steps, None)
        while result is None:
            outcome = self._send(call) if pause is None else self.sleep(pause)
            pause, result = _advance(steps, outcome)
        return _delivered(result)

    def _send(self, call: Call) -> Answer | Failure:
        body, started = Body(call.content), self.policy.monotonic()
        try:
            response = self._transmit(
                self.site.request(call, body, self.policy.monotonic)
            )
            try:
                outcome: Answer | Failure = self._receive(call, response)
            finally:
                with contextlib.suppress(Exception):
                    response.close()
        except Exception as error:
            outcome = failure(error, body.begun)
        self.told(call, outcome, started)
        return outcome

    def _transmit(self, request: Any) -> Response:
        if self.client is not None:
            return self.client.send(request, stream=True, follow_redirects=False)
        if self._pool is None:
            with self._lock:
                self._pool = self._pool or self._open()
        response: Response = self._pool.handle_request(request)
        return response

    def _receive(self, call: Call, response: Response) -> Answer:
        answer = Answer(response.status_code, response.headers)
        # A caller's own client may have read and decoded the answer already.
        inflater = Inflater(answer, decoded=response.is_closed)
        parts: Any = [response.content] if response.is_closed else response.stream
        try:
            for chunk in parts:
                if not inflater.add(chunk):
                    break
                if self.policy.monotonic() > call.deadline:
                    raise TimeoutError("the total time ran out")
        except Exception as error:
            return inflater.finish(error)
        return inflater.finish()

    def close(self) -> None:
        self.closed = True
        if self._pool is not None:
            self._closing()


class AsyncConnection(_Connection):
    """One pool of connections for each event loop, or a caller's own client."""

    def __init__(
        self,
        settings: Settings,
        timeout: float | Timeout | None,
        client: AsyncClient | None,
        transport: str,
    ) -> None:
        super().__init__(settings, Site(settings, timeout, client, asynchronous=True))
        import asyncio

        self.client = client
        if transport not in ("httpx", "aiohttp") or (
            self.client and transport != "httpx"
        ):
            raise errors.ConfigurationError(
                'transport must be "httpx" or "aiohttp", and "httpx" beside http_client'
            )
        self.asyncio, self.kind = asyncio, transport
        self.sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
        self._pools: dict[Any, tuple[Any, Any]] = {}
        if self.client is None:
            self.site.open_async(self.kind)

    def after_fork(self) -> None:
        _abandoned.append(self._pools)
        self._pools = {}

    async def run(self, call: Call) -> Answer:
        self.check_open()
        steps = self.policy.attempts(call)
        pause, result = _advance(steps, None)
        while result is None:
            wait = self._send(call) if pause is None else self.sleep(pause)
            pause, result = _advance(steps, await wait)
        return _delivered(result)

    async def _send(self, call: Call) -> Answer | Failure:
        body, started = Body(call.content), self.policy.monotonic()
        try:
            request = self.site.request(call, body, self.policy.monotonic)
            async with self._until(call):
                response = await self._transmit(request)
            try:
                outcome: Answer | Failure = await self._receive(call, response)
            finally:
                with contextlib.suppress(Exception):
                    await response.aclose()
        except Exception as error:
            outcome = failure(error, body.begun)
        self.told(call, outcome, started)
        return outcome

    def _until(self, call: Call) -> Any:
        return self.asyncio.timeout(call.deadline - self.policy.monotonic())

    async def _transmit(self, request: Any) -> Response:
        if self.client is not None:
            return await self.client.send(request, stream=True, follow_redirects=False)
        loop = self.asyncio.get_running_loop()
        if loop not in self._pools:
            for other in filter(lambda known: known.is_closed(), list(self._pools)):
                self._pools.pop(other, None)
            transport = self.site.open_async(self.kind)
            self._pools[loop] = transport, _until_loop_ends(transport)
            await anext(self._pools[loop][1])
        transport = self._pools[loop][0]
        response: Response = await transport.handle_async_request(request)
        return response

    async def _receive(self, call: Call, response: Response) -> Answer:
        answer = Answer(response.status_code, response.headers)
        inflater = Inflater(answer, decoded=response.is_closed)
        parts: Any = response.stream
        try:
            if response.is_closed:
                inflater.add(response.content)
                return inflater.finish()
            async with self._until(call):
                async for chunk in parts:
                    if not inflater.add(chunk):
                        break
        except Exception as error:
            return inflater.finish(error)
        return inflater.finish()

    async def aclose(self) -> None:
        self.closed = True
        pool = self._pools.pop(self.asyncio.get_running_loop(), None)
        self._pools.clear()  # the pools of other loops close there, once collected
        if pool is not None:
            await pool[1].aclose()


async def _until_loop_ends(transport: Any) -> AsyncGenerator[None]:
    """Closes the transport when the event loop shuts its generators down, or when nobody holds this one any more."""
    try:
        yield
    finally:
        await transport.aclose()


_connections: weakref.WeakSet[Any] = weakref.WeakSet()
_abandoned: list[object] = []


def _after_fork() -> None:
    for stream in list(OPEN):
        stream.close()
    for connection in list(_connections):
        connection.after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


def _advance(
    steps: Steps, outcome: Answer | Failure | None
) -> tuple[float | None, Result | None]:
    """The pause before the next try, None to send at once; or the end."""
    try:
        return steps.send(outcome), None
    except StopIteration as end:
        return None, end.value


def _delivered(result: Result) -> Answer:
    if isinstance(result, errors.EnkryptError):
        raise result
    return result
