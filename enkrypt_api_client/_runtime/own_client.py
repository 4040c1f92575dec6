"""Sends through a caller's own client of httpx."""

from __future__ import annotations

import httpx

from .. import exceptions as errors
from ._sync import PHASES, Opened, Sender, each
from .response import Headers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from typing import Any

    from ._sync import Call


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
        left = {
            name: call.left(getattr(call.options.timeouts, name)) for name in PHASES
        }
        call.peer, call.sent = f"the service {call.origin.partition('://')[2]}", True
        content = call.content
        if self.asynchronous and not isinstance(content, bytes):
            from .body import AsyncBody

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
