"""`client.api`: the generated client under the same policy."""

from __future__ import annotations

import json
from typing import TypeVar

import httpx

from .. import exceptions as errors
from ._sync import drive
from .request import Call, complete
from .settings import Options, credential_headers
from .validation import strings

C = TypeVar("C")
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


_TOKEN = "added when sent"  # noqa: S105  # stands where generated code wants a key


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
        settings, own = self.connection.settings, None
        spec, options, url = None, self.options, request.url
        if operation := request.extensions.get("operation"):
            spec = operation()
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
        security = spec.SECURITY if spec else settings.document.SECURITY
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


def generated_client(kind: Callable[..., C], connection: Any, options: Options) -> C:
    """A client for the generated functions, on the same connections. The key is put in below it."""
    return kind(
        base_url=connection.settings.base_url,
        token=_TOKEN,
        httpx_args={"transport": Adapter(connection, options)},
    )
