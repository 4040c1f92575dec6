"""The judge on the headers of a request."""

from __future__ import annotations

import pytest

from scripts.conformance.exchange import Given, Sent
from scripts.conformance.judge import Judge
from tests.conformance.clients import answering, document, operation

HEADERS = {
    "host": "example.com",
    "accept": "application/json",
    "content-length": "0",
    "user-agent": "client/1",
}


@pytest.mark.parametrize("repeated", HEADERS)
def test_a_header_that_stands_twice_is_wrong(repeated: str) -> None:
    answers = {"responses": answering("application/json", {"type": "string"})}
    judge = Judge(document({"/a": {"get": operation("a", **answers)}}))
    called = judge.operations.operation("GET /a")
    once = tuple(HEADERS.items())
    twice = (*once, (repeated, HEADERS[repeated]))
    assert not [*judge.request_faults(called, Given(), Sent("GET", "/a", once, b""))]
    faults = [*judge.request_faults(called, Given(), Sent("GET", "/a", twice, b""))]
    assert faults == [f"the header {repeated} stands 2 times"]
