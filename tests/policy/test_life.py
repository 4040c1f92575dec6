"""A client in threads, tasks, event loops and processes, and after its end."""

from __future__ import annotations

import asyncio
import copy
import os
import pickle
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from enkrypt_api_client import (
    AsyncEnkryptClient,
    EnkryptClient,
    InvalidRequestError,
    UnprocessableEntityError,
)
from enkrypt_api_client.models import ModelRequestObject
from tests.conftest import ROOT
from tests.policy.faults import REQUEST, Connection, Server, call, reply, serving
from tests.policy.rows import DONE, hangs, keeps, then


@pytest.fixture
def server() -> Iterator[Server]:
    with serving(keeps(reply(200, DONE))) as server:
        yield server


def url(server: Server) -> str:
    return f"http://127.0.0.1:{server.port}"


def test_first_calls_of_sixteen_threads_share_one_pool(server: Server) -> None:
    with EnkryptClient("key", base_url=url(server)) as client:
        barrier = threading.Barrier(16)

        def first(_: int) -> str:
            barrier.wait()
            return str(client.modify_model(REQUEST).message)

        with ThreadPoolExecutor(16) as pool:
            assert set(pool.map(first, range(16))) == {"done"}
        before = len(server.sockets)
        for _ in range(5):
            client.modify_model(REQUEST)
        assert len(server.sockets) == before <= 16


def test_one_async_client_serves_two_event_loops_in_a_row(server: Server) -> None:
    client = AsyncEnkryptClient("key", base_url=url(server))

    async def twice() -> None:
        await asyncio.gather(*(client.modify_model(REQUEST) for _ in range(2)))

    asyncio.run(twice())
    asyncio.run(twice())
    asyncio.run(client.aclose())
    assert len(server.requests) == 4


def test_one_async_client_serves_event_loops_in_several_threads(server: Server) -> None:
    client = AsyncEnkryptClient("key", base_url=url(server))

    async def some() -> None:
        for _ in range(5):
            assert (await client.modify_model(REQUEST)).message == "done"

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: asyncio.run(some()), range(4)))
    asyncio.run(client.aclose())
    assert len(server.requests) == 20


def test_a_forked_process_opens_connections_of_its_own(server: Server) -> None:
    with EnkryptClient("key", base_url=url(server)) as client:
        client.modify_model(REQUEST)
        child = os.fork()
        if not child:
            try:
                assert client.modify_model(REQUEST).message == "done"
                os._exit(0)
            finally:
                os._exit(1)
        assert os.waitpid(child, 0)[1] == 0
        assert client.modify_model(REQUEST).message == "done"
        assert len(server.sockets) == 2


def test_closing_twice_is_fine_and_calling_afterwards_says_what_to_do() -> None:
    client = EnkryptClient("key")
    client.close()
    client.close()
    with pytest.raises(InvalidRequestError, match="closed; create a new"):
        client.modify_model(REQUEST)


def test_an_async_client_closes_twice_and_says_what_to_do(server: Server) -> None:
    async def run() -> None:
        client = AsyncEnkryptClient("key", base_url=url(server))
        await client.modify_model(REQUEST)
        await client.aclose()
        await client.aclose()
        with pytest.raises(InvalidRequestError, match="closed; create a new"):
            await client.modify_model(REQUEST)

    asyncio.run(run())


UNCLOSED = {
    "sync": """
client = EnkryptClient("key", base_url=url)
client.modify_model(request)
""",
    "sync, dropped": """
EnkryptClient("key", base_url=url).modify_model(request)
import gc; gc.collect()
""",
    "sync, dropped after an error": """
try:
    EnkryptClient("key", base_url=url).modify_model({})
    raise SystemExit(5)
except InvalidRequestError:
    EnkryptClient("key", base_url=url).modify_model(request)
import gc; gc.collect()
""",
    "async": """
client = AsyncEnkryptClient("key", base_url=url)
asyncio.run(client.modify_model(request))
""",
    "async, dropped": """
async def main():
    await AsyncEnkryptClient("key", base_url=url).modify_model(request)
    import gc; gc.collect()
    await asyncio.sleep(0.05)
asyncio.run(main())
""",
}


def run(server: Server, code: str) -> tuple[int, list[str]]:
    """Exit code and warnings of a program in an interpreter that shows all of them."""
    start = "import asyncio, os\nfrom enkrypt_api_client import *\n"
    data = f"url = {url(server)!r}\nrequest = {REQUEST!r}\n"
    command = [sys.executable, "-X", "dev", "-c", start + data + code]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    said = [x for x in done.stderr.splitlines() if not x.startswith("Executing <")]
    return done.returncode, [x for x in said if not x.startswith("  ")]


@pytest.mark.parametrize("code", UNCLOSED.values(), ids=UNCLOSED)
def test_a_client_that_nobody_closes_says_so_and_nothing_else(
    server: Server, code: str
) -> None:
    status, (said,) = run(server, code)
    assert status == 0
    assert re.search("ResourceWarning: unclosed (Async)?EnkryptClient: close it", said)


@pytest.mark.parametrize(
    "code",
    [
        "EnkryptClient('key', base_url=url)",
        "with EnkryptClient('key', base_url=url) as c: c.modify_model(request)",
        """
with EnkryptClient("key", base_url=url) as client:
    client.modify_model(request)
    if not (child := os.fork()):
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
""",
        """
async def main():
    async with AsyncEnkryptClient("key", base_url=url) as client:
        await client.modify_model(request)
asyncio.run(main())
""",
    ],
)
def test_a_client_that_is_closed_or_was_never_used_says_nothing(
    server: Server, code: str
) -> None:
    assert run(server, code) == (0, [])


@pytest.mark.parametrize("duplicate", [pickle.dumps, copy.copy, copy.deepcopy])
@pytest.mark.parametrize("kind", [EnkryptClient, AsyncEnkryptClient])
def test_a_client_refuses_to_be_copied_and_says_what_to_do(
    kind: Any, duplicate: Any
) -> None:
    with pytest.raises(TypeError, match="create one in each process"):
        duplicate(kind("key"))


def test_models_and_errors_survive_pickle_and_deepcopy(server: Server) -> None:
    model = ModelRequestObject.from_dict(REQUEST)
    assert pickle.loads(pickle.dumps(model)) == copy.deepcopy(model) == model
    server.serve = keeps(reply(422, b'{"a": [1]}', "X-Request-Id: r-1"))
    error: Any = call("sync", url(server)).error
    for duplicate in (copy.deepcopy(error), pickle.loads(pickle.dumps(error))):
        assert type(duplicate) is UnprocessableEntityError
        assert duplicate.args == error.args
        assert vars(duplicate) == vars(error)


@pytest.mark.parametrize(
    "serve", [hangs(), hangs(reply(200, b"{", length=9))], ids=["headers", "body"]
)
def test_a_cancelled_call_leaves_the_client_usable(server: Server, serve: Any) -> None:
    arrived = threading.Event()

    def tell(connection: Connection, number: int) -> None:
        arrived.set()
        serve(connection, number)

    server.serve = then(tell, keeps(reply(200, DONE)))

    async def run() -> None:
        async with AsyncEnkryptClient("key", base_url=url(server)) as client:
            task = asyncio.create_task(client.modify_model(REQUEST))
            await asyncio.to_thread(arrived.wait)
            await asyncio.sleep(0.05)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert (await client.modify_model(REQUEST)).message == "done"

    asyncio.run(run())


def test_a_keyboard_interrupt_passes_through_and_leaves_the_client_usable(
    server: Server,
) -> None:
    def interrupt(connection: Connection, number: int) -> None:
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
        connection.hang()

    server.serve = then(interrupt, keeps(reply(200, DONE)))
    # A shell that starts the tests in the background has them ignore the signal.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with EnkryptClient("key", base_url=url(server)) as client:
            with pytest.raises(KeyboardInterrupt):
                client.modify_model(REQUEST)
            assert client.modify_model(REQUEST).message == "done"
    finally:
        signal.signal(signal.SIGINT, before)


def test_a_callers_client_is_used_and_never_closed(server: Server) -> None:
    seen: list[str] = []
    hooks = {"request": [lambda request: seen.append(request.method)]}
    with httpx.Client(event_hooks=hooks) as own:
        with EnkryptClient("key", base_url=url(server), http_client=own) as client:
            assert client.modify_model(REQUEST).message == "done"
        assert not own.is_closed
    assert seen == ["PATCH"]


def test_a_callers_async_client_is_used_and_never_closed(server: Server) -> None:
    async def run() -> None:
        async with httpx.AsyncClient() as own:
            async with AsyncEnkryptClient(
                "key", base_url=url(server), http_client=own
            ) as client:
                assert (await client.modify_model(REQUEST)).message == "done"
            assert not own.is_closed

    asyncio.run(run())


def test_a_callers_client_that_follows_redirects_does_not(server: Server) -> None:
    server.serve = keeps(reply(307, b"", f"Location: {url(server)}/elsewhere"))
    with httpx.Client(follow_redirects=True) as own:
        outcome = call("sync", url(server), http_client=own)
    assert getattr(outcome.error, "status_code", None) == 307
    assert len(server.requests) == 1


def test_a_callers_closed_client_is_told_apart_from_an_unreachable_service(
    server: Server,
) -> None:
    own = httpx.Client()
    own.close()
    outcome = call("sync", url(server), http_client=own, max_retries=2)
    assert not getattr(outcome.error, "may_have_been_applied", True)
    assert outcome.slept == []
