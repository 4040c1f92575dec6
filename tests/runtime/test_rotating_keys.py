"""An API key that a function of the caller returns."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

import enkrypt_api_client as e
from tests.required import modify_model
from tests.runtime.drivers import REQUEST, Driver
from tests.runtime.loopback import DONE, Connection, Server, reply

OLD = "planted-old-key"
NEW = "planted-new-key"
NAMES = {"x_enkrypt_model": "Test Model", "x_enkrypt_model_version": "v1"}


class Vault:
    """Returns the keys that it is given, the last again and again."""

    def __init__(self, *keys: Any) -> None:
        self.keys = list(keys)
        self.asked = 0

    def __call__(self) -> Any:
        self.asked += 1
        return self.keys[min(self.asked, len(self.keys)) - 1]


def accepts(key: str) -> Callable[[Connection, int], bool]:
    """Answer 401, with the key that came, to every other key."""

    def serve(connection: Connection, number: int) -> bool:
        sent = connection.headers()["apikey"]
        if sent == key:
            connection.sock.sendall(reply(200, DONE))
        else:
            body = b'{"message": "%s is not valid"}' % sent.encode()
            connection.sock.sendall(reply(401, body))
        return True

    return serve


def keys_of(server: Server) -> list[str]:
    return [server.sent(n).headers()["apikey"] for n in range(len(server.requests))]


WORKS: dict[str, Callable[[Any], Any]] = {
    "modify_model": lambda c: c.modify_model(REQUEST),
    "call": lambda c: c.call(modify_model, body=REQUEST, **NAMES),
    "request": lambda c: c.request("PATCH", "/models/modify-model", body=REQUEST),
}


@pytest.mark.parametrize("work", WORKS.values(), ids=WORKS)
def test_a_key_that_was_rotated_is_asked_for_again(
    server: Server, driver: Driver, work: Callable[[Any], Any]
) -> None:
    server.serve = accepts(NEW)
    vault = Vault(OLD, NEW)

    with driver.client(server.url, api_key=vault) as client:
        driver.wait(work(client))
        driver.wait(work(client))

    assert keys_of(server) == [OLD, NEW, NEW]
    assert vault.asked == 2


def test_the_function_is_not_asked_before_the_first_call(
    server: Server, driver: Driver
) -> None:
    vault = Vault(NEW)

    with driver.client(server.url, api_key=vault):
        pass

    assert vault.asked == 0


def test_the_call_is_repeated_once_and_no_key_is_shown(
    server: Server, driver: Driver
) -> None:
    server.serve = accepts("another")

    with pytest.raises(e.AuthenticationError) as caught:
        driver.use(
            server.url,
            lambda c: c.modify_model(REQUEST),
            api_key=Vault(OLD, NEW, "planted-third-key"),
        )

    assert keys_of(server) == [OLD, NEW]
    assert "planted" not in f"{caught.value} {caught.value.body!r}"
    assert not caught.value.may_have_been_applied
    assert caught.value.attempts == 2


def test_a_key_is_masked_after_others_have_replaced_it_twice(
    server: Server, driver: Driver
) -> None:
    """Other calls ask for new keys between the moment at which a call is signed and the one at which it is sent."""
    keys = [f"planted-key-{number}" for number in range(9)]

    def serve(connection: Connection, number: int) -> bool:
        headers = connection.headers()
        status = 400 if "x-outer" in headers else 401
        body = b'{"message": "%s is old"}' % headers["apikey"].encode()
        connection.sock.sendall(reply(status, body))
        return True

    def rotate(event: e.RequestEvent) -> Any:
        if event.addressed != 'model "Outer", version "v1"':
            return None
        event.headers["X-Outer"] = "1"
        if driver.prefix:
            return rotate_later()
        for _ in range(3):
            with pytest.raises(e.AuthenticationError):
                client.modify_model(REQUEST)
        return None

    async def rotate_later() -> None:
        for _ in range(3):
            with pytest.raises(e.AuthenticationError):
                await client.modify_model(REQUEST)

    server.serve = serve
    outer = {**REQUEST, "model_saved_name": "Outer"}
    with (
        driver.client(server.url, api_key=Vault(*keys), on_request=rotate) as client,
        pytest.raises(e.BadRequestError) as caught,
    ):
        driver.wait(client.modify_model(outer))

    assert server.sent(6).headers()["apikey"] == keys[0]
    assert caught.value.body == {"message": "*** is old"}


@pytest.mark.parametrize("first_key", [OLD, NEW])
def test_calls_at_once_ask_once(server: Server, driver: Driver, first_key: str) -> None:
    """A key that replaces another may make that one invalid."""
    calls = 12
    vault = Vault(first_key, NEW, "never")

    def ask() -> str:
        time.sleep(0.03)
        return str(vault())

    async def ask_later() -> str:
        await asyncio.sleep(0.03)
        return str(vault())

    async def call_all(client: Any) -> None:
        await asyncio.gather(*(client.modify_model(REQUEST) for _ in range(calls)))

    def call_all_in_threads(client: Any) -> None:
        with ThreadPoolExecutor(calls) as pool:
            list(pool.map(client.modify_model, [REQUEST] * calls))

    server.serve = accepts(NEW)
    works = {"": (ask, call_all_in_threads), "Async": (ask_later, call_all)}
    function, work = works[driver.prefix]
    driver.use(server.url, work, api_key=function)
    assert vault.asked == [first_key, NEW].index(NEW) + 1


def test_a_function_that_makes_the_call_it_is_asked_for_is_refused(
    server: Server, driver: Driver
) -> None:
    def ask() -> Any:
        return client.modify_model(REQUEST)

    with (
        driver.client(server.url, api_key=ask) as client,
        pytest.raises(e.ConfigurationError, match="must not make calls"),
    ):
        driver.wait(client.modify_model(REQUEST))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="it has no fork")
def test_a_child_that_is_forked_while_a_thread_asks_asks_itself(server: Server) -> None:
    asking = threading.Event()
    is_over = threading.Event()
    parent = os.getpid()

    def ask() -> str:
        asking.set()
        if os.getpid() == parent:
            is_over.wait(20)
        return NEW

    server.serve = accepts(NEW)
    with (
        e.EnkryptClient(ask, base_url=server.url) as client,
        ThreadPoolExecutor(1) as pool,
    ):
        call = pool.submit(client.modify_model, REQUEST)
        asking.wait(20)
        child = os.fork()
        if not child:
            signal.alarm(10)
            # A thread of the child may get the identity of one that only the parent has.
            with ThreadPoolExecutor(1) as other_pool:
                failure = other_pool.submit(client.modify_model, REQUEST).exception()
            os._exit(0 if failure is None else 1)
        _, status = os.waitpid(child, 0)
        is_over.set()
        assert call.result().message == "done"
    assert status == 0


def test_the_same_key_again_is_not_sent_twice(server: Server, driver: Driver) -> None:
    server.serve = accepts(NEW)

    with pytest.raises(e.AuthenticationError):
        driver.use(
            server.url, lambda c: c.modify_model(REQUEST), api_key=Vault(OLD, OLD)
        )

    assert keys_of(server) == [OLD]


def test_a_key_that_is_given_as_text_is_not_sent_twice(
    server: Server, driver: Driver
) -> None:
    server.serve = accepts(NEW)

    with pytest.raises(e.AuthenticationError):
        driver.use(server.url, lambda c: c.modify_model(REQUEST), api_key=OLD)

    assert keys_of(server) == [OLD]


@pytest.mark.parametrize("key", ["", "a b", 5, None])
def test_a_function_that_returns_no_key_is_a_fault_of_the_configuration(
    server: Server, driver: Driver, key: Any
) -> None:
    with pytest.raises(e.ConfigurationError, match="api_key"):
        driver.use(server.url, lambda c: c.modify_model(REQUEST), api_key=Vault(key))

    assert server.requests == []


def test_a_function_that_returns_none_is_named_instead_of_the_environment(
    server: Server, driver: Driver
) -> None:
    told = r"api_key\(\) returned no credentials; it must return a key$"
    with pytest.raises(e.ConfigurationError, match=told):
        driver.use(server.url, lambda c: c.modify_model(REQUEST), api_key=Vault(None))


def test_what_the_function_raises_passes_through(
    server: Server, driver: Driver
) -> None:
    planted = OSError("the vault is sealed")

    def fail() -> str:
        raise planted

    with pytest.raises(OSError, match="sealed") as caught:
        driver.use(server.url, lambda c: c.modify_model(REQUEST), api_key=fail)

    assert caught.value is planted
    assert server.requests == []


def test_a_coroutine_function_is_for_the_async_client(
    server: Server, driver: Driver
) -> None:
    server.serve = accepts(NEW)

    async def ask() -> str:
        return NEW

    if driver.prefix:
        driver.use(server.url, lambda c: c.modify_model(REQUEST), api_key=ask)
        assert keys_of(server) == [NEW]
        return
    with pytest.raises(e.ConfigurationError, match="AsyncEnkryptClient"):
        driver.use(server.url, lambda c: c.modify_model(REQUEST), api_key=ask)
