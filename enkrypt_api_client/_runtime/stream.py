"""Responses that are read as they come: server-sent events, JSON texts line by line, or chunks of bytes."""

from __future__ import annotations

import codecs
import threading
from typing import Generic, TypeVar

from .. import exceptions as errors
from . import log, plain_json, policy, service_words
from .attempt import Failure, StreamFailed
from .deadline import Deadline
from .frames import HiddenFrames
from .import_failures import IMPORT_FAILURES
from .importing import IMPORTING
from .response import LARGEST_BODY
from .runner import drive

# Without the annotation, Jedi takes the value literally, sees none of the imports below, and completes nothing of their types.
TYPE_CHECKING: bool = False
if TYPE_CHECKING:
    from collections.abc import AsyncIterator, MutableMapping
    from typing import Any, Self

    from .calls import Call
    from .policy import Accept
    from .request import Request
    from .response import ResponseStream
    from .runner import Runner

T = TypeVar("T")


class _End:
    """The type of `_END`, which is returned after the last item."""


_END = _End()
_LEFT_MEANWHILE = Failure("another thread or task has left the stream", "the service")
_INTERRUPTED = Failure("reading it was interrupted before", "the service")


class StreamBase(Generic[T]):
    """Base class of `Stream` and `AsyncStream`.

    Args:
        call: Sends the request.
        runner: Has the clock.
    """

    status_code: int
    headers: MutableMapping[str, str]
    request_id: str | None

    def __init__(self, call: Call[T], runner: Runner) -> None:
        self._call = call
        self._clock = runner.clock
        self._is_events = call.operation.stream_kind == "events"
        self._is_lines = call.operation.stream_kind == "lines"
        self._request: Request
        self._accepted: Accept
        # None unless the stream is open.
        self._source: ResponseStream | None = None
        self._items: AsyncIterator[T] | None = None
        # Whether the items have come to their end, or an error has told the caller that they will not.
        self._is_over = False
        # Held by whoever waits for an item.
        self._reading = threading.Lock()
        self._bytes_since_item = 0
        if self._is_events or self._is_lines:
            with IMPORT_FAILURES, IMPORTING:
                from . import events  # noqa: F401

    async def _begin(self) -> Self:
        """Send the request, and check that the response can be read as a stream."""
        self._request, self._accepted = await self._call.open()
        response = self._accepted.response
        source = response.stream
        assert source is not None
        self._source = source
        # One iterator for all loops of the caller: items that arrive together are not lost when a loop ends.
        self._items = self._read_items()
        self.status_code = response.status_code
        self.headers = response.headers
        self.request_id = service_words.masked_id(
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
        """Close the stream, and raise ResponseDecodeError."""
        await self._end()
        log.log_unusable(self._request, self._accepted, fault)
        raise policy.decode_error(self._request, self._accepted, fault)

    async def _end(self) -> None:
        """Close the stream. Can be repeated."""
        source = self._source
        self._source = None
        self._items = None
        if source is not None:
            await source.aclose()

    async def _next_item(self) -> T | _End:
        """Return the next item; `_END` after the last."""
        if self._items is None:
            raise errors.InvalidRequestError(
                "iterate over the stream inside its `with` block"
            )
        if not self._reading.acquire(blocking=False):
            raise errors.InvalidRequestError(
                "the stream is being read: let one thread or task iterate over it"
            )
        try:
            item = await anext(self._items, _END)
        except errors.EnkryptError:
            self._is_over = True
            raise
        finally:
            self._reading.release()
        if isinstance(item, _End) and not self._is_over:
            # A wait was cancelled, or an event loop has ended and with it its iterators. This must not look like the end.
            self._is_over = True
            raise self._lost(_INTERRUPTED)
        return item

    async def _read_items(self) -> AsyncIterator[Any]:
        """Yield events, JSON values or chunks of bytes: what the document describes, and the caller's type checker knows as T."""
        chunks = self._read_chunks()
        if not self._is_events and not self._is_lines:
            async for chunk in chunks:
                yield chunk
            self._is_over = True
            return
        from . import events

        items: AsyncIterator[object]
        if self._is_events:
            items = events.read_events(_without_mark(chunks), self._read_text)
        else:
            items = events.read_lines(_without_mark(chunks), self._read_text)
        has_ended_empty = False
        try:
            async for item in items:
                self._bytes_since_item = 0
                yield item
        except events.NoEvents:
            has_ended_empty = True
        may_be_empty = self._call.operation.has_no_content(self.status_code)
        if has_ended_empty and self._source is not None and not may_be_empty:
            await self._refuse("it ended without a single event")
        self._is_over = True

    def _read_text(self, text: str) -> object:
        """Return a JSON text as the model that the document describes."""
        from . import events

        try:
            value = events.parse(text)
            read = self._call.operation.read_item
            return value if read is None else read(value)
        except plain_json.DATA_ERRORS as error:
            fault = f"an item of the stream can't be read ({type(error).__name__})"
        log.log_unusable(self._request, self._accepted, fault)
        raise policy.decode_error(self._request, self._accepted, fault)

    async def _read_chunks(self) -> AsyncIterator[bytes]:
        """Yield the content. Each item must be complete within the read timeout, however many chunks it comes in."""
        timeouts = self._request.timeouts
        seconds = timeouts.read or self._request.options.total_timeout
        deadline = self._new_deadline(seconds)
        while True:
            chunk = b""
            failure = None
            source = self._source
            try:
                if source is not None:
                    chunk = await source.next_chunk(deadline)
            except StreamFailed as error:
                failure = error.failure
            if self._source is None:
                failure = _LEFT_MEANWHILE
            if failure is not None:
                raise self._lost(failure)
            if not chunk:
                return
            self._bytes_since_item += len(chunk)
            has_items = self._is_events or self._is_lines
            if has_items and self._bytes_since_item > LARGEST_BODY:
                unit = "an event" if self._is_events else "a line"
                await self._refuse(f"{unit} is larger than {LARGEST_BODY} bytes")
            yield chunk
            is_line_over = b"\n" in chunk or b"\r" in chunk
            if is_line_over or not has_items or not self._bytes_since_item:
                deadline = self._new_deadline(seconds)

    def _lost(self, failure: Failure) -> errors.EnkryptError:
        """Log that the stream breaks off, and return the error."""
        fault = f"it ends early: {failure.cause}"
        log.log_unusable(self._request, self._accepted, fault)
        return policy.lost_error(self._request, self._accepted, failure)

    def _new_deadline(self, seconds: float) -> Deadline:
        return Deadline(self._clock() + seconds, seconds, self._clock)


class Stream(StreamBase[T]):
    """Events, JSON values or chunks of a response, as they come. Use it in `with`; leaving it early closes the connection."""

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
            if isinstance(item, _End):
                raise StopIteration
            return item


class AsyncStream(StreamBase[T]):
    """Events, JSON values or chunks of a response, as they come. Use it in `async with`; leaving it early closes the connection."""

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
            if isinstance(item, _End):
                raise StopAsyncIteration
            return item


async def _without_mark(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Yield the chunks without a byte order mark at the beginning (HTML, section "event stream interpretation")."""
    start = b""
    async for chunk in chunks:
        start += chunk
        if len(start) >= len(codecs.BOM_UTF8) or not codecs.BOM_UTF8.startswith(start):
            break
    if start:
        yield start.removeprefix(codecs.BOM_UTF8)
    async for chunk in chunks:
        yield chunk
