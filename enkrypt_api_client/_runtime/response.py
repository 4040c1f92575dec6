"""A received response: headers, decompression, content."""

from __future__ import annotations

import codecs
import zlib
from collections.abc import MutableMapping
from contextlib import suppress
from dataclasses import dataclass

from .importing import IMPORTING
from .values import charset_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Protocol

    from .deadline import Deadline

    class ResponseStream(Protocol):
        """Content that is read as it comes. Owns the connection it is read from."""

        decoded: bool
        """Whether the content is decompressed already."""

        async def next_chunk(self, deadline: Deadline) -> bytes:
            """Return the next bytes, b"" at the end.

            Raises:
                StreamFailed: The connection was lost, or nothing arrived by the deadline.
            """

        async def aclose(self) -> None:
            """Return the connection to its pool, or close it."""


# Limit of the decompressed content of a response that is read whole, in bytes; also of an event or a line of a stream.
LARGEST_BODY = 8 * 1024 * 1024

# Codecs of Python that are no charsets. Decoding them may take time that grows with the square of the length, or raise warnings.
_NO_CHARSETS = frozenset(
    [
        "idna",
        "mbcs",
        "oem",
        "punycode",
        "raw-unicode-escape",
        "undefined",
        "unicode-escape",
    ]
)

# `wbits` of zlib: for data with the header of gzip, and with that of either gzip or zlib.
_GZIP = 31
_GZIP_OR_ZLIB = 47
_DAMAGED = "its compressed data is damaged"


class Headers(MutableMapping[str, str]):
    """Headers of a response. Names are case-insensitive; the values of a repeated name are joined by commas.

    Args:
        raw: Names and values as received.
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
        """Return the names only: services put keys into headers."""
        return f"Headers({list(self._values)})"


@dataclass(slots=True, repr=False)
class Response:
    """A response. The transport fills it; if it fails on the way, the rest is empty.

    Args:
        status_code: Any integer that the service sent.
        headers: The received headers.
        content: The content, decompressed; empty if it is streamed.
        fault: Why the content is unusable, such as damaged compression; "" if it is usable.
        stream: The content, if it is read as it comes.
    """

    status_code: int
    headers: Headers
    content: bytes = b""
    fault: str = ""
    stream: ResponseStream | None = None

    def __repr__(self) -> str:
        return f"<Response {self.status_code}>"

    @property
    def media_type(self) -> str:
        """Return the media type of the content in lower case, without parameters; "" if the response has none."""
        content_type = self.headers.get("content-type", "")
        return content_type.partition(";")[0].strip().lower()

    @property
    def charset(self) -> str:
        """Return the charset parameter of the Content-Type; "" if there is none."""
        return charset_of(self.headers.get("content-type", ""))

    def text(self, errors: str = "strict") -> str:
        """Return the content as text in its charset, or in UTF-8 if it names none (RFC 9110, section 8.3.2).

        Args:
            errors: What to do about bytes that are not in the charset, as in `bytes.decode`.

        Raises:
            LookupError: The charset is unknown.
            ValueError: The content is not in it.
        """
        charset = self.charset or "utf-8"
        name = ""
        # For want of file descriptors, its module can't be read.
        with suppress(OSError), IMPORTING:
            name = codecs.lookup(charset).name
        if not name or name in _NO_CHARSETS:
            raise LookupError(charset)
        return self.content.decode(charset, errors)

    def lenient_text(self) -> str:
        """Return the content as text. Bytes that are not in its charset become replacement characters."""
        try:
            return self.text("replace")
        except (LookupError, ValueError):
            return self.content.decode("utf-8", "replace")

    def json_text(self) -> str:
        """Return the content as JSON text. JSON is UTF-8 (RFC 8259, section 8.1); other charsets are tried if that fails.

        Raises:
            ValueError: The content is neither UTF-8 nor in the charset of its Content-Type.
        """
        charset = self.charset
        if charset.startswith(("utf-16", "utf16", "utf-32", "utf32")):
            return self.text()
        try:
            # The codec `utf-8-sig` does the same, but is written in Python: a fork can interrupt its import, a signal its calls.
            return self.content.removeprefix(codecs.BOM_UTF8).decode()
        except UnicodeDecodeError:
            if not charset:
                raise
        try:
            return self.text()
        except LookupError:
            fault = "its charset is unknown"
        raise ValueError(fault)


class Inflater:
    """Decompresses and collects the content of a response, up to `LARGEST_BODY`.

    Gzip data may have several members (RFC 1952, section 2.2), and zero bytes after the last.

    Args:
        response: The response to fill: its content, or its fault.
        decoded: Whether the content arrives decompressed, so that Content-Encoding is ignored.
    """

    def __init__(self, response: Response, decoded: bool = False) -> None:
        self._response = response
        self._parts: list[bytes] = []
        self._room = LARGEST_BODY
        self._is_gzip = False
        self._is_padding = False
        self._started = False
        self._decompressor: zlib._Decompress | None = None
        coding = response.headers.get("content-encoding", "").strip().lower()
        if decoded or coding in ("", "identity"):
            return
        if coding in ("gzip", "x-gzip"):
            self._is_gzip = True
            self._decompressor = zlib.decompressobj(_GZIP_OR_ZLIB)
        elif coding == "deflate":
            self._decompressor = zlib.decompressobj(_GZIP_OR_ZLIB)
        else:
            response.fault = "its content encoding was not asked for"

    def add(self, chunk: bytes) -> bool:
        """Add received bytes. Return whether to go on reading."""
        if self._decompressor is None:
            self._keep(chunk)
        else:
            self._decompress(chunk)
        return not self._response.fault

    def _decompress(self, chunk: bytes) -> None:
        while chunk and not self._response.fault:
            assert self._decompressor is not None
            if self._decompressor.eof:
                chunk = self._start_member(chunk)
                continue
            self._started = True
            try:
                content = self._decompressor.decompress(chunk, self._room + 1)
            except zlib.error:
                self._response.fault = _DAMAGED
                return
            self._keep(content)
            # Data that was not decompressed for want of room is dropped: `_keep` has set a fault.
            chunk = self._decompressor.unused_data

    def _start_member(self, chunk: bytes) -> bytes:
        """Start to decompress the data after a member. Return it without padding."""
        rest = chunk.lstrip(b"\0")
        self._is_padding = self._is_padding or len(rest) < len(chunk)
        if rest and (self._is_padding or not self._is_gzip):
            self._response.fault = _DAMAGED
        elif rest:
            self._decompressor = zlib.decompressobj(_GZIP)
        return rest

    def _keep(self, content: bytes) -> None:
        self._room -= len(content)
        if self._room < 0:
            self._response.fault = f"it is larger than {LARGEST_BODY} bytes; client.stream reads larger ones in pieces"
        self._parts.append(content)

    def finish(self) -> None:
        """Put the collected content into the response."""
        decompressor = self._decompressor
        if decompressor is not None and self._started and not decompressor.eof:
            fault = self._response.fault or "its compressed data ends early"
            self._response.fault = fault
        self._response.content = b"".join(self._parts)[:LARGEST_BODY]
