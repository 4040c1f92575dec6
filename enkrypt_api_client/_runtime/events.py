"""Reads the items of a stream: server-sent events, or JSON texts on lines of their own. Imported only by calls that stream."""

from __future__ import annotations

import json
from typing import Generic, TypeVar

import httpx
import httpx_sse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

T = TypeVar("T")
# The data of the last event, by which some services say that the stream is complete.
_DONE = "[DONE]"
# Precedes each text of application/json-seq (RFC 7464).
_RECORD_SEPARATOR = "\x1e"


class NoEvents(Exception):
    """The stream ended without a single event."""


class ServerSentEvent(httpx_sse.ServerSentEvent, Generic[T]):
    """One event: `event` (its type), `data` (text), `id`, `retry`, and `json()`.

    Args:
        event: The event as httpx-sse reads it.
        read: Reads the data as the model that the document describes.
    """

    def __init__(
        self, event: httpx_sse.ServerSentEvent, read: Callable[[str], T]
    ) -> None:
        super().__init__(event.event, event.data, event.id, event.retry)
        self._read = read

    def json(self) -> T:
        """Return the data, which must be JSON, as the model that the document describes.

        Raises:
            ResponseDecodeError: The data is not JSON, or does not fit the model.
        """
        return self._read(self.data)


async def read_events(
    chunks: AsyncIterator[bytes], read: Callable[[str], T]
) -> AsyncIterator[ServerSentEvent[T]]:
    """Yield the events of a stream, until it ends or an event's data is `[DONE]`.

    Args:
        chunks: The content, without a byte order mark.
        read: Reads the data of an event.

    Raises:
        NoEvents: The stream had no event.
    """
    headers = {"content-type": "text/event-stream; charset=utf-8"}
    # httpx takes asynchronous iterators as content.
    response = httpx.Response(200, headers=headers, content=chunks)
    is_empty = True
    async for event in httpx_sse.EventSource(response).aiter_sse():
        if event.data.strip() == _DONE:
            return
        # An event without type and data only keeps the connection alive.
        if event.data or event.event != "message":
            is_empty = False
            yield ServerSentEvent(event, read)
    if is_empty:
        raise NoEvents


async def read_lines(
    chunks: AsyncIterator[bytes], read: Callable[[str], T]
) -> AsyncIterator[T]:
    """Yield the values of a stream in which each line is a JSON text. Empty lines are skipped.

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


def parse(text: str) -> object:
    """Return the JSON data of a text."""
    return json.loads(text)
