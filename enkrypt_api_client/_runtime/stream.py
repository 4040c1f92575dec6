"""An answer that is read as it comes."""

from __future__ import annotations

import contextlib
from typing import Generic, TypeVar

from .. import exceptions as errors
from . import policy, redact
from ._sync import drive
from .response import LARGEST_BODY, Answer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, MutableMapping
    from typing import Any, Self

    import httpx_sse

T = TypeVar("T")


def event_source(chunks: Any) -> httpx_sse.EventSource:
    """A reader of server-sent events."""
    import httpx
    import httpx_sse

    kind = {"content-type": "text/event-stream; charset=utf-8"}
    return httpx_sse.EventSource(httpx.Response(200, headers=kind, content=chunks))


class StreamBase(Generic[T]):
    """An answer that is read as it comes."""

    status_code: int
    headers: MutableMapping[str, str]
    request_id: str | None
    _close: Any = None  # unless it is open
    _call = _parts = _read = _close

    def __init__(self, exchange: Any) -> None:
        self._exchange: Any = exchange
        self._sender: Any = exchange.connection.sender
        self._events: bool = exchange.codec.spec.STREAM == "text/event-stream"
        self._unread: int = 0  # bytes since the last event

    async def _begin(self) -> Self:
        answer = await self._exchange.open()
        self._call, self._opened = self._exchange.call, answer.rest
        self._close, self._parts = self._opened.close, aiter(self._opened.parts)
        # One for all loops: items that came together are not lost between two.
        self._read = self._items()
        self.status_code, self.headers = answer.status_code, answer.headers
        self.request_id = redact.masked_id(answer.headers, None, self._call.secrets())
        options = self._call.options
        self._call.gap = options.timeouts["read"] or options.total_timeout
        kind = self.headers.get("content-type", "").partition(";")[0].strip().lower()
        coding = self.headers.get("content-encoding", "identity").strip().lower()
        if coding != "identity" and not self._opened.decoded:
            await self._refuse("its content encoding was not asked for")
        if self._events and kind != "text/event-stream":
            await self._refuse("it is not a stream of events")
        return self

    async def _refuse(self, fault: str) -> None:
        await self._end()
        answer = Answer(self.status_code, self._opened.headers)
        raise policy.decode_error(self._call, answer, fault)

    async def _end(self) -> None:
        close, self._close, self._read = self._close, None, None
        if close is not None:
            with contextlib.suppress(*self._sender.network):
                await close()

    async def _items(self) -> AsyncIterator[T]:
        chunks: Any = self._chunks()
        if not self._events:
            async for chunk in chunks:
                yield chunk
            return
        events: Any = event_source(chunks).aiter_sse()
        async for event in events:
            self._unread = 0
            # One of no type and no data is only a sign of life.
            if event.data or event.event != "message":
                yield event

    async def _chunks(self) -> AsyncIterator[bytes]:
        """The content. What is awaited has a time limit of its own, which a line that comes byte by byte does not stretch."""
        parts, call, chunk = self._parts, self._call, b"\n"
        while True:
            if self._close is None:
                raise errors.InvalidRequestError("a stream is read in its with block")
            if not self._events or not self._unread or b"\n" in chunk or b"\r" in chunk:
                call.deadline = call.clock() + call.gap
            try:
                chunk = await anext(parts, b"")
            except self._sender.network as error:
                failure = self._sender.failure(call, error)
                break
            if not chunk:
                return
            self._unread += len(chunk)
            if self._events and self._unread > LARGEST_BODY:
                await self._refuse(f"an event is larger than {LARGEST_BODY} bytes")
            yield chunk
        raise policy.lost(call, failure.cause, failure.timed_out)


class Stream(StreamBase[T]):
    """Events or chunks of an answer, as they come. Use it in a `with` statement; leaving it early closes the connection."""

    def __enter__(self) -> Self:
        return drive(self._begin())

    def __exit__(self, *_: object) -> None:
        drive(self._end())

    def __iter__(self) -> Iterator[T]:
        items: Any = self._read or self._items()

        async def step() -> Any:
            return await anext(items, None)

        while (item := drive(step())) is not None:
            yield item


class AsyncStream(StreamBase[T]):
    """Events or chunks of an answer, as they come. Use it in an `async with` statement; leaving it early closes the connection."""

    async def __aenter__(self) -> Self:
        return await self._begin()

    async def __aexit__(self, *_: object) -> None:
        await self._end()

    def __aiter__(self) -> AsyncIterator[T]:
        return self._read or self._items()
