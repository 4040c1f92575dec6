"""The judge on the headers of a request."""

from __future__ import annotations

import pytest

from scripts.conformance.exchange import Given, Sent
from scripts.conformance.judge import Judge
from scripts.contract.reading.contract import read
from scripts.generator import content_types
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


@pytest.mark.parametrize(
    ("accept", "faults"),
    [
        (None, []),
        ("application/problem+json", []),
        ("*/*", []),
        ("application/json", ["Accept has application/json, which is not documented"]),
    ],
)
def test_where_no_success_has_content_other_answers_are_asked_for(
    accept: str | None, faults: list[str]
) -> None:
    refusal = {"description": "no", "content": {"application/problem+json": {}}}
    answers = {"responses": {"204": {"description": "done"}, "400": refusal}}
    judge = Judge(document({"/a": {"get": operation("a", **answers)}}))
    headers = {**HEADERS}
    del headers["accept"]
    if accept is not None:
        headers["accept"] = accept
    sent = Sent("GET", "/a", tuple(headers.items()), b"")
    called = judge.operations.operation("GET /a")
    assert [*judge.request_faults(called, Given(), sent)] == faults


def test_the_client_asks_for_them() -> None:
    refusal = {"description": "no", "content": {"application/problem+json": {}}}
    answers = {"responses": {"204": {"description": "done"}, "400": refusal}}
    contract = read(document({"/a": {"get": operation("a", **answers)}}))
    assert (
        content_types.accept(contract.operations["GET /a"])
        == "application/problem+json"
    )
