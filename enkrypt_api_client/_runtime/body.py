"""Encodes bodies other than JSON, files, forms and multipart, as bytes and headers."""

from __future__ import annotations

import io
import os
import re
import time
from contextlib import suppress
from dataclasses import dataclass

from .import_failures import IMPORT_FAILURES
from .importing import IMPORTING
from .values import HALF_OF_A_PAIR, UnusableParameter, check_media_type

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import IO, Protocol

    from typing_extensions import TypeIs

    from .operation import RequestArguments
    from .values import FileContent, FileTypes, RequestFiles

    class Content(Protocol):
        """Content in pieces. Each iteration starts from the beginning, unless the content is not repeatable."""

        def __iter__(self) -> Iterator[bytes]: ...

    # Name and value as they are sent, by the name in lower case.
    HeaderFields = dict[str, tuple[bytes, bytes]]


# Bytes that are read at a time.
_CHUNK = 64 * 1024
# Seconds until a file that has no data yet, such as a non-blocking pipe, is read again.
_POLL = 0.02
# The name of a header (RFC 9110, section 5.1), and what its value must not hold.
_HEADER_NAME = re.compile(r"[!#-'*+.^-z|~0-9A-Z-]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
# Escapes for names in the header of a part (HTML, section "multipart form data").
_ESCAPES = {'"': "%22", "\\": "\\\\"} | {chr(n): f"%{n:02X}" for n in range(0x20)}


@dataclass(frozen=True, slots=True, repr=False)
class EncodedBody:
    """A body as it is sent.

    Args:
        content: The bytes, or something that can be iterated over for them.
        repeatable: Whether the content can be read again.
        headers: Headers that describe the content.
    """

    content: bytes | Content
    repeatable: bool
    headers: HeaderFields


class SeekableFile:
    """The content of a file from its current position to its current end. What is appended later is not sent."""

    repeatable = True

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._start: int = file.tell()
        self.length: int = file.seek(0, io.SEEK_END) - self._start
        # A check of the request alone must leave the file as it was.
        file.seek(self._start)

    def __iter__(self) -> Iterator[bytes]:
        self._file.seek(self._start)
        remaining = self.length
        while remaining > 0:
            piece = _read(self._file.read, min(_CHUNK, remaining))
            if piece == b"":
                return
            if piece is not None:
                remaining -= len(piece)
            yield piece or b""


class UnseekableFile:
    """The content of a file that can't be rewound, such as a pipe. Its length is unknown."""

    repeatable = False
    length = None

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def __iter__(self) -> Iterator[bytes]:
        while True:
            piece = _read(self._file.read, _CHUNK)
            if piece == b"":
                return
            yield piece or b""


class MultipartContent:
    """Parts with a boundary between them (RFC 2046, section 5.1.1).

    Args:
        parts: The header of each part, and its content.
        boundary: Bytes that occur in no part.
    """

    def __init__(
        self,
        parts: list[tuple[bytes, bytes | SeekableFile | UnseekableFile]],
        boundary: bytes,
    ) -> None:
        self._parts = parts
        self._boundary = boundary
        self.repeatable = True
        self.length: int | None = len(self._end())
        for header, content in parts:
            content_length: int | None = None
            if isinstance(content, bytes):
                content_length = len(content)
            else:
                content_length = content.length
                self.repeatable = self.repeatable and content.repeatable
            if self.length is None or content_length is None:
                self.length = None
                continue
            self.length += len(self._start(header)) + content_length + len(b"\r\n")

    def __iter__(self) -> Iterator[bytes]:
        for header, content in self._parts:
            yield self._start(header)
            if isinstance(content, bytes):
                yield content
            else:
                yield from content
            yield b"\r\n"
        yield self._end()

    def _start(self, header: bytes) -> bytes:
        return b"--%s\r\n%s\r\n\r\n" % (self._boundary, header)

    def _end(self) -> bytes:
        return b"--%s--\r\n" % self._boundary


def encode(arguments: RequestArguments) -> EncodedBody:
    """Encode the body that generated code has put into the arguments of a request.

    Args:
        arguments: Has at most one of `content`, `data` and `files`.

    Raises:
        UnusableParameter: A part can't be written.
    """
    content: FileContent | None = arguments.get("content")
    if content is not None:
        return _encode_content(content)
    parts: RequestFiles | None = arguments.get("files")
    if parts is not None:
        return _encode_parts(parts)
    with IMPORT_FAILURES, IMPORTING:
        import httpx

    request = httpx.Request("POST", "http://localhost", data=arguments.get("data"))
    return EncodedBody(request.read(), True, {})


def _encode_content(content: FileContent) -> EncodedBody:
    body = _readable_content(content)
    if isinstance(body, bytes):
        return EncodedBody(body, True, {})
    return EncodedBody(body, body.repeatable, _length_headers(body.length))


def _encode_parts(parts: RequestFiles) -> EncodedBody:
    """Encode the parts of a multipart/form-data body.

    Args:
        parts: The name of each part, and the part as httpx takes it.
    """
    encoded_parts = []
    for name, part in parts:
        content = _readable_content(part[1])
        encoded_parts.append((_part_header(name, part), content))
    boundary = os.urandom(16).hex()
    body = MultipartContent(encoded_parts, boundary.encode())
    headers = _fields({"Content-Type": f"multipart/form-data; boundary={boundary}"})
    headers |= _length_headers(body.length)
    return EncodedBody(body, body.repeatable, headers)


def _part_header(name: str, part: FileTypes) -> bytes:
    """Return the header of a part.

    Args:
        name: Of the part.
        part: File name, content, media type and further headers. Without a media type, that of the file name's suffix is sent. Callers
            may leave out the last two, as httpx lets them.
    """
    file_name = part[0]
    media_type = part[2] if len(part) > 2 else None
    headers = part[3] if len(part) > 3 else None
    disposition = f'form-data; name="{_escaped(name)}"'
    if file_name is not None:
        disposition += f'; filename="{_escaped(file_name)}"'
        media_type = media_type or _guess_media_type(file_name)
    lines = {"Content-Disposition": disposition}
    if media_type is not None:
        check_media_type(media_type)
        lines["Content-Type"] = media_type
    for header, value in (headers or {}).items():
        if not _HEADER_NAME.fullmatch(header) or _CONTROL.search(value):
            raise UnusableParameter(f"the part {name} has an invalid header")
        lines[header] = value
    text = "\r\n".join(f"{key}: {value}" for key, value in lines.items())
    with suppress(UnicodeEncodeError):
        return text.encode()
    raise UnusableParameter(
        f"the file name or a header of the part {name} contains {HALF_OF_A_PAIR}"
    )


def _escaped(name: str) -> str:
    return "".join(_ESCAPES.get(character, character) for character in name)


def _guess_media_type(file_name: str) -> str:
    with IMPORT_FAILURES, IMPORTING:
        from mimetypes import guess_type

        # It reads the files of the system when it is first called.
        return guess_type(file_name)[0] or "application/octet-stream"


def _readable_content(content: FileContent) -> bytes | SeekableFile | UnseekableFile:
    """Return content that can be iterated over, of which the length is known where it can be."""
    if isinstance(content, str):
        return content.encode()
    if not _is_file(content):
        return bytes(content)
    if _is_seekable(content):
        return SeekableFile(content)
    return UnseekableFile(content)


def _read(read: Callable[[int], object], size: int) -> bytes | None:
    """Return the next bytes of a file: b"" at its end, None if it has no data yet."""
    piece = read(size)
    if piece is None:
        time.sleep(_POLL)
        return None
    if isinstance(piece, bytes | bytearray | memoryview):
        return bytes(piece)
    raise TypeError(f"a file that is sent returned {type(piece).__name__}, not bytes")


def _is_file(content: FileContent) -> TypeIs[IO[bytes]]:
    return hasattr(content, "read")


def _is_seekable(file: IO[bytes]) -> bool:
    # A caller's own class may have `seek` alone.
    seekable = getattr(file, "seekable", None)
    if seekable is None:
        return hasattr(file, "seek")
    return bool(seekable())


def _length_headers(length: int | None) -> HeaderFields:
    if length is None:
        return _fields({"Transfer-Encoding": "chunked"})
    return _fields({"Content-Length": str(length)})


def _fields(headers: Mapping[str, str]) -> HeaderFields:
    return {
        name.lower(): (name.encode(), value.encode()) for name, value in headers.items()
    }
