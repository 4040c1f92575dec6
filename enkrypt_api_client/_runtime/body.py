"""Bodies other than JSON: files, forms and parts, as bytes and headers."""

from __future__ import annotations

import io
from dataclasses import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping
    from typing import Any, Protocol

    class Content(Protocol):
        """Content that is read piece by piece, from its beginning each time, unless the request is not repeatable."""

        def __iter__(self) -> Iterator[bytes]: ...


# Bytes that are read at a time.
_CHUNK = 64 * 1024


@dataclass(frozen=True, slots=True, repr=False)
class EncodedBody:
    """A body as it is sent.

    Args:
        content: The bytes, or something that can be iterated over for them.
        repeatable: Whether the content can be read again.
        headers: What the content needs: name and value as they are sent, by the name in lower case.
    """

    content: bytes | Content
    repeatable: bool
    headers: dict[str, tuple[bytes, bytes]]


class UnseekableFile:
    """A file that can't be rewound, such as a pipe, and whose length nobody knows."""

    def __init__(self, file: Any) -> None:
        # httpx looks for `seek` and the like; there must be nothing but this.
        self.read = file.read

    def __iter__(self) -> Iterator[bytes]:
        while chunk := self.read(_CHUNK):
            yield chunk


class FileContent:
    """The content of a file from where it stands."""

    def __init__(self, file: Any) -> None:
        self._file = file
        self._start = file.tell()
        self.length = file.seek(0, io.SEEK_END) - self._start

    def __iter__(self) -> Iterator[bytes]:
        self._file.seek(self._start)
        while chunk := self._file.read(_CHUNK):
            yield chunk


def encode(arguments: Mapping[str, Any]) -> EncodedBody:
    """Return the body that generated code gives to httpx, as it is sent.

    Args:
        arguments: Of `httpx.Client.request`; one of `content`, `data` and `files`.
    """
    content = arguments.get("content")
    if content is not None:
        return _encode_content(content)
    parts = arguments.get("files")
    if parts is not None:
        return _encode_parts(parts)
    import httpx

    request = httpx.Request("POST", "http://localhost", data=arguments.get("data"))
    return EncodedBody(request.read(), True, {})


def _encode_content(content: Any) -> EncodedBody:
    if isinstance(content, str):
        return EncodedBody(content.encode(), True, {})
    if not hasattr(content, "read"):
        return EncodedBody(bytes(content), True, {})
    if _is_seekable(content):
        body = FileContent(content)
        return EncodedBody(body, True, _fields({"Content-Length": str(body.length)}))
    chunked = _fields({"Transfer-Encoding": "chunked"})
    return EncodedBody(UnseekableFile(content), False, chunked)


def _encode_parts(parts: Any) -> EncodedBody:
    import httpx

    repeatable = True
    files = []
    for name, (file_name, content, *content_type) in parts:
        if hasattr(content, "read") and not _is_seekable(content):
            content = UnseekableFile(content)
            repeatable = False
        # A type of None is for httpx to guess from the name.
        files.append((name, (file_name, content, *filter(None, content_type))))
    request = httpx.Request("POST", "http://localhost", files=files)
    headers = {}
    for name in ("Content-Type", "Content-Length", "Transfer-Encoding"):
        if name in request.headers:
            headers[name] = request.headers[name]
    stream: Any = request.stream
    return EncodedBody(stream, repeatable, _fields(headers))


def _is_seekable(file: Any) -> bool:
    seekable = getattr(file, "seekable", None)
    if seekable is None:
        return hasattr(file, "seek")
    return bool(seekable())


def _fields(headers: Mapping[str, str]) -> dict[str, tuple[bytes, bytes]]:
    return {
        name.lower(): (name.encode(), value.encode()) for name, value in headers.items()
    }


class AsyncBody:
    """The content of a file, read beside the event loop."""

    def __init__(self, content: Any) -> None:
        self.content = content

    async def __aiter__(self) -> AsyncIterator[bytes]:
        import asyncio

        pieces = iter(self.content)
        while chunk := await asyncio.to_thread(next, pieces, b""):
            yield chunk
