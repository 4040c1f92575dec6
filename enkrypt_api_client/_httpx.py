"""Meets httpx where callers do: their own clients, the generated client, and bodies other than JSON."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Mapping
from pathlib import Path

import httpx

from . import exceptions as errors
from ._codec import complete, strings
from ._policy import Answer, Call, Headers
from ._settings import Options, credential_headers
from ._sync import Opened, Sender

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from typing import Any

    import httpx_sse

    from .client import AuthenticatedClient

CHUNK = 64 * 1024
_TOKEN = "put in when sent"  # noqa: S105  # stands where generated code wants a key


class LazyFile:
    """A file that is open only while it is read."""

    _open: Any = None

    def __init__(self, path: Any) -> None:
        self.path, self.at = Path(path), 0
        self.size = self.path.stat().st_size

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self.__del__()
        self.at = offset if whence == io.SEEK_SET else self.size + offset
        return self.at

    def tell(self) -> int:
        return self.at

    def read(self, size: int = -1) -> bytes:
        if self._open is None:
            self._open = self.path.open("rb")
            self._open.seek(self.at)
        data: bytes = self._open.read(size)
        self.at += len(data)
        if not data:
            self.__del__()
        return data

    def __del__(self) -> None:
        if self._open is not None:
            self._open.close()
            self._open = None


class Once:
    """A file that can't be rewound, such as a pipe, of unknown length."""

    def __init__(self, file: Any) -> None:
        self.read = file.read


class FileBody:
    """The content of a file from where it stands, a piece at a time."""

    def __init__(self, file: Any) -> None:
        self.file = file
        self.start = file.tell() if not isinstance(file, Once) else None

    def length(self) -> int | None:
        if self.start is None:
            return None
        end = int(self.file.seek(0, io.SEEK_END))
        return end - int(self.start)

    def __iter__(self) -> Iterator[bytes]:
        if self.start is not None:
            self.file.seek(self.start)
        while chunk := self.file.read(CHUNK):
            yield chunk


def _readable(content: Any) -> Any:
    """Something that httpx takes for a file or its content."""
    if isinstance(content, os.PathLike):
        return LazyFile(content)
    if not hasattr(content, "read"):
        return (
            bytes(content) if isinstance(content, bytearray | memoryview) else content
        )
    seekable = getattr(content, "seekable", None)
    known = seekable() if seekable else hasattr(content, "seek")
    return content if known else Once(content)


def _part(name: str, value: Any) -> tuple[str | None, Any, str | None]:
    """File name, content and type of a part."""
    if hasattr(value, "to_tuple"):
        value = value.to_tuple()
    if isinstance(value, tuple):
        file_name, content, *more = value
        return file_name, _readable(content), more[0] if more else None
    if isinstance(value, os.PathLike) or hasattr(value, "read"):
        path = getattr(value, "name", value) if hasattr(value, "read") else value
        named = Path(path).name if isinstance(path, str | os.PathLike) else name
        return named, _readable(value), None
    if isinstance(value, bytes | bytearray | memoryview):
        return name, _readable(value), None
    if isinstance(value, str):
        return None, value, None
    if hasattr(value, "to_dict"):
        value = value.to_dict()
    kind = "application/json" if isinstance(value, Mapping | list) else None
    return None, json.dumps(value), kind


def _parts(files: Any) -> Iterator[tuple[str, Any]]:
    pairs = files.items() if isinstance(files, Mapping) else files
    for name, value in pairs:
        for item in value if isinstance(value, list) else [value]:
            if item is not None:
                part = _part(name, item)
                yield name, part[:2] if part[2] is None else part


def encoded(arguments: Mapping[str, Any]) -> tuple[Any, bool, dict[str, Any]]:
    """A body that is not JSON: its content, whether it can be read again, and its headers."""
    try:
        return _encoded(arguments)
    except OSError as error:
        fault = error.strerror or type(error).__name__
    raise errors.InvalidRequestError(
        f"body: a file can't be read: {fault}. Nothing was sent.", [("body", fault)]
    )


def _encoded(arguments: Mapping[str, Any]) -> tuple[Any, bool, dict[str, Any]]:
    content = arguments.get("content")
    if (files := arguments.get("files")) is not None:
        parts = list(_parts(files))
        request = httpx.Request("POST", "http://localhost", files=parts or {"": ""})
        once = any(isinstance(part[1], Once) for _, part in parts)
        named = ("content-type", "content-length", "transfer-encoding")
        values = {n: request.headers[n] for n in named if n in request.headers}
        return request.stream, not once, _pairs(values)
    if (data := arguments.get("data")) is not None:
        request = httpx.Request("POST", "http://localhost", data=data)
        return request.read(), True, {}
    if isinstance(content, str):
        return content.encode(), True, {}
    content = _readable(getattr(content, "payload", content))
    if content is None or isinstance(content, bytes):
        return content or b"", True, {}
    body = FileBody(content)
    length = body.length()
    sized = {"content-length": str(length)} if length is not None else {}
    values = sized or {"transfer-encoding": "chunked"}
    return body, length is not None, _pairs(values)


def _pairs(values: Mapping[str, str]) -> dict[str, tuple[bytes, bytes]]:
    return {name: (name.title().encode(), values[name].encode()) for name in values}


class ClientSender(Sender):
    """Sends through a client of the caller's own, which is never closed here and never follows redirects here."""

    used = closed = False
    unsent = (
        *(httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout),
        *(httpx.ProxyError, httpx.UnsupportedProtocol, httpx.InvalidURL),
    )
    late = (httpx.TimeoutException, TimeoutError)
    network = (*unsent, *late, httpx.TransportError, httpx.StreamError, OSError)
    lasting = (httpx.UnsupportedProtocol, httpx.InvalidURL)
    refusing = httpx.ProxyError
    phases = (
        (httpx.ConnectTimeout, "connect"),
        (httpx.ReadTimeout, "read"),
        (httpx.WriteTimeout, "write"),
        (httpx.PoolTimeout, "pool"),
    )

    kind: type[Any] = httpx.Client

    def __init__(self, client: Any) -> None:
        if not isinstance(client, self.kind):
            raise errors.ConfigurationError(
                f"http_client must be an httpx.{self.kind.__name__}"
            )
        self.client = client

    def _request(self, call: Call, content: Any) -> httpx.Request:
        if self.client.is_closed:
            raise errors.InvalidRequestError("http_client is closed; create a new one")
        headers = dict(call.headers)
        if not self.client.headers.get("user-agent", "").startswith("python-httpx/"):
            headers.pop(b"User-Agent", None)
        left = {name: call.left(s) for name, s in call.options.timeouts.items()}
        call.peer, call.sent = f"the service {call.origin.partition('://')[2]}", True
        request: httpx.Request = self.client.build_request(
            call.method,
            call.origin + call.target.decode(),
            headers=headers,
            content=content or None,
            timeout=httpx.Timeout(**left),
        )
        return request

    def _opened(self, response: httpx.Response, parts: Any, close: Any) -> Opened:
        # A hook of the caller's may have read and decoded the answer already.
        headers = Headers(response.headers.raw)
        read = response.is_closed
        return Opened(response.status_code, headers, parts, close, decoded=read)

    def open(self, call: Call) -> Any:
        request = self._request(call, call.content)
        response = self.client.send(request, stream=True, follow_redirects=False)
        read = response.is_closed
        parts = [response.content] if read else response.iter_raw()
        return self._opened(response, parts, response.close)

    def close(self) -> None:
        self.closed = True


class Adapter(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """What the generated functions send through: the same policy, below their own client of httpx."""

    def __init__(self, connection: Any, options: Options) -> None:
        self.connection, self.options = connection, options

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if self.connection.asynchronous:
            self._refuse()
        return _response(self.connection.run(self._call(request, request.read())))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if not self.connection.asynchronous:
            self._refuse()
        call = self._call(request, await request.aread())
        return _response(await self.connection.run(call))

    def _refuse(self) -> None:
        raise errors.InvalidRequestError(
            "generated functions need the api of an EnkryptClient, their coroutines that of an AsyncEnkryptClient"
        )

    def _call(self, request: httpx.Request, content: bytes) -> Call:
        from importlib import import_module

        from . import _document

        settings, server = self.connection.settings, None
        spec, options, url = None, self.options, request.url
        if operation := request.extensions.get("operation"):
            spec = import_module(f"{__package__}._operations.{operation}")
            server = None if settings.chosen else spec.SERVER
        origin = f"{url.scheme}://{url.netloc.decode()}"
        if origin not in (known := [_origin(settings.base_url), _origin(server)]):
            told = f"this client sends nothing but to {known[0].partition('://')[2]}"
            raise errors.InvalidRequestError(told)
        limits = request.extensions.get("timeout", {})
        if any(limits.values()):
            options = options.changed(httpx.Timeout(**limits), None, None, None)
        credentials = settings.credentials
        path = spec.PATH if spec else url.path
        call = Call(
            request.method,
            path,
            options,
            lambda: [*credentials.secrets(), *_all_strings(content)],
        )
        call.content = content
        security = spec.SECURITY if spec else _document.SECURITY
        if spec:
            call.success = spec.SUCCESS or call.success
        unwanted = credential_headers(security) - {"cookie"}
        headers = {
            name: value
            for name, value in request.headers.items()
            if name not in unwanted and (name, value) != ("accept", "*/*")
            if not value.startswith("python-httpx/") and _TOKEN not in value
        }
        wanted = {"url": url.raw_path.decode(), "headers": headers}
        accept = spec.ACCEPT if spec else None
        complete(call, settings, origin, {"accept": accept, **wanted}, security)
        return call


def _origin(address: str | None) -> str:
    url = httpx.URL(address or "")
    return f"{url.scheme}://{url.netloc.decode()}"


def _all_strings(content: bytes) -> list[str]:
    """Every string of a body whose secret fields are not known."""
    try:
        return list(strings(json.loads(content)))
    except (ValueError, RecursionError):
        return [content.decode("utf-8", "replace")] if content else []


def _response(answer: Answer) -> httpx.Response:
    gone = (b"content-encoding", b"content-length", b"transfer-encoding")
    raw = answer.headers.raw
    headers = [(name, value) for name, value in raw if name.lower() not in gone]
    return httpx.Response(answer.status_code, headers=headers, content=answer.content)


def generated_client(connection: Any, options: Options) -> AuthenticatedClient:
    """A client for the generated functions, on the same connections. The key is put in below it."""
    from .client import AuthenticatedClient

    return AuthenticatedClient(
        base_url=connection.settings.base_url,
        token=_TOKEN,
        httpx_args={"transport": Adapter(connection, options)},
    )


def event_source(chunks: Any) -> httpx_sse.EventSource:
    """A reader of server-sent events."""
    import httpx_sse

    kind = {"content-type": "text/event-stream; charset=utf-8"}
    return httpx_sse.EventSource(httpx.Response(200, headers=kind, content=chunks))


class AsyncClientSender(ClientSender):
    """The same through an `httpx.AsyncClient`."""

    kind = httpx.AsyncClient

    async def open(self, call: Call) -> Any:
        import asyncio

        request = self._request(call, call.content)
        async with asyncio.timeout(call.left(None)):
            response = await self.client.send(
                request, stream=True, follow_redirects=False
            )
        read = response.is_closed
        parts = _timed(call, response.content if read else response.aiter_raw())
        return self._opened(response, parts, response.aclose)


async def _timed(call: Call, parts: Any) -> AsyncIterator[bytes]:
    """The content of an answer, none of it awaited beyond the deadline."""
    import asyncio

    if isinstance(parts, bytes):
        yield parts
        return
    while True:
        async with asyncio.timeout(call.left(None)):
            chunk = await anext(parts, None)
        if chunk is None:
            return
        yield chunk
