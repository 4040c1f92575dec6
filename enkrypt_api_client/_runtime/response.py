"""What the service answers: headers, decompression, content."""

from __future__ import annotations

import zlib
from collections.abc import MutableMapping
from dataclasses import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Protocol

    from .deadline import Deadline

    class ResponseStream(Protocol):
        """Content that is read as it comes. Owns what it is read from."""

        decoded: bool
        """Whether the content is decompressed already."""

        async def next_chunk(self, deadline: Deadline) -> bytes:
            """Return what comes next, b"" at the end.

            Raises:
                StreamFailed: The connection broke off, or nothing came by the deadline.
            """

        async def aclose(self) -> None:
            """Give back or close the connection."""


# Bytes of a response that is read whole, decompressed.
LARGEST_BODY = 8 * 1024 * 1024


class Headers(MutableMapping[str, str]):
    """Headers of a response. Names are found in any case; values of a name that stands more than once are joined by commas.

    Args:
        raw: Names and values as they came.
    """

    def __init__(self, raw: Iterable[tuple[bytes, bytes]] = ()) -> None:
        self.raw: list[tuple[bytes, bytes]] = list(raw)
        self._values: dict[str, str] = {}
        for raw_name, raw_value in self.raw:
            name = raw_name.decode("latin-1").lower()
            value = raw_value.decode("latin-1")
            if name in self._values:
                value = f"{self._values[name]}, {value}"
            self._values[name] = value

    def __getitem__(self, name: str) -> str:
        return self._values[name.lower()]

    def __setitem__(self, name: str, value: str) -> None:
        self._values[name.lower()] = value

    def __delitem__(self, name: str) -> None:
        del self._values[name.lower()]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        """Return the names alone: services put keys into headers."""
        return f"Headers({list(self._values)})"


@dataclass(slots=True, repr=False)
class Response:
    """A response, whole or not. Filled by the transport.

    Args:
        status_code: Any integer that the service sent.
        headers: As they came.
        content: Decompressed; empty where it is streamed.
        fault: Why the content is not what the service meant to send; "" if nothing is wrong with it.
        stream: The content, where it is read as it comes.
    """

    status_code: int
    headers: Headers
    content: bytes = b""
    fault: str = ""
    stream: ResponseStream | None = None

    def __repr__(self) -> str:
        return f"<Response {self.status_code}>"

    @property
    def charset(self) -> str:
        """Return the charset that the response names; "" if it names none."""
        for parameter in self.headers.get("content-type", "").split(";")[1:]:
            name, _, value = parameter.partition("=")
            if name.strip().lower() == "charset":
                return value.strip().strip('"').lower()
        return ""


class Inflater:
    """Collects the content of a response up to `LARGEST_BODY`, decompressed.

    Args:
        response: Gets its content and fault from here.
        decoded: The content comes decompressed, whatever the headers say.
    """

    def __init__(self, response: Response, decoded: bool = False) -> None:
        self._response = response
        self._parts: list[bytes] = []
        self._room = LARGEST_BODY
        self._decompressor: zlib._Decompress | None = None
        self._started = False
        coding = response.headers.get("content-encoding", "").strip().lower()
        if decoded or coding in ("", "identity"):
            return
        if coding in ("gzip", "x-gzip", "deflate"):
            # 32 + 15 bits of window: the headers of gzip and of zlib are told apart.
            self._decompressor = zlib.decompressobj(47)
        else:
            response.fault = "its content encoding was not asked for"

    def add(self, chunk: bytes) -> bool:
        """Take a piece of the content as it came. Return whether more is wanted."""
        if self._decompressor is not None and chunk:
            chunk = self._decompress(self._decompressor, chunk)
        self._room -= len(chunk)
        if self._room < 0:
            self._response.fault = f"it is larger than {LARGEST_BODY} bytes, which client.stream reads as they come"
        self._parts.append(chunk)
        return not self._response.fault

    def _decompress(self, decompressor: zlib._Decompress, chunk: bytes) -> bytes:
        self._started = True
        damaged = decompressor.eof
        content = chunk
        try:
            content = decompressor.decompress(chunk, self._room + 1)
        except zlib.error:
            damaged = True
        if damaged or decompressor.unused_data:
            self._response.fault = "its compressed data is damaged"
        return content

    def finish(self) -> None:
        """Put the collected content into the response."""
        decompressor = self._decompressor
        if decompressor is not None and self._started and not decompressor.eof:
            self._response.fault = (
                self._response.fault or "its compressed data ends early"
            )
        self._response.content = b"".join(self._parts)[:LARGEST_BODY]
