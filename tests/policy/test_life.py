"""A client in threads, tasks, event loops and processes, after its end, and over thousands of calls."""

from __future__ import annotations

import asyncio
import contextlib
import copy
import gc
import json
import os
import pickle
import re
import signal
import subprocess
import sys
import threading
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from enkrypt_api_client import (
    AsyncEnkryptClient,
    EnkryptClient,
    EnkryptError,
    InvalidRequestError,
    _sync,
)
from enkrypt_api_client.models import ModelRequestObject
from tests.conftest import ROOT
from tests.policy.faults import (
    DONE,
    REQUEST,
    Connection,
    Server,
    call,
    echoes,
    keeps,
    reply,
    resets,
    says,
    then,
    use,
)

CLOSED = "closed; create a new"


def mirror(connection: Connection, number: int) -> bool:
    """Answer with the name that was asked for, in the body and in the place of the result."""
    name = json.loads(connection.body)["model_saved_name"]
    data = {"message": name, "data": {"model_saved_name": name}}
    connection.sock.sendall(reply(200, json.dumps(data).encode()))
    return True


def get_own_answers(server: Server, threads: int, calls: int) -> None:
    """Call from many threads, with a name of its own in each call."""
    server.serve = mirror
    with EnkryptClient("key", base_url=server.url, max_retries=0) as client:
        barrier = threading.Barrier(threads)

        def several(thread: int) -> None:
            barrier.wait()
            for n in range(calls):
                name = f"model {thread}-{n}"
                result = client.modify_model({**REQUEST, "model_saved_name": name})
                assert result.message == name

        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(several, range(threads)))
    assert len(server.requests) == threads * calls


def test_first_calls_of_sixteen_threads_share_one_pool(server: Server) -> None:
    get_own_answers(server, 16, 5)
    assert len(server.sockets) <= 16


def test_no_idle_connection_is_closed_while_another_thread_takes_it(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every connection counts as idle for too long at once: whoever keeps one closes others, and never one in use."""
    monkeypatch.setattr(_sync, "KEPT_IDLE", -1.0)
    get_own_answers(server, 16, 30)


@pytest.mark.proof
def test_a_hundred_threads_get_each_its_own_answers(server: Server) -> None:
    get_own_answers(server, 100, 50)
    assert len(server.sockets) <= 100


@pytest.mark.proof
def test_a_thousand_tasks_get_each_its_own_answers(server: Server) -> None:
    server.serve = mirror

    async def work(client: Any) -> None:
        async def one(number: int) -> None:
            name = f"model {number}"
            result = await client.modify_model({**REQUEST, "model_saved_name": name})
            assert result.message == name

        await asyncio.gather(*map(one, range(1000)))

    use("async", server.url, work, timeout=httpx.Timeout(60.0))
    assert len(server.requests) == 1000
    assert len(server.sockets) <= 100


FAULTS = [
    keeps(reply(200, DONE)),
    keeps(reply(404, b'{"message": "no"}')),
    says(),
    keeps(reply(500, b"x" * 5000)),
    resets(b"HTTP/1.1 200 OK\r\n"),
    keeps(reply(200, b"[]")),
    says(reply(200, b"{", length=99)),
    echoes(400, "nested"),
    keeps(reply(200, DONE, "Content-Encoding: br")),
]


def many_calls(kind: str, times: int) -> Any:
    def calls(client: EnkryptClient) -> None:
        for _ in range(times):
            with contextlib.suppress(EnkryptError):
                client.modify_model(REQUEST)

    async def async_calls(client: AsyncEnkryptClient) -> None:
        for _ in range(times):
            with contextlib.suppress(EnkryptError):
                await client.modify_model(REQUEST)

    return calls if kind == "sync" else async_calls


def open_sockets() -> int:
    found = 0
    for path in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(OSError):
            found += str(path.readlink()).startswith("socket:")
    return found


def test_no_sockets_stay_open_after_calls_over_faults(
    server: Server, kind: str
) -> None:
    server.serve = lambda c, number: FAULTS[number % len(FAULTS)](c, number)
    before = open_sockets()
    use(kind, server.url, many_calls(kind, 50))
    server.close()
    server.sockets.clear()
    gc.collect()
    assert open_sockets() <= before


@pytest.mark.proof
def test_a_thousand_calls_over_faults_leave_nothing_behind(server: Server) -> None:
    server.serve = lambda c, number: FAULTS[number % len(FAULTS)](c, number)
    hundred, seen = many_calls("sync", 100), []
    with EnkryptClient("key", base_url=server.url, max_retries=0) as client:
        hundred(client)
        tracemalloc.start()
        try:
            for _ in range(11):
                server.requests.clear()
                server.sockets.clear()
                server.threads[1:] = []
                gc.collect()
                seen.append(tracemalloc.get_traced_memory()[0])
                hundred(client)
        finally:
            tracemalloc.stop()
        assert seen[-1] - seen[0] < 1_000_000
        ((_way, idle),) = client._connection.sender.stacks.values()
        assert len(idle) <= 1


def test_one_async_client_serves_event_loops_in_a_row_and_in_threads(
    server: Server,
) -> None:
    client = AsyncEnkryptClient("key", base_url=server.url)

    async def several() -> None:
        for _ in range(3):
            calls = (client.modify_model(REQUEST) for _ in range(2))
            assert {r.message for r in await asyncio.gather(*calls)} == {"done"}

    asyncio.run(several())
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: asyncio.run(several()), range(4)))
    asyncio.run(client.aclose())
    assert len(server.requests) == 30


def test_a_forked_process_opens_connections_of_its_own(server: Server) -> None:
    with EnkryptClient("key", base_url=server.url) as client:
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


def test_closing_twice_is_fine_and_calling_afterwards_says_what_to_do(
    server: Server,
) -> None:
    client = EnkryptClient("key", base_url=server.url)
    client.close()
    client.close()
    with pytest.raises(InvalidRequestError, match=CLOSED):
        client.modify_model(REQUEST)

    async def run() -> None:
        client = AsyncEnkryptClient("key", base_url=server.url)
        await client.modify_model(REQUEST)
        await client.aclose()
        await client.aclose()
        with pytest.raises(InvalidRequestError, match=CLOSED):
            await client.modify_model(REQUEST)

    asyncio.run(run())


LIVES = """
import asyncio, gc, os, sys
from enkrypt_api_client import *
url, request = sys.argv[1], eval(sys.argv[2])

async def closed_async():
    async with AsyncEnkryptClient("key", base_url=url) as client:
        await client.modify_model(request)

async def unclosed_async():
    await AsyncEnkryptClient("key", base_url=url).modify_model(request)
    gc.collect()
    await asyncio.sleep(0)

EnkryptClient("key", base_url=url)  # never used
with EnkryptClient("key", base_url=url) as client:
    client.modify_model(request)
    if not (child := os.fork()):
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
asyncio.run(closed_async())
gc.collect()
print("and now unclosed:", file=sys.stderr, flush=True)
EnkryptClient("key", base_url=url).modify_model(request)
gc.collect()
try:
    EnkryptClient("key", base_url=url).modify_model({})
except InvalidRequestError:
    EnkryptClient("key", base_url=url).modify_model(request)
gc.collect()
asyncio.run(unclosed_async())
left = EnkryptClient("key", base_url=url)
left.modify_model(request)
left_async = AsyncEnkryptClient("key", base_url=url)
asyncio.run(left_async.modify_model(request))
"""


def test_an_unclosed_client_warns_and_does_nothing_else(server: Server) -> None:
    """Nor does one say anything that was closed or never used."""
    options = "-X", "dev", "-W", "always::ResourceWarning", "-c", LIVES
    command = [sys.executable, *options, server.url, repr(REQUEST)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0
    # Debug mode reports slow steps of the event loop, and quotes the line of a warning.
    told = [
        x for x in done.stderr.splitlines() if not x.startswith(("Executing ", " "))
    ]
    assert told[0] == "and now unclosed:"
    unclosed = r".*ResourceWarning: unclosed (Async)?EnkryptClient: close it.*"
    assert all(re.fullmatch(unclosed, line) for line in told[1:])
    assert sum("unclosed AsyncE" in line for line in told) == 2
    assert len(told) == 6


@pytest.mark.parametrize("duplicate", [pickle.dumps, copy.copy, copy.deepcopy])
@pytest.mark.parametrize("client_class", [EnkryptClient, AsyncEnkryptClient])
def test_a_client_refuses_to_be_copied_and_says_what_to_do(
    client_class: Any, duplicate: Any
) -> None:
    with pytest.raises(TypeError, match="create one in each process"):
        duplicate(client_class("key"))


def test_models_and_errors_survive_pickle_and_deepcopy(server: Server) -> None:
    model = ModelRequestObject.from_dict(REQUEST)
    assert pickle.loads(pickle.dumps(model)) == copy.deepcopy(model) == model
    server.serve = keeps(reply(422, b'{"a": [1]}', "X-Request-Id: r-1"))
    error = call("sync", server.url).error
    duplicate = copy.deepcopy(error)
    assert (type(duplicate), duplicate.args) == (type(error), error.args)
    assert vars(duplicate) == vars(error)


@pytest.mark.parametrize("start", [b"", reply(200, b"{", length=9)])
def test_a_cancelled_call_leaves_the_client_usable(
    server: Server, start: bytes
) -> None:
    arrived = threading.Event()

    def tell(connection: Connection) -> None:
        arrived.set()
        connection.hang()

    server.serve = then(says(start, tell), server.serve)

    async def work(client: AsyncEnkryptClient) -> None:
        task = asyncio.create_task(client.modify_model(REQUEST))
        await asyncio.to_thread(arrived.wait)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert (await client.modify_model(REQUEST)).message == "done"

    use("async", server.url, work)


def test_a_keyboard_interrupt_passes_through_and_leaves_the_client_usable(
    server: Server,
) -> None:
    def interrupt(connection: Connection) -> None:
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
        connection.hang()

    server.serve = then(says(b"", interrupt), server.serve)
    # A shell that starts the tests in the background has them ignore the signal.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with EnkryptClient("key", base_url=server.url) as client:
            with pytest.raises(KeyboardInterrupt):
                client.modify_model(REQUEST)
            assert client.modify_model(REQUEST).message == "done"
    finally:
        signal.signal(signal.SIGINT, before)


def test_a_callers_client_is_never_closed(kind: str) -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(200, content=DONE))
    own: Any = httpx.Client if kind == "sync" else httpx.AsyncClient
    own = own(transport=transport)
    assert call(kind, "https://a.test", http_client=own).result.message == "done"
    assert not own.is_closed


def test_a_callers_client_that_follows_redirects_does_not(server: Server) -> None:
    server.serve = keeps(reply(307, b"", f"Location: {server.url}/elsewhere"))
    with httpx.Client(follow_redirects=True) as own:
        outcome = call("sync", server.url, http_client=own)
    assert outcome.error.status_code == 307
    assert len(server.requests) == 1


def test_a_callers_closed_client_is_told_apart_from_an_unreachable_service(
    server: Server,
) -> None:
    own = httpx.Client()
    own.close()
    outcome = call("sync", server.url, http_client=own, max_retries=2)
    assert not outcome.error.may_have_been_applied
    assert outcome.slept == []
