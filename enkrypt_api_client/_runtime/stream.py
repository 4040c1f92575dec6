"""A response that is read as it comes: server-sent events, or chunks of bytes."""

from __future__ import annotations

import codecs
from typing import Generic, TypeVar

from .. import exceptions as errors
from . import policy, redact
from .attempt import StreamFailed
from .deadline import Deadline
from .frames import HiddenFrames
from .response import LARGEST_BODY
from .runner import drive

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncIterator, MutableMapping
    from typing import Any, Self

    import httpx_sse

    from .calls import Call
    from .policy import Accept
    from .request import Request
    from .response import ResponseStream
    from .runner import Runner

T = TypeVar("T")


class StreamBase(Generic[T]):
    """What both kinds of streams share.

    Args:
        call: Opens the response.
        runner: Knows the time.
    """

    status_code: int
    headers: MutableMapping[str, str]
    request_id: str | None

    def __init__(self, call: Call[T], runner: Runner) -> None:
        self._call = call
        self._clock = runner.clock
        self._is_events = call.operation.stream == "text/event-stream"
        self._request: Request
        self._accepted: Accept
        # None unless the stream is open.
        self._source: ResponseStream | None = None
        self._items: AsyncIterator[T] | None = None
        self._bytes_since_event = 0

    async def _begin(self) -> Self:
        self._request, self._accepted = await self._call.open()
        response = self._accepted.response
        source = response.stream
        assert source is not None
        self._source = source
        # One iterator for all loops: items that came together are not lost between two.
        self._items = self._read_items()
        self.status_code = response.status_code
        self.headers = response.headers
        self.request_id = redact.masked_id(
            response.headers, None, self._request.secrets
        )
        coding = response.headers.get("content-encoding", "identity").strip().lower()
        if coding != "identity" and not source.decoded:
            await self._refuse("its content encoding was not asked for")
        media_type = response.headers.get("content-type", "").partition(";")[0]
        if self._is_events and media_type.strip().lower() != "text/event-stream":
            await self._refuse("it is not a stream of events")
        return self

    async def _refuse(self, fault: str) -> None:
        await self._end()
        raise policy.decode_error(self._request, self._accepted, fault)

    async def _end(self) -> None:
        source = self._source
        self._source = None
        self._items = None
        if source is not None:
            await source.aclose()

    async def _next_item(self) -> T | None:
        """Return what comes next, None at the end."""
        if self._items is None:
            raise errors.InvalidRequestError(
                "iterate over the stream inside its `with` block"
            )
        return await anext(self._items, None)

    async def _read_items(self) -> AsyncIterator[Any]:
        chunks = self._read_chunks()
        if not self._is_events:
            async for chunk in chunks:
                yield chunk
            return
        events: Any = _event_source(_without_mark(chunks)).aiter_sse()
        async for event in events:
            self._bytes_since_event = 0
            # One of no type and no data is only a sign of life.
            if event.data or event.event != "message":
                yield event

    async def _read_chunks(self) -> AsyncIterator[bytes]:
        """The content. An event has the time limit of one read, however its bytes come."""
        timeouts = self._request.timeouts
        seconds = timeouts.read or self._request.options.total_timeout
        deadline = self._new_deadline(seconds)
        while self._source is not None:
            failure = None
            try:
                chunk = await self._source.next_chunk(deadline)
            except StreamFailed as error:
                failure = error.failure
            if failure is not None:
                raise policy.lost_error(self._request, self._accepted, failure)
            if not chunk:
                return
            self._bytes_since_event += len(chunk)
            if self._is_events and self._bytes_since_event > LARGEST_BODY:
                await self._refuse(f"an event is larger than {LARGEST_BODY} bytes")
            yield chunk
            is_line_over = b"\n" in chunk or b"\r" in chunk
            if is_line_over or not self._is_events or not self._bytes_since_event:
                deadline = self._new_deadline(seconds)

    def _new_deadline(self, seconds: float) -> Deadline:
        return Deadline(self._clock() + seconds, seconds, self._clock)


class Stream(StreamBase[T]):
    """Events or chunks of a response, as they come. Use it in a `with` statement; leaving it early closes the connection."""

    def __enter__(self) -> Self:
        with HiddenFrames():
            return drive(self._begin())

    def __exit__(self, *_: object) -> None:
        with HiddenFrames():
            drive(self._end())

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> T:
        with HiddenFrames():
            item = drive(self._next_item())
            if item is None:
                raise StopIteration
            return item


class AsyncStream(StreamBase[T]):
    """Events or chunks of a response, as they come. Use it in an `async with` statement; leaving it early closes the connection."""

    async def __aenter__(self) -> Self:
        with HiddenFrames():
            return await self._begin()

    async def __aexit__(self, *_: object) -> None:
        with HiddenFrames():
            await self._end()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> T:
        with HiddenFrames():
            item = await self._next_item()
            if item is None:
                raise StopAsyncIteration
            return item


async def _without_mark(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The same chunks without a byte order mark at their beginning (HTML, section "event stream interpretation")."""
    start = b""
    async for chunk in chunks:
        start += chunk
        if len(start) >= len(codecs.BOM_UTF8) or not codecs.BOM_UTF8.startswith(start):
            break
    if start:
        yield start.removeprefix(codecs.BOM_UTF8)
    async for chunk in chunks:
        yield chunk


def _event_source(chunks: Any) -> httpx_sse.EventSource:
    """Return a reader of server-sent events."""
    import httpx
    import httpx_sse

    headers = {"content-type": "text/event-stream; charset=utf-8"}
    return httpx_sse.EventSource(httpx.Response(200, headers=headers, content=chunks))
