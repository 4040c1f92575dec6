"""Sends calls and retries them: attempts, pauses, log. One implementation for sync and async."""

from __future__ import annotations

import contextlib
import logging
import os
import time
import warnings
import weakref

from .. import exceptions as errors
from . import policy, redact
from ._sync import OPEN, Lanes, Opened, Way
from .policy import Policy
from .response import Answer, Failure, Inflater

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .request import Call
    from .settings import Settings
    from .validation import Codec


_log = logging.getLogger("enkrypt_api_client")


def _collected(sender: Any, name: str) -> None:
    """Runs when nobody holds a connection any more, or when the interpreter ends."""
    unclosed = sender.used and not sender.closed
    sender.forget()
    if unclosed:
        message = f"unclosed {name}: close it, or use it in a with statement"
        warnings.warn(message, ResourceWarning, stacklevel=2)


class Connection:
    """What a client and its views share: who calls, and over what."""

    closed = False

    def __init__(
        self, settings: Settings, http_client: Any, asynchronous: bool
    ) -> None:
        self.settings, self.asynchronous, self.policy = settings, asynchronous, Policy()
        self.sleep: Any = time.sleep
        if asynchronous:
            import asyncio

            self.sleep = asyncio.sleep
        self.sender: Any
        if http_client is not None:
            from .own_client import ClientSender

            self.sender = ClientSender(http_client, asynchronous)
        elif asynchronous:
            from ._async import AsyncLanes

            self.sender = AsyncLanes(Way(settings.origin))
        else:
            self.sender = Lanes(Way(settings.origin))
        self.codecs: dict[Any, Codec] = {}
        self._watch()
        _connections.add(self)

    def _watch(self) -> None:
        name = "AsyncEnkryptClient" if self.asynchronous else "EnkryptClient"
        self._collection = weakref.finalize(self, _collected, self.sender, name)

    def check_open(self) -> None:
        if self.closed:
            raise errors.InvalidRequestError("the client is closed; create a new one")

    async def run(self, call: Call) -> Answer:
        """The answer to a call, after as many attempts as the policy allows."""
        self.check_open()
        call.clock = self.policy.monotonic
        call.deadline = call.clock() + call.options.total_timeout
        while True:
            call.attempt += 1
            verdict = self.policy.judge(call, await self._send(call))
            if isinstance(verdict, Answer):
                return verdict
            if isinstance(verdict, errors.EnkryptError):
                raise verdict
            if wait := self.sleep(verdict):
                await wait

    async def _send(self, call: Call) -> Answer | Failure:
        started = self.policy.monotonic()
        outcome: Answer | Failure
        try:
            outcome = await self._receive(call, await self.sender.open(call))
        except self.sender.network as error:
            outcome = self.sender.failure(call, error)
        if _log.isEnabledFor(logging.INFO):  # never headers or bodies
            elapsed = self.policy.monotonic() - started
            said, identifier = "no answer", None
            if isinstance(outcome, Answer):
                said = str(outcome.status_code)
                identifier = redact.masked_id(outcome.headers, None, call.secrets())
            form = "%s: %s, attempt %d, %.3f s, request id %s"
            _log.info(form, call.name, said, call.attempt, elapsed, identifier)
        return outcome

    async def _receive(self, call: Call, opened: Opened) -> Answer:
        answer = Answer(opened.status, opened.headers, call.read)
        if call.streaming and policy.matches(opened.status, call.success):
            answer.rest = opened
            return answer
        inflater = Inflater(answer, opened.decoded)
        try:
            async for chunk in opened.parts:
                if not inflater.add(chunk):
                    break
                call.left(None)
        except self.sender.network as error:
            return inflater.finish(self.sender.failure(call, error))
        finally:
            with contextlib.suppress(*self.sender.network):
                await opened.close()
        return inflater.finish()

    async def aclose(self) -> None:
        self.closed = True
        await self.sender.aclose()

    def after_fork(self) -> None:
        """In a child process: leave alone what the parent goes on using."""
        self._collection.detach()
        _abandoned.append(self.sender)
        self.sender = self.sender.without_connections()
        self._watch()


_connections: weakref.WeakSet[Connection] = weakref.WeakSet()


_abandoned: list[object] = []


def _after_fork() -> None:
    for wire in list(OPEN):
        wire.close()
    for connection in list(_connections):
        connection.after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
