"""The other side of a trial: a service on loopback in place of the vendor's, and a network that only records."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Protocol

import httpx
import starlette.requests
from starlette.responses import Response

from scripts.conformance.exchange import Sent
from scripts.loopback.server import Request, Service, described

MOST_SECONDS_ASKED = 10.0  # of processor time, of openapi-core for one document
MOST_NOTES = 3  # of one request


class Answerer(Protocol):
    """Answers the requests of a trial."""

    def answer(self, sent: Sent) -> Response:
        """The answer to a request."""


class LoopbackService(Service):
    """Keeps each request as it came, and answers as the trial under way says.

    Attributes:
        answerer: The trial under way.
        understood: The last request as openapi-core takes it.
    """

    def __init__(self, document: object) -> None:
        super().__init__(document, ())
        self.answerer: Answerer | None = None
        self.understood: Request | None = None
        self._seconds_asked = 0.0

    def answer(self, request: starlette.requests.Request, body: bytes) -> Response:
        scope = request.scope
        target = scope["raw_path"].decode("latin-1")
        if scope["query_string"]:
            target += "?" + scope["query_string"].decode("latin-1")
        headers = [
            (name.decode("latin-1"), value.decode("latin-1"))
            for name, value in scope["headers"]
        ]
        sent = Sent(request.method, target, tuple(headers), body)
        self.understood = None
        super().answer(request, body)
        if self.answerer is None:
            return Response(status_code=503)
        return self.answerer.answer(sent)

    def reply(self, key: str, request: Request) -> Response:
        self.understood = request
        return Response()

    def second_opinion(self) -> list[str]:
        """The faults that openapi-core finds in the last request; none once it has taken too long for this document."""
        if self.understood is None or self._seconds_asked > MOST_SECONDS_ASKED:
            return []
        started = time.process_time()
        try:
            errors = self.checker.errors(self.understood)
        except Exception as error:
            return [f"openapi-core fails: {type(error).__name__}"]
        finally:
            self._seconds_asked += time.process_time() - started
        return list(_notes(errors[:MOST_NOTES]))


class Elsewhere:
    """The network, where the client has no base URL: records where requests go, and answers that it is a teapot."""

    def __init__(self) -> None:
        self.requests: list[httpx.Request] = []
        self.client = httpx.Client(transport=httpx.MockTransport(self._record))

    def _record(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return httpx.Response(418)


def _notes(errors: list[Exception]) -> Iterator[str]:
    for error in errors:
        for fault in described(error):
            yield f"openapi-core: {fault['path']} {fault['message']}"
