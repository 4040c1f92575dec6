"""A caller's own client: of httpx or of httpx2, sync or async, and in the event loop that it belongs to."""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import Callable
from typing import Any

import httpx
import httpx2
import pytest

from enkrypt_api_client import (
    APIConnectionError,
    APIStatusError,
    APITimeoutError,
    AsyncEnkryptClient,
    ConfigurationError,
    EnkryptClient,
    OutcomeUnknownError,
    ResponseDecodeError,
)
from tests.runtime.drivers import NO_AUTHORITIES, REQUEST, SENTINEL, Driver
from tests.runtime.loopback import DONE, Server, hangs, keeps, reply, says

LIBRARIES = [httpx, httpx2]


@pytest.fixture(params=LIBRARIES, ids=["httpx", "httpx2"])
def library(request: pytest.FixtureRequest) -> Any:
    return request.param


@pytest.fixture
def own(library: Any, driver: Driver) -> Callable[..., Any]:
    """Makes a client of the library, closed when the test ends."""

    def make(**options: Any) -> Any:
        options.setdefault("verify", NO_AUTHORITIES)
        client = getattr(library, f"{driver.prefix}Client")(**options)
        driver.http_clients.append(client)
        return client

    return make


def test_clients_of_either_library_are_taken(
    server: Server, driver: Driver, own: Any
) -> None:
    outcome = driver.call(server.url, http_client=own())
    assert outcome.error is None
    assert outcome.result.message == "done"
    assert server.sent().headers()["user-agent"].startswith("enkrypt-api-client/")


def test_a_user_agent_of_the_callers_own_is_kept(
    server: Server, driver: Driver, own: Any
) -> None:
    client = own(headers={"User-Agent": "my-tool/1"})
    assert driver.call(server.url, http_client=client).error is None
    assert server.sent().headers()["user-agent"] == "my-tool/1"


def test_timeouts_and_the_address_of_a_callers_own_client_are_not_used(
    library: Any, driver: Driver, own: Any
) -> None:
    requests: list[Any] = []

    def handle(request: Any) -> Any:
        requests.append(request)
        return library.Response(200, content=DONE)

    client = own(
        transport=library.MockTransport(handle),
        timeout=0.1,
        base_url="https://elsewhere.example",
    )
    outcome = driver.call("https://service.example", http_client=client, timeout=7)

    assert outcome.error is None
    (sent,) = requests
    assert sent.url.host == "service.example"
    assert sent.extensions["timeout"]["read"] == 7


@pytest.mark.parametrize("wrong", [object(), httpx, "a client"])
def test_an_http_client_of_another_library_is_refused(
    driver: Driver, wrong: Any
) -> None:
    name = f"{driver.prefix}Client"
    words = rf"http_client must be an httpx\.{name} or an httpx2\.{name}"
    with pytest.raises(ConfigurationError, match=words):
        driver.client_class("key", http_client=wrong)


def test_a_client_of_the_other_kind_is_refused(library: Any) -> None:
    words = "must be an .*; EnkryptClient takes a Client"
    with pytest.raises(ConfigurationError, match=words):
        AsyncEnkryptClient("key", http_client=library.Client())
    words = "must be an .*; AsyncEnkryptClient takes an AsyncClient"
    with pytest.raises(ConfigurationError, match=words):
        EnkryptClient("key", http_client=library.AsyncClient())


@pytest.mark.parametrize(
    ("serve", "error"),
    [
        (says(), OutcomeUnknownError),
        (says(reply(200, b"{")[:-1]), ResponseDecodeError),
        (hangs(), APITimeoutError),
        (keeps(reply(404)), APIStatusError),
    ],
)
def test_exceptions_of_either_library_are_translated(
    server: Server, driver: Driver, own: Any, serve: Any, error: type[Exception]
) -> None:
    server.serve = serve
    timeout = httpx.Timeout(5.0, read=0.3)
    outcome = driver.call(server.url, http_client=own(), timeout=timeout)
    assert isinstance(outcome.error, error)
    assert outcome.error.__cause__ is outcome.error.__context__ is None


def test_a_refused_connection_is_said_to_have_sent_nothing(
    driver: Driver, own: Any, unused_port: int
) -> None:
    outcome = driver.call(f"http://127.0.0.1:{unused_port}", http_client=own())
    assert type(outcome.error) is APIConnectionError
    assert "Connection refused" in str(outcome.error)
    assert not outcome.error.may_have_been_applied


def raised_by_a_transport(library: Any, driver: Driver, error: Exception) -> Any:
    """A client whose transport is the caller's own, and raises."""
    if driver.prefix:

        class Transport(library.AsyncBaseTransport):  # type: ignore[misc]
            async def handle_async_request(self, request: Any) -> Any:
                raise error

    else:

        class Transport(library.BaseTransport):  # type: ignore[misc,no-redef]
            def handle_request(self, request: Any) -> Any:
                raise error

    return Transport()


UNCLEAR = "The change may have been applied: check before you repeat the call."


@pytest.mark.parametrize(
    ("raised", "said"),
    [
        (
            "TimeoutException",
            f'(http_client timed out: "No response for a request with ***"). {UNCLEAR}',
        ),
        ("ReadTimeout", f"(the read timeout of 60 s ran out). {UNCLEAR}"),
        (
            "PoolTimeout",
            "no connection became free: the pool timeout ran out. Nothing was sent; it is safe to repeat.",
        ),
    ],
)
def test_which_timeout_ran_out_is_said_only_where_it_is_known(
    driver: Driver, library: Any, own: Any, raised: str, said: str
) -> None:
    error = getattr(library, raised)(f"No response for a request with\n{SENTINEL}")
    client = own(transport=raised_by_a_transport(library, driver, error))
    outcome = driver.call("http://127.0.0.1:9", http_client=client, max_retries=0)
    assert str(outcome.error).endswith(said)


def test_time_limits_of_ages_are_taken(
    server: Server, driver: Driver, own: Any
) -> None:
    forever: Any = {"timeout": 1e300, "total_timeout": 1e300}
    assert driver.call(server.url, http_client=own(), **forever).error is None


@pytest.mark.parametrize(
    "error", [KeyError("theirs"), RuntimeError("theirs"), OSError("theirs")]
)
def test_exceptions_of_the_callers_own_code_pass_through(
    driver: Driver, library: Any, own: Any, error: Exception
) -> None:
    client = own(transport=raised_by_a_transport(library, driver, error))
    outcome = driver.call("http://127.0.0.1:9", http_client=client, max_retries=2)
    assert outcome.error is error


def test_causes_that_form_a_circle_are_followed_once(
    driver: Driver, library: Any, own: Any
) -> None:
    error = library.ReadError("lost")
    other = ValueError("circular")
    error.__cause__ = other
    other.__cause__ = error
    client = own(transport=raised_by_a_transport(library, driver, error))
    outcome = driver.call("http://127.0.0.1:9", http_client=client)
    assert type(outcome.error) is OutcomeUnknownError


def test_a_hook_that_raises_for_the_status_leaves_the_judgement_to_us(
    server: Server, driver: Driver, own: Any
) -> None:
    server.serve = keeps(reply(404, b'{"message": "no such model"}'))

    def raise_for_status(response: Any) -> None:
        response.raise_for_status()

    async def raise_later(response: Any) -> None:
        response.raise_for_status()

    hook = raise_later if driver.prefix else raise_for_status
    client = own(event_hooks={"response": [hook]})
    outcome = driver.call(server.url, http_client=client)
    assert outcome.error.status_code == 404


def no_idle_connections(library: Any) -> Any:
    """So that nothing is left in an event loop that has ended."""
    return library.Limits(max_keepalive_connections=0)


def run(client: AsyncEnkryptClient) -> Any:
    """Make a call in an event loop of its own."""
    return asyncio.run(client.modify_model(REQUEST))


def test_a_call_may_be_closed_in_another_context(library: Any) -> None:
    """As that of a task that nobody has waited for."""

    class Waiting(library.AsyncBaseTransport):  # type: ignore[misc]
        async def handle_async_request(self, request: Any) -> Any:
            await asyncio.Event().wait()

    async def close_elsewhere() -> None:
        async with library.AsyncClient(transport=Waiting()) as own:
            url = "http://127.0.0.1:9"
            client = AsyncEnkryptClient("key", base_url=url, http_client=own)
            call = client.modify_model(REQUEST)
            contextvars.copy_context().run(call.send, None)
            contextvars.copy_context().run(call.close)

    asyncio.run(close_elsewhere())


def test_an_async_client_is_used_in_one_event_loop_only(
    server: Server, library: Any
) -> None:
    own = library.AsyncClient(limits=no_idle_connections(library))
    client = AsyncEnkryptClient("key", base_url=server.url, http_client=own)
    assert run(client).message == "done"
    for _ in range(2):
        with pytest.raises(ConfigurationError, match="another event loop"):
            run(client)
    assert len(server.requests) == 1


def test_an_async_client_that_its_owner_used_in_another_event_loop_is_refused(
    server: Server, library: Any
) -> None:
    """Its connection belongs to that loop: whoever wrote to it would never learn of the answer."""
    own = library.AsyncClient()
    client = AsyncEnkryptClient("key", base_url=server.url, http_client=own)
    with asyncio.Runner() as owner:
        owner.run(own.patch(server.url, json={}))
        with pytest.raises(ConfigurationError, match="another event loop") as caught:
            run(client)
        owner.run(own.aclose())
    assert not caught.value.may_have_been_applied
    assert len(server.requests) == 1


def test_an_async_client_that_its_owner_used_in_the_same_event_loop_goes_on(
    server: Server, library: Any
) -> None:
    async def use() -> object:
        async with library.AsyncClient() as own:
            await own.patch(server.url, json={})
            client = AsyncEnkryptClient("key", base_url=server.url, http_client=own)
            return (await client.modify_model(REQUEST)).message

    assert asyncio.run(use()) == "done"
    assert len(server.sockets) == 1


def test_an_async_client_of_a_running_event_loop_is_not_used_in_another(
    server: Server, library: Any
) -> None:
    started = threading.Event()
    finished = threading.Event()
    own = library.AsyncClient(limits=no_idle_connections(library))
    client = AsyncEnkryptClient("key", base_url=server.url, http_client=own)

    async def stay() -> None:
        await client.modify_model(REQUEST)
        started.set()
        await asyncio.to_thread(finished.wait, 20)
        await own.aclose()

    thread = threading.Thread(target=lambda: asyncio.run(stay()))
    thread.start()
    try:
        assert started.wait(20)
        with pytest.raises(ConfigurationError, match="another event loop"):
            run(client)
    finally:
        finished.set()
        thread.join(20)


def test_a_client_without_connections_is_used_in_every_event_loop(library: Any) -> None:
    """Such as that of a test, which answers by itself."""
    transport = library.MockTransport(
        lambda request: library.Response(200, content=DONE)
    )
    own = library.AsyncClient(transport=transport)
    client = AsyncEnkryptClient("key", base_url="http://127.0.0.1", http_client=own)
    assert [run(client).message for _ in range(2)] == ["done", "done"]


@pytest.mark.parametrize("with_own_client", [False, True])
def test_without_asyncio_a_call_says_what_it_needs(
    server: Server, library: Any, with_own_client: bool
) -> None:
    """As under trio: the coroutine is driven by somebody else."""
    own = library.AsyncClient() if with_own_client else None
    client = AsyncEnkryptClient("key", base_url=server.url, http_client=own)
    coroutine = client.modify_model(REQUEST)
    with pytest.raises(ConfigurationError, match="needs asyncio"):
        coroutine.send(None)
    assert server.requests == []
