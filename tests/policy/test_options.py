"""Options of a call and of a client: views on the same connections, headers, and what a caller's own client of httpx adds."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from enkrypt_api_client import (
    APITimeoutError,
    AsyncEnkryptClient,
    ConfigurationError,
    EnkryptClient,
    InvalidRequestError,
    RateLimitError,
)
from tests.policy.faults import KINDS, REQUEST, Server, reply, serving
from tests.policy.rows import DONE, hangs, keeps

both = pytest.mark.parametrize("kind", KINDS)


@pytest.fixture
def server() -> Iterator[Server]:
    with serving(keeps(reply(200, DONE, "X-Request-Id: r-1"))) as server:
        yield server


def use(kind: str, server: Server, work: Callable[[Any], Any], **options: Any) -> Any:
    """Do something with a client of either kind, and wait for what comes of it."""
    options["base_url"] = f"http://127.0.0.1:{server.port}"
    if kind == "sync":
        with EnkryptClient("key", **options) as client:
            client._connection.sleep = lambda _: None
            return work(client)

    async def run() -> Any:
        async with AsyncEnkryptClient("key", **options) as client:
            client._connection.sleep = lambda _: asyncio.sleep(0)
            result = work(client)
            return await result if asyncio.iscoroutine(result) else result

    return asyncio.run(run())


def headers(request: bytes) -> dict[str, str]:
    lines = request.partition(b"\r\n\r\n")[0].decode().split("\r\n")[1:]
    pairs = (line.partition(": ") for line in lines)
    return {name.lower(): value for name, _, value in pairs}


@both
def test_a_view_has_retries_of_its_own_on_the_same_connections(
    server: Server, kind: str
) -> None:
    server.serve = keeps(reply(429, b"{}", "Retry-After: 0"))
    with pytest.raises(RateLimitError) as caught:
        use(kind, server, lambda c: c.with_options(max_retries=4).modify_model(REQUEST))
    assert caught.value.attempts == len(server.requests) == 5
    assert len(server.sockets) == 1


@both
@pytest.mark.parametrize(
    "options", [{"timeout": httpx.Timeout(5.0, read=0.3)}, {"total_timeout": 0.3}]
)
def test_a_view_has_timeouts_of_its_own(
    server: Server, kind: str, options: Any
) -> None:
    server.serve = hangs()
    with pytest.raises(APITimeoutError, match=r"0\.3 s"):
        use(kind, server, lambda c: c.with_options(**options).modify_model(REQUEST))


@both
def test_what_a_view_is_not_given_it_has_of_its_client(
    server: Server, kind: str
) -> None:
    given = {"default_headers": {"X-One": "1", "X-Two": "2"}, "max_retries": 0}
    view: Any = use(kind, server, lambda c: c.with_options(timeout=3), **given)
    again = view.with_options(extra_headers={"x-two": "3"})._options
    assert set(again.timeouts.values()) == {3.0}
    assert (again.max_retries, again.total_timeout) == (0, 120.0)
    assert again.headers["x-two"] == (b"x-two", b"3")
    assert set(view._options.headers) == {"x-one", "x-two"}


@both
def test_closing_a_view_closes_its_client(server: Server, kind: str) -> None:
    if kind == "sync":
        client = EnkryptClient("key", base_url=f"http://127.0.0.1:{server.port}")
        client.with_options(timeout=1).close()
        with pytest.raises(InvalidRequestError, match="closed; create a new"):
            client.modify_model(REQUEST)


@pytest.mark.parametrize(
    "options",
    [
        {"timeout": 0},
        {"total_timeout": -1},
        {"max_retries": 1.5},
        {"extra_headers": {"apikey": "other"}},
    ],
)
def test_an_option_that_makes_no_sense_is_named(options: Any) -> None:
    with pytest.raises(ConfigurationError, match=next(iter(options))):
        EnkryptClient("key").with_options(**options)


@both
def test_default_and_extra_headers_are_sent_and_those_of_the_operation_win(
    server: Server, kind: str
) -> None:
    default = {"X-Team": "a", "X-Enkrypt-Model": "other", "User-Agent": "mine/1"}
    extra = {"X-Trace": "t", "Content-Type": "text/plain"}
    use(
        kind,
        server,
        lambda c: c.with_options(extra_headers=extra).modify_model(REQUEST),
        default_headers=default,
    )
    sent = headers(server.requests[0])
    assert (sent["x-team"], sent["x-trace"], sent["user-agent"]) == ("a", "t", "mine/1")
    assert sent["x-enkrypt-model"] == "Test Model"
    assert sent["content-type"] == "application/json"


@pytest.mark.parametrize("kind", [EnkryptClient, AsyncEnkryptClient])
@pytest.mark.parametrize(
    "given",
    [
        {"ApiKey": "s3cret"},
        {"Authorization": "s3cret"},
        {"Cookie": "s3cret"},
        {"Host": "elsewhere"},
        {"Content-Length": "3"},
        {"X A": "b"},
        {"X-A": "b\r\nX-B: c"},
        {"X-A": ""},
        {"X-A": 5},
        {5: "x"},
    ],
)
def test_a_header_that_is_not_the_callers_to_set_is_refused(
    kind: Any, given: Any
) -> None:
    with pytest.raises(ConfigurationError, match="default_headers") as caught:
        kind("key", default_headers=given)
    assert "s3cret" not in str(caught.value)


@both
def test_headers_of_a_callers_own_client_arrive(server: Server, kind: str) -> None:
    seen: list[httpx.Headers] = []

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers)
        return httpx.Response(200, content=DONE)

    own: Any = {"sync": httpx.Client, "async": httpx.AsyncClient}[kind]
    mine = {"X-Mine": "1", "apikey": "other", "User-Agent": "mine/2"}
    for given in (mine, {}):
        client = own(headers=given, transport=httpx.MockTransport(handle))
        use(kind, server, lambda c: c.modify_model(REQUEST), http_client=client)
    assert (seen[0]["x-mine"], seen[0]["user-agent"]) == ("1", "mine/2")
    assert (seen[0]["apikey"], seen[0]["accept"]) == ("key", "application/json")
    assert seen[0]["accept-encoding"] == "gzip"
    assert seen[1]["user-agent"].startswith("enkrypt-api-client/")


@both
@pytest.mark.parametrize("raised", [AssertionError("no"), KeyError("x"), ValueError()])
def test_what_a_tests_own_handler_raises_passes_through(
    kind: str, server: Server, raised: Exception
) -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        raise raised

    own: Any = {"sync": httpx.Client, "async": httpx.AsyncClient}[kind]
    client = own(transport=httpx.MockTransport(handle))
    with pytest.raises(type(raised)) as caught:
        use(kind, server, lambda c: c.modify_model(REQUEST), http_client=client)
    assert caught.value is raised


@both
def test_a_detailed_answer_names_the_request(server: Server, kind: str) -> None:
    detailed = use(kind, server, lambda c: c.modify_model_detailed(REQUEST))
    assert detailed.request_id == "r-1"
    server.serve = keeps(reply(200, b'{"request_id": "of the body"}'))
    detailed = use(kind, server, lambda c: c.modify_model_detailed(REQUEST))
    assert detailed.request_id == "of the body"


@both
@pytest.mark.parametrize("request_body", [None, [], "text", 5])
def test_a_request_that_is_none_is_called_request(
    server: Server, kind: str, request_body: Any
) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        use(kind, server, lambda c: c.modify_model(request_body))
    assert str(caught.value) == (
        "PATCH /models/modify-model: request: expected object. Nothing was sent."
    )
    assert server.requests == []


@both
def test_an_empty_request_misses_its_own_fields_alone(
    server: Server, kind: str
) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        use(kind, server, lambda c: c.modify_model({}))
    paths = {path for path, _ in caught.value.problems}
    assert paths == {"model_saved_name", "model_version", "model_config"}
