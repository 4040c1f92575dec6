"""Sends calls over connections that the tasks of an event loop share."""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import TypeVar

import httpcore

from . import _policy
from ._policy import Answer, Call, Failure, Headers, Inflater
from ._sync import (
    KEPT_IDLE,
    MOST_CONNECTIONS,
    SLICE,
    Connection,
    Lane,
    Opened,
    Sender,
    Slot,
    StreamBase,
    Way,
    abandoned,
    advance,
    delivered,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
    from typing import Any, Self

    from ._settings import Settings

Item = TypeVar("Item")


class AsyncWire(httpcore.AsyncNetworkStream):
    """A socket that nothing keeps busy beyond the deadline of the call. Headers and body leave in one piece where they fit."""

    def __init__(self, inner: httpcore.AsyncNetworkStream, slot: Slot) -> None:
        self.inner, self.slot = inner, slot
        self.pending = b""

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        if self.pending:
            # Who does not want to hear the rest may have answered already.
            with contextlib.suppress(httpcore.WriteError):
                await self._flush(timeout)
        return await self.inner.read(max_bytes, self.slot.call.left(timeout))

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.pending += buffer
        if len(self.pending) > SLICE:
            await self._flush(timeout)

    async def _flush(self, timeout: float | None) -> None:
        buffer, self.pending = self.pending, b""
        self.slot.sending(buffer)
        await self.inner.write(buffer, self.slot.call.left(timeout))

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> AsyncWire:
        self.slot.encrypting(server_hostname)
        left = self.slot.call.left(timeout)
        inner = await self.inner.start_tls(ssl_context, server_hostname, left)
        return AsyncWire(inner, self.slot)

    async def aclose(self) -> None:
        await self.inner.aclose()

    def get_extra_info(self, info: str) -> Any:
        return self.inner.get_extra_info(info)


class AsyncBackend(httpcore.AsyncNetworkBackend):
    """Opens the socket of a lane."""

    def __init__(self, slot: Slot) -> None:
        self.slot, self.inner = slot, httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        *more: Any,
        **named: Any,
    ) -> AsyncWire:
        self.slot.connecting(host, port)
        left = self.slot.call.left(timeout)
        inner = await self.inner.connect_tcp(host, port, left, *more, **named)
        return AsyncWire(inner, self.slot)


class AsyncBody:
    """The content of a file, read beside the event loop."""

    def __init__(self, content: Any) -> None:
        self.content = content

    async def __aiter__(self) -> AsyncIterator[bytes]:
        pieces = iter(self.content)
        while chunk := await asyncio.to_thread(next, pieces, b""):
            yield chunk


class LoopLanes:
    """The lanes of one event loop."""

    def __init__(self, way: Way) -> None:
        self.ways = {way.origin: way}
        self.free = asyncio.Semaphore(MOST_CONNECTIONS)
        self.end = _until_loop_ends(self.ways)


async def _until_loop_ends(ways: dict[str, Way]) -> AsyncGenerator[None]:
    """Closes the lanes when the event loop shuts its generators down, or when nobody holds this any more."""
    try:
        yield
    finally:
        for way in ways.values():
            while way.idle:
                await way.idle.pop().pool.aclose()


class AsyncLanes(Sender):
    """Lanes for each event loop."""

    used = closed = False

    def __init__(self, way: Way) -> None:
        self.way = way
        self.loops: dict[Any, LoopLanes] = {}

    async def open(self, call: Call) -> Opened:
        lanes = self.loops.get(asyncio.get_running_loop())
        if lanes is None:
            lanes = await self._first()
        await self._acquire(lanes, call)
        way = lanes.ways.get(call.origin)
        if way is None:
            lanes.ways[call.origin] = way = Way(call.origin)
        pool = httpcore.AsyncConnectionPool
        lane = way.idle.pop() if way.idle else Lane(way, pool, AsyncBackend)
        try:
            response = await lane.pool.handle_async_request(lane.request(call))
        except BaseException:
            await self._put_aside(lanes, lane)
            raise

        async def close() -> None:
            try:
                await response.aclose()
            finally:
                await self._put_aside(lanes, lane)

        return Opened(
            response.status, Headers(response.headers), response.stream, close
        )

    async def _first(self) -> LoopLanes:
        for other in [loop for loop in list(self.loops) if loop.is_closed()]:
            self.loops.pop(other, None)
        self.used, lanes = True, LoopLanes(self.way.anew())
        self.loops[asyncio.get_running_loop()] = lanes
        await anext(lanes.end)
        return lanes

    async def _acquire(self, lanes: LoopLanes, call: Call) -> None:
        if not lanes.free.locked():
            await lanes.free.acquire()
            return
        left = call.left(call.options.timeouts["pool"])
        try:
            async with asyncio.timeout(left):
                await lanes.free.acquire()
        except TimeoutError:
            raise httpcore.PoolTimeout from None

    async def _put_aside(self, lanes: LoopLanes, lane: Lane) -> None:
        idle, now = lane.way.idle, time.monotonic()
        lane.since, lane.slot.call = now, None
        lanes.free.release()
        if self.closed:
            await lane.pool.aclose()
            return
        idle.append(lane)
        while idle and idle[0].since < now - KEPT_IDLE:
            await idle.popleft().pool.aclose()

    async def aclose(self) -> None:
        self.closed = True
        lanes = self.loops.pop(asyncio.get_running_loop(), None)
        self.loops.clear()  # the lanes of other loops close there, once collected
        if lanes is not None:
            await lanes.end.aclose()

    def close(self) -> None:
        self.loops.clear()


class AsyncConnection(Connection):
    """Sends for all tasks of any event loop."""

    asynchronous = True

    def __init__(self, settings: Settings, sender: Any) -> None:
        super().__init__(settings, sender, "AsyncEnkryptClient")
        self.sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    async def run(self, call: Call) -> Answer:
        self.check_open()
        steps = self.policy.attempts(call)
        pause, result = advance(steps, None)
        while result is None:
            wait = self._send(call) if pause is None else self.sleep(pause)
            pause, result = advance(steps, await wait)
        return delivered(call, result)

    async def _send(self, call: Call) -> Answer | Failure:
        started = self.policy.monotonic()
        outcome: Answer | Failure
        if not isinstance(call.content, bytes | AsyncBody):
            call.content = AsyncBody(call.content)
        try:
            opened = await self.sender.open(call)
            outcome = await self._receive(call, opened)
        except self.sender.network as error:
            outcome = self.sender.failure(call, error)
        self.log_attempt(call, outcome, started)
        return outcome

    async def _receive(self, call: Call, opened: Opened) -> Answer:
        answer = Answer(opened.status, opened.headers, call.read)
        if call.streaming and _policy.matches(opened.status, call.success):
            answer.rest = opened
            return answer
        inflater = Inflater(answer, opened.decoded)
        try:
            async for chunk in opened.parts:
                if not inflater.add(chunk):
                    break
                call.left(None)
        except self.sender.network as error:
            return inflater.finish(self.sender.failure(call, error))
        finally:
            with contextlib.suppress(*self.sender.network):
                await opened.close()
        return inflater.finish()

    def after_fork(self) -> None:
        """In a child process: let go of what the parent goes on using."""
        if isinstance(self.sender, AsyncLanes):
            self.collection.detach()
            abandoned.append(self.sender)
            self.sender = AsyncLanes(self.sender.way)
            self.watch()

    async def aclose(self) -> None:
        self.closed = True
        if isinstance(self.sender, AsyncLanes):
            await self.sender.aclose()


class AsyncStream(StreamBase[Item]):
    """Events or chunks of an answer, as they come. Use it in an `async with` statement; leaving it early closes the connection."""

    async def __aenter__(self) -> Self:
        answer = await self._exchange.open()
        try:
            self._begin(answer)
        except BaseException:
            await answer.rest.close()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        with contextlib.suppress(*self._exchange.connection.sender.network):
            await self._opened.close()

    async def __aiter__(self) -> AsyncIterator[Item]:
        chunks: Any = self._chunks()
        if self._events:
            from ._httpx import event_source

            chunks = event_source(chunks).aiter_sse()
        async with contextlib.aclosing(chunks) as items:
            async for item in items:
                if not self._events or self._wanted(item):
                    yield item

    async def _chunks(self) -> AsyncIterator[bytes]:
        parts, failed = aiter(self._opened.parts), None
        while True:
            self._wait()
            try:
                chunk = await anext(parts, None)
            except self._exchange.connection.sender.network as error:
                failed = self._failed(error)
            if failed:
                raise failed
            if chunk is None:
                return
            yield self._came(chunk)
