"""What a stream yields: server-sent events, and the lines of a sequence of JSON texts. Imported by calls that stream."""

from __future__ import annotations

import json
from typing import Generic, TypeVar

import httpx
import httpx_sse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from typing import Any

T = TypeVar("T")
# The last event of services that say that a stream is complete.
_DONE = "[DONE]"
# Before each text of application/json-seq (RFC 7464).
_RECORD_SEPARATOR = "\x1e"


class NoEvents(Exception):
    """A stream has ended without a single event."""


class ServerSentEvent(httpx_sse.ServerSentEvent, Generic[T]):
    """One event: `event` (its type), `data` (text), `id`, `retry`, and `json()`.

    Args:
        event: As it came.
        read: Reads the data as the document describes it.
    """

    def __init__(
        self, event: httpx_sse.ServerSentEvent, read: Callable[[str], T]
    ) -> None:
        super().__init__(event.event, event.data, event.id, event.retry)
        self._read = read

    def json(self) -> T:
        """Return the data, which is JSON, as the document describes it.

        Raises:
            ResponseDecodeError: The data is something else.
        """
        return self._read(self.data)


async def read_events(
    chunks: AsyncIterator[bytes], read: Callable[[str], T]
) -> AsyncIterator[ServerSentEvent[T]]:
    """Yield the events of a stream, up to one that says that it is complete.

    Args:
        chunks: The content, without a byte order mark.
        read: Reads the data of an event.

    Raises:
        NoEvents: There was none.
    """
    headers = {"content-type": "text/event-stream; charset=utf-8"}
    # httpx takes asynchronous iterators as content.
    response = httpx.Response(200, headers=headers, content=chunks)
    is_empty = True
    async for event in httpx_sse.EventSource(response).aiter_sse():
        if event.data.strip() == _DONE:
            return
        # One of no type and no data is only a sign of life.
        if event.data or event.event != "message":
            is_empty = False
            yield ServerSentEvent(event, read)
    if is_empty:
        raise NoEvents


async def read_lines(
    chunks: AsyncIterator[bytes], read: Callable[[str], T]
) -> AsyncIterator[T]:
    """Yield the JSON texts of a stream in which each has a line of its own.

    Args:
        chunks: The content, without a byte order mark.
        read: Reads one text.
    """
    rest = b""
    async for chunk in chunks:
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            text = _text_of(line)
            if text:
                yield read(text)
    text = _text_of(rest)
    if text:
        yield read(text)


def _text_of(line: bytes) -> str:
    return line.decode("utf-8", "replace").strip().strip(_RECORD_SEPARATOR).strip()


def parse(text: str) -> Any:
    """Return plain JSON data."""
    return json.loads(text)
