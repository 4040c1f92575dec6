"""Bodies other than JSON: files, forms and parts, as bytes and headers."""

from __future__ import annotations

import io

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping
    from typing import Any


CHUNK = 64 * 1024


class Once:
    """A file that can't be rewound, such as a pipe, and whose length nobody knows."""

    def __init__(self, file: Any) -> None:
        self.read = file.read


class FileBody:
    """The content of a file from where it stands, a piece at a time."""

    def __init__(self, file: Any) -> None:
        self.file, self.start = file, file.tell()
        self.length = file.seek(0, io.SEEK_END) - self.start

    def __iter__(self) -> Iterator[bytes]:
        self.file.seek(self.start)
        while chunk := self.file.read(CHUNK):
            yield chunk


def _file(content: Any) -> Any:
    seekable = getattr(content, "seekable", lambda: hasattr(content, "seek"))
    unknown = hasattr(content, "read") and not seekable()
    return Once(content) if unknown else content


def encoded(arguments: Mapping[str, Any]) -> tuple[Any, bool, dict[str, Any]]:
    """A body that is not JSON: its content, whether it can be read again, and its headers."""
    import httpx

    content, parts = _file(arguments.get("content")), arguments.get("files")
    if isinstance(content, str):
        return content.encode(), True, {}
    if isinstance(content, Once):
        pieces = iter(lambda: content.read(CHUNK), b"")
        return pieces, False, _pairs({"Transfer-Encoding": "chunked"})
    if hasattr(content, "read"):
        body = FileBody(content)
        return body, True, _pairs({"Content-Length": str(body.length)})
    if content is not None:
        return bytes(content), True, {}
    if parts is None:
        request = httpx.Request("POST", "http://localhost", data=arguments.get("data"))
        return request.read(), True, {}
    # A type of None is for httpx to guess from the name.
    files = [
        (name, (file_name, _file(held), *filter(None, kind)))
        for name, (file_name, held, *kind) in parts
    ]
    request = httpx.Request("POST", "http://localhost", files=files)
    named = "Content-Type", "Content-Length", "Transfer-Encoding"
    headers = {name: request.headers[name] for name in named if name in request.headers}
    once = any(isinstance(held[1], Once) for _, held in files)
    return request.stream, not once, _pairs(headers)


def _pairs(values: Mapping[str, str]) -> dict[str, tuple[bytes, bytes]]:
    return {name.lower(): (name.encode(), values[name].encode()) for name in values}


class AsyncBody:
    """The content of a file, read beside the event loop."""

    def __init__(self, content: Any) -> None:
        self.content = content

    async def __aiter__(self) -> AsyncIterator[bytes]:
        import asyncio

        pieces = iter(self.content)
        while chunk := await asyncio.to_thread(next, pieces, b""):
            yield chunk
