"""Everything that uses httpx: a caller's own client, the generated client, and bodies other than JSON."""

from __future__ import annotations

import io
import json

import httpx

from . import exceptions as errors
from ._codec import strings
from ._exchange import complete
from ._policy import Call, Headers
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

    library, unusable = httpx, httpx.InvalidURL
    lost = httpx.TransportError, httpx.StreamError

    def __init__(self, client: Any, asynchronous: bool) -> None:
        kind = httpx.AsyncClient if asynchronous else httpx.Client
        if not isinstance(client, kind):
            raise errors.ConfigurationError(
                f"http_client must be an httpx.{kind.__name__}"
            )
        self.client, self.asynchronous = client, asynchronous

    async def open(self, call: Call) -> Opened:
        if self.client.is_closed:
            raise errors.InvalidRequestError("http_client is closed; create a new one")
        given = dict(call.headers)
        if not self.client.headers.get("user-agent", "").startswith("python-httpx/"):
            given.pop(b"User-Agent", None)
        left = {name: call.left(s) for name, s in call.options.timeouts.items()}
        call.peer, call.sent = f"the service {call.origin.partition('://')[2]}", True
        content = call.content
        if self.asynchronous and not isinstance(content, bytes):
            from ._async import AsyncBody

            content = AsyncBody(content)
        request = self.client.build_request(
            call.method,
            call.origin + call.target.decode(),
            headers=given,
            content=content or None,
            timeout=httpx.Timeout(**left),
        )
        response: Any = self.client.send(request, stream=True, follow_redirects=False)
        if self.asynchronous:
            response = await _within(call, response)

        async def close() -> None:
            await response.aclose() if self.asynchronous else response.close()

        # A hook of the caller's may have read and decoded the answer already.
        read = response.is_closed
        parts = each([response.content]) if read else self._parts(call, response)
        headers = Headers(response.headers.raw)
        return Opened(response.status_code, headers, parts, close, read)

    async def _parts(self, call: Call, response: Any) -> AsyncIterator[bytes]:
        if self.asynchronous:
            pieces = response.aiter_raw()
            while chunk := await _within(call, anext(pieces, b"")):
                yield chunk
        else:
            for chunk in response.iter_raw():
                yield chunk


async def _within(call: Call, waited: Any) -> Any:
    """What is waited for, if it comes before the deadline."""
    import asyncio

    async with asyncio.timeout(call.left(None)):
        return await waited


class Adapter(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """What the generated functions send through: the same policy, below their own client of httpx."""

    def __init__(self, connection: Any, options: Options) -> None:
        self.connection, self.options = connection, options

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return drive(self._answer(request, request.read(), False))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await self._answer(request, await request.aread(), True)

    async def _answer(
        self, request: httpx.Request, content: bytes, asynchronous: bool
    ) -> httpx.Response:
        if asynchronous is not self.connection.asynchronous:
            raise errors.InvalidRequestError(
                "generated sync functions need the .api of an EnkryptClient, async ones that of an AsyncEnkryptClient"
            )
        answer = await self.connection.run(self._call(request, content))
        gone = b"content-encoding", b"content-length", b"transfer-encoding"
        headers = [held for held in answer.headers.raw if held[0].lower() not in gone]
        return httpx.Response(
            answer.status_code, headers=headers, content=answer.content
        )

    def _call(self, request: httpx.Request, content: bytes) -> Call:
        from importlib import import_module

        from . import _document

        settings, own = self.connection.settings, None
        spec, options, url = None, self.options, request.url
        if operation := request.extensions.get("operation"):
            spec = import_module(f"{__package__}._operations.{operation}")
            own = spec.SERVER
        origin, known = _origin(url), _origin(settings.server(None))
        if origin not in (known, _origin(settings.server(own))):
            raise errors.InvalidRequestError(
                f"this client only sends requests to {known.partition('://')[2]}"
            )
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


def _origin(address: httpx.URL | str) -> str:
    url = httpx.URL(address)
    return f"{url.scheme}://{url.netloc.decode()}"


def _all_strings(content: bytes) -> list[str]:
    """Every string of a body whose secret fields are not known."""
    try:
        return list(strings(json.loads(content)))
    except (ValueError, RecursionError):
        return [content.decode("utf-8", "replace")] if content else []


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
