"""Everything that uses httpx: a caller's own client, the generated client, and bodies other than JSON."""

from __future__ import annotations

import io
import json

import httpx

from . import exceptions as errors
from ._codec import strings
from ._exchange import complete
from ._policy import Answer, Call
from ._settings import Options, credential_headers
from ._sync import Opened, Sender, drive, each

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping
    from typing import Any

    import httpx_sse

    from .client import AuthenticatedClient

CHUNK = 64 * 1024
_TOKEN = "added when sent"  # noqa: S105  # stands where generated code wants a key


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


class ClientSender(Sender):
    """Sends through the caller's own client, which is never closed here and never follows redirects."""

    kind: type[Any] = httpx.Client
    library, unusable = httpx, httpx.InvalidURL
    lost = httpx.TransportError, httpx.StreamError

    def __init__(self, client: Any) -> None:
        if not isinstance(client, self.kind):
            raise errors.ConfigurationError(
                f"http_client must be an httpx.{self.kind.__name__}"
            )
        self.client = client

    async def open(self, call: Call) -> Opened:
        if self.client.is_closed:
            raise errors.InvalidRequestError("http_client is closed; create a new one")
        headers = dict(call.headers)
        if not self.client.headers.get("user-agent", "").startswith("python-httpx/"):
            headers.pop(b"User-Agent", None)
        left = {name: call.left(s) for name, s in call.options.timeouts.items()}
        call.peer, call.sent = f"the service {call.origin.partition('://')[2]}", True
        request = self.client.build_request(
            call.method,
            call.origin + call.target.decode(),
            headers=headers,
            content=self.body(call.content) or None,
            timeout=httpx.Timeout(**left),
        )
        return await self.send(call, request)

    def body(self, content: Any) -> Any:
        return content

    async def send(self, call: Call, request: httpx.Request) -> Opened:
        response = self.client.send(request, stream=True, follow_redirects=False)

        async def close() -> None:
            response.close()

        # A hook of the caller's may have read and decoded the answer already.
        read = response.is_closed
        parts = each([response.content] if read else response.iter_raw())
        return Opened(response.status_code, response.headers.raw, parts, close, read)

    async def aclose(self) -> None:
        self.closed = True

    def forget(self) -> None:
        pass

    def without_connections(self) -> ClientSender:
        return self


class AsyncClientSender(ClientSender):
    """The same through an `httpx.AsyncClient`."""

    kind = httpx.AsyncClient

    def body(self, content: Any) -> Any:
        from ._async import AsyncBody

        return content if isinstance(content, bytes) else AsyncBody(content)

    async def send(self, call: Call, request: httpx.Request) -> Opened:
        import asyncio

        async with asyncio.timeout(call.left(None)):
            response = await self.client.send(
                request, stream=True, follow_redirects=False
            )

        async def parts() -> AsyncIterator[bytes]:
            pieces = response.aiter_raw()
            chunk: Any = True
            while chunk:
                async with asyncio.timeout(call.left(None)):
                    chunk = await anext(pieces, None)
                yield chunk or b""

        read = response.is_closed
        came = each([response.content]) if read else parts()
        close = response.aclose
        return Opened(response.status_code, response.headers.raw, came, close, read)


class Adapter(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """What the generated functions send through: the same policy, below their own client of httpx."""

    def __init__(self, connection: Any, options: Options) -> None:
        self.connection, self.options = connection, options

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if self.connection.asynchronous:
            self._refuse()
        call = self._call(request, request.read())
        return _response(drive(self.connection.run(call)))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if not self.connection.asynchronous:
            self._refuse()
        call = self._call(request, await request.aread())
        return _response(await self.connection.run(call))

    def _refuse(self) -> None:
        raise errors.InvalidRequestError(
            "generated sync functions need the .api of an EnkryptClient, async ones that of an AsyncEnkryptClient"
        )

    def _call(self, request: httpx.Request, content: bytes) -> Call:
        from importlib import import_module

        from . import _document

        settings, own = self.connection.settings, None
        spec, options, url = None, self.options, request.url
        if operation := request.extensions.get("operation"):
            spec = import_module(f"{__package__}._operations.{operation}")
            own = spec.SERVER
        origin = f"{url.scheme}://{url.netloc.decode()}"
        servers = settings.server(None), settings.server(own)
        if origin not in (known := [_origin(server) for server in servers]):
            message = (
                f"this client only sends requests to {known[0].partition('://')[2]}"
            )
            raise errors.InvalidRequestError(message)
        limits = request.extensions.get("timeout", {})
        if any(limits.values()):
            options = options.changed(httpx.Timeout(**limits), None, None, None)
        call = Call(request.method, spec.PATH if spec else url.path, options)
        call.content, call.secrets = content, lambda: _all_strings(content)
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
        complete(call, settings, origin, wanted, accept, security)
        return call


def _origin(address: str) -> str:
    url = httpx.URL(address)
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
