"""Connections that the tasks of an event loop share."""

from __future__ import annotations

import asyncio
import contextlib

import httpcore

from ._sync import SLICE, BaseWire, Lane, Lanes, Opened, Sender, Way
from .body import AsyncBody

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from typing import Any

    from ._sync import Call


class AsyncWire(BaseWire):
    """A socket for tasks."""

    inner: httpcore.AsyncNetworkStream

    async def aclose(self) -> None:
        await self.inner.aclose()

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        if self.pending:
            # A peer that refuses the rest may have answered already.
            with contextlib.suppress(httpcore.WriteError):
                await self._flush(timeout)
        return await self.inner.read(max_bytes, self.lane.left(timeout))

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.pending += buffer
        if len(self.pending) > SLICE:
            await self._flush(timeout)

    async def _flush(self, timeout: float | None) -> None:
        buffer, self.pending = self.pending, b""
        self.lane.sending(buffer)
        await self.inner.write(buffer, self.lane.left(timeout))

    async def start_tls(
        self, ssl_context: Any, server_hostname: Any = None, timeout: Any = None
    ) -> AsyncWire:
        left = self.lane.encrypting(server_hostname, timeout)
        self.inner = await self.inner.start_tls(ssl_context, server_hostname, left)
        return self


class AsyncBackend(httpcore.AsyncNetworkBackend):
    """Opens the socket of a lane."""

    def __init__(self, lane: Lane) -> None:
        self.lane, self.inner = lane, httpcore.AnyIOBackend()

    async def connect_tcp(
        self, host: str, port: int, timeout: Any = None, *more: Any, **named: Any
    ) -> Any:
        left = self.lane.connecting(host, port, timeout)
        inner = await self.inner.connect_tcp(host, port, left, *more, **named)
        return AsyncWire(inner, self.lane)


class LoopLanes(Lanes):
    """The lanes of one event loop."""

    pool = httpcore.AsyncConnectionPool
    backend = AsyncBackend
    semaphore = asyncio.BoundedSemaphore

    async def acquire(self, limit: float) -> None:
        if not self.free.locked():
            await self.free.acquire()
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(limit):
                await self.free.acquire()
                return
        raise httpcore.PoolTimeout

    async def send(self, pool: Any, request: Any) -> Any:
        return await pool.handle_async_request(request)

    def parts(self, response: Any) -> Any:
        return response.stream

    async def end(self, response: Any) -> None:
        await response.aclose()

    async def shut(self, pool: Any) -> None:
        await pool.aclose()


async def _until_loop_ends(lanes: LoopLanes) -> AsyncGenerator[None]:
    """Closes the lanes when the event loop shuts its generators down, or when nobody holds this any more."""
    try:
        yield
    finally:
        await lanes.aclose()


class AsyncLanes(Sender):
    """Lanes for each event loop."""

    def __init__(self, way: Way) -> None:
        self.way = way
        self.loops: dict[Any, tuple[LoopLanes, AsyncGenerator[None]]] = {}

    async def open(self, call: Call) -> Opened:
        if not isinstance(call.content, bytes | AsyncBody):
            call.content = AsyncBody(call.content)
        loop = asyncio.get_running_loop()
        if loop not in self.loops:
            for other in [known for known in list(self.loops) if known.is_closed()]:
                self.loops.pop(other, None)
            self.used, lanes = True, LoopLanes(self.way)
            self.loops[loop] = lanes, _until_loop_ends(lanes)
            await anext(self.loops[loop][1])
        return await self.loops[loop][0].open(call)

    async def aclose(self) -> None:
        self.closed = True
        own = self.loops.pop(asyncio.get_running_loop(), None)
        self.forget()
        if own is not None:
            await own[1].aclose()

    def forget(self) -> None:
        self.loops.clear()  # the lanes of other loops close there, once collected

    def without_connections(self) -> AsyncLanes:
        return AsyncLanes(self.way)
