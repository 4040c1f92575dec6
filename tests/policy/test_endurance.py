"""A thousand calls over changing faults, and a hundred threads: nothing is left behind, nothing is mixed up."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from enkrypt_api_client import (
    APIConnectionError,
    AsyncEnkryptClient,
    EnkryptClient,
    EnkryptError,
    _sync,
)
from tests.policy.faults import KINDS, REQUEST, Connection, call, reply, serving
from tests.policy.rows import DONE, echoes, keeps, resets, says

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


def alternating(connection: Connection, number: int) -> Any:
    return FAULTS[number % len(FAULTS)](connection, number)


def open_sockets() -> int:
    found = 0
    for path in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(OSError):
            found += str(path.readlink()).startswith("socket:")
    return found


def grown(before: int) -> int:
    gc.collect()
    return tracemalloc.get_traced_memory()[0] - before


async def async_calls(client: AsyncEnkryptClient, times: int) -> None:
    for _ in range(times):
        with contextlib.suppress(EnkryptError):
            await client.modify_model(REQUEST)


def sync_calls(client: EnkryptClient, times: int) -> None:
    for _ in range(times):
        with contextlib.suppress(EnkryptError):
            client.modify_model(REQUEST)


def test_a_thousand_calls_over_faults_leave_nothing_behind() -> None:
    with serving(alternating) as server:
        options: Any = {"base_url": f"http://127.0.0.1:{server.port}", "max_retries": 0}
        with EnkryptClient("key", **options) as client:
            sync_calls(client, 100)
            tracemalloc.start()
            try:
                gc.collect()
                server.requests.clear()
                before = tracemalloc.get_traced_memory()[0]
                for _ in range(10):
                    sync_calls(client, 100)
                    server.requests.clear()
                    server.sockets.clear()
                    server.threads[1:] = []
                assert grown(before) < 1_000_000
                ((_, idle),) = client._connection.sender.stacks.values()
                assert len(idle) <= 1
            finally:
                tracemalloc.stop()
    gc.collect()


def test_many_async_calls_over_faults_leave_no_sockets() -> None:
    with serving(alternating) as server:
        before = open_sockets()
        options: Any = {"base_url": f"http://127.0.0.1:{server.port}", "max_retries": 0}

        async def run() -> None:
            async with AsyncEnkryptClient("k", **options) as client:
                await async_calls(client, 200)

        asyncio.run(run())
        server.close()
        server.sockets.clear()
        gc.collect()
        assert open_sockets() <= before


def test_no_sockets_stay_open_after_close() -> None:
    with serving(alternating) as server:
        before = open_sockets()
        options: Any = {"base_url": f"http://127.0.0.1:{server.port}", "max_retries": 0}
        with EnkryptClient("key", **options) as client:
            sync_calls(client, 100)
        server.close()
        server.sockets.clear()
        gc.collect()
        assert open_sockets() <= before


def mirror(connection: Connection, number: int) -> bool:
    """Answer with the name that was asked for, in the body and in the place of the result."""
    name = json.loads(connection.body)["model_saved_name"]
    data = {"message": name, "data": {"model_saved_name": name}}
    connection.send(reply(200, json.dumps(data).encode()))
    return True


def test_a_hundred_threads_get_each_its_own_answers() -> None:
    with serving(mirror) as server:
        with EnkryptClient("key", base_url=f"http://127.0.0.1:{server.port}") as client:

            def fifty(thread: int) -> None:
                for n in range(50):
                    name = f"model {thread}-{n}"
                    result = client.modify_model({**REQUEST, "model_saved_name": name})
                    assert result.message == name

            with ThreadPoolExecutor(100) as pool:
                list(pool.map(fifty, range(100)))
        assert len(server.requests) == 5000
        assert len(server.sockets) <= 100


def test_a_thousand_tasks_get_each_its_own_answers() -> None:
    async def run(address: str) -> None:
        limits = httpx.Timeout(60.0)
        async with AsyncEnkryptClient("k", base_url=address, timeout=limits) as client:

            async def one(number: int) -> None:
                name = f"model {number}"
                request = {**REQUEST, "model_saved_name": name}
                assert (await client.modify_model(request)).message == name

            await asyncio.gather(*map(one, range(1000)))

    with serving(mirror) as server:
        asyncio.run(run(f"http://127.0.0.1:{server.port}"))
        assert len(server.requests) == 1000
        assert len(server.sockets) <= 100


def test_no_idle_connection_is_closed_while_another_thread_takes_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Every connection counts as idle for too long at once: whoever puts one aside closes others, and never one in use."""
    monkeypatch.setattr(_sync, "KEPT_IDLE", -1.0)
    with serving(mirror) as server:
        with EnkryptClient(
            "key", base_url=f"http://127.0.0.1:{server.port}", max_retries=0
        ) as client:

            def several(thread: int) -> None:
                for n in range(30):
                    name = f"model {thread}-{n}"
                    result = client.modify_model({**REQUEST, "model_saved_name": name})
                    assert result.message == name

            with ThreadPoolExecutor(16) as pool:
                list(pool.map(several, range(16)))
        assert len(server.requests) == 480


@pytest.mark.parametrize("kind", KINDS)
def test_no_free_connection_is_said_after_the_pool_timeout(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_sync, "MOST_CONNECTIONS", 0)
    outcome = call(kind, "http://127.0.0.1:9", timeout=httpx.Timeout(5.0, pool=0.1))
    assert type(outcome.error) is APIConnectionError
    assert "the pool timeout of 0.1 s ran out" in str(outcome.error)
