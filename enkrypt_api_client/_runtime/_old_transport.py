"""The transports of today behind the interface of tomorrow. Goes with them."""

from __future__ import annotations

import contextlib

from ._sync import Call, Lanes, Opened, Way
from .attempt import Attempt, Failure, Sent, StreamFailed
from .deadline import Deadline
from .response import Inflater, Response

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .request import Request


class OldTransport:
    def __init__(self, sender: Any) -> None:
        self.sender = sender

    @property
    def used(self) -> bool:
        return bool(self.sender.used)

    @property
    def closed(self) -> bool:
        return bool(self.sender.closed)

    async def send(self, request: Request, attempt: Attempt) -> None:
        call = Call(request, attempt)
        try:
            await self._receive(call, request, attempt, await self.sender.open(call))
        except self.sender.network as error:
            attempt.failure, sent = self.sender.failure(call, error)
            attempt.sent = Sent.PART if sent else Sent.NOTHING

    async def _receive(
        self, call: Call, request: Request, attempt: Attempt, opened: Opened
    ) -> None:
        attempt.sent = Sent.ALL
        response = attempt.response = Response(opened.status, opened.headers)
        if request.hands_over(opened.status):
            response.stream = OldStream(self.sender, call, opened)
            return
        inflater = Inflater(response, opened.decoded)
        try:
            async for chunk in opened.parts:
                if not inflater.add(chunk):
                    break
                call.left(None)
        except self.sender.network as error:
            attempt.failure, _sent = self.sender.failure(call, error)
        finally:
            with contextlib.suppress(*self.sender.network):
                await opened.close()
        inflater.finish()

    async def aclose(self) -> None:
        await self.sender.aclose()

    def forget(self) -> None:
        self.sender.forget()

    def without_connections(self) -> OldTransport:
        return OldTransport(self.sender.without_connections())


class OldStream:
    def __init__(self, sender: Any, call: Call, opened: Opened) -> None:
        self.sender, self.call, self.opened = sender, call, opened
        self.parts = aiter(opened.parts)
        self.decoded = opened.decoded

    async def next_chunk(self, deadline: Deadline) -> bytes:
        self.call.deadline, self.call.gap = deadline, deadline.seconds
        failure: Failure
        try:
            return await anext(self.parts, b"")
        except self.sender.network as error:
            failure, _sent = self.sender.failure(self.call, error)
        raise StreamFailed(failure)

    async def aclose(self) -> None:
        with contextlib.suppress(*self.sender.network):
            await self.opened.close()


def create_transport(origin: str, http_client: Any, asynchronous: bool) -> OldTransport:
    if http_client is not None:
        from .own_client import ClientSender

        return OldTransport(ClientSender(http_client, asynchronous))
    if asynchronous:
        from ._async import AsyncLanes

        return OldTransport(AsyncLanes(Way(origin)))
    return OldTransport(Lanes(Way(origin)))
