"""A client in threads, tasks, event loops and processes, after its end, and over thousands of calls."""

from __future__ import annotations

import asyncio
import contextlib
import copy
import errno
import gc
import importlib.abc
import json
import logging
import os
import pickle
import re
import signal
import subprocess
import sys
import threading
import tracemalloc
from collections.abc import Callable
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
    InvalidRequestError,
    ResponseDecodeError,
    _runtime,
    facade,
    models,
)
from enkrypt_api_client._runtime import connection
from enkrypt_api_client._runtime.importing import IMPORTING
from enkrypt_api_client.models import ModelRequestObject
from tests.conftest import ROOT
from tests.required import modify_model
from tests.runtime.drivers import REQUEST, SENTINEL, Driver
from tests.runtime.loopback import (
    DONE,
    Connection,
    Server,
    echoes,
    keeps,
    reply,
    resets,
    says,
    then,
)


def mirror(connection: Connection, number: int) -> bool:
    """Answer with the name that was asked for, in the body and in the place of the result."""
    name = json.loads(connection.body)["model_saved_name"]
    data = {"message": name, "data": {"model_saved_name": name}}
    connection.sock.sendall(reply(200, json.dumps(data).encode()))
    return True


def get_own_answers(server: Server, driver: Driver, at_once: int, calls: int) -> None:
    """Call from many threads or tasks, with a name of its own in each call."""
    server.serve = mirror
    barrier = threading.Barrier(at_once)

    async def several(number: int) -> None:
        for n in range(calls):
            name = f"model {number}-{n}"
            result = client.modify_model({**REQUEST, "model_saved_name": name})
            assert (await result if driver.prefix else result).message == name

    async def tasks() -> None:
        await asyncio.gather(*map(several, range(at_once)))

    def thread(number: int) -> None:
        barrier.wait()
        asyncio.run(several(number))

    options: dict[str, Any] = {"timeout": httpx.Timeout(60.0), "total_timeout": 999.0}
    with driver.client(server.url, **options) as client:
        if driver.prefix:
            driver.wait(tasks())
        else:
            with ThreadPoolExecutor(at_once) as pool:
                list(pool.map(thread, range(at_once)))
    assert len(server.requests) == at_once * calls


def test_first_calls_at_once_share_one_pool(server: Server, driver: Driver) -> None:
    get_own_answers(server, driver, 16, 5)
    assert len(server.sockets) <= 16


def test_no_idle_connection_is_closed_while_another_call_takes_it(
    server: Server, driver: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every connection counts as idle for too long at once: whoever keeps one closes others, and never one in use."""
    monkeypatch.setattr(connection, "KEPT_IDLE", -1.0)
    get_own_answers(server, driver, 16, 10)


@pytest.mark.proof
def test_a_hundred_threads_and_a_thousand_tasks_get_each_its_own_answers(
    server: Server, driver: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    # However slow this machine is, no connection is idle for too long.
    monkeypatch.setattr(connection, "KEPT_IDLE", 600.0)
    at_once, calls = (1000, 5) if driver.prefix else (100, 50)
    get_own_answers(server, driver, at_once, calls)
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


def call_often(driver: Driver, client: Any, times: int) -> str:
    """What the errors say."""
    said = []
    for _ in range(times):
        try:
            driver.wait(client.modify_model(REQUEST))
        except EnkryptError as error:
            said.append(str(error))
    return "\n".join(said)


def open_sockets() -> int:
    found = 0
    for path in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(OSError):
            found += str(path.readlink()).startswith("socket:")
    return found


def test_every_call_gives_its_connection_back_and_no_socket_stays_open(
    server: Server, driver: Driver
) -> None:
    """There is one slot: a call that kept it would leave none to the next."""
    server.serve = lambda c, number: FAULTS[number % len(FAULTS)](c, number)
    before = open_sockets()
    limits: Any = {"timeout": httpx.Timeout(20.0, pool=0.5), "max_connections": 1}
    with driver.client(server.url, **limits) as client:
        assert "the pool timeout" not in call_often(driver, client, 50)
    server.close()
    server.sockets.clear()
    gc.collect()
    assert open_sockets() <= before


@pytest.mark.proof
def test_a_thousand_calls_over_faults_leave_nothing_behind(
    server: Server, driver: Driver
) -> None:
    server.serve = lambda c, number: FAULTS[number % len(FAULTS)](c, number)
    seen = []
    # Pytest keeps the warnings of all refusals.
    silent = driver.log.at_level(logging.ERROR, logger="enkrypt_api_client")
    with silent, driver.client(server.url) as client:
        call_often(driver, client, 100)
        tracemalloc.start()
        try:
            for _ in range(11):
                server.requests.clear()
                server.sockets.clear()
                server.threads[1:] = []
                gc.collect()
                seen.append(tracemalloc.get_traced_memory()[0])
                call_often(driver, client, 100)
        finally:
            tracemalloc.stop()
    assert seen[-1] - seen[0] < 1_000_000


def test_a_broken_connection_is_not_used_again(server: Server, driver: Driver) -> None:
    answer = reply(200, DONE)
    server.serve = then(keeps(answer), says(answer[:30]), keeps(answer))
    with driver.client(server.url) as client:
        call_often(driver, client, 3)
    assert len(server.requests) == 3
    assert len(server.sockets) == 2


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


class ImportWatch(importlib.abc.MetaPathFinder):
    """Notes for each module that is imported whether another thread could fork meanwhile."""

    def __init__(self) -> None:
        self.allows_fork: dict[str, bool] = {}

    def find_spec(self, fullname: str, path: object, target: object = None) -> None:
        def fork() -> None:
            self.allows_fork[fullname] = IMPORTING.acquire(blocking=False)
            if self.allows_fork[fullname]:
                IMPORTING.release()

        thread = threading.Thread(target=fork)
        thread.start()
        thread.join()


@pytest.mark.parametrize("name", ["EnkryptClient", "AsyncEnkryptClient"])
def test_nobody_can_fork_while_what_a_call_needs_is_imported(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    modules = ("calls", "pages", "runner", "stream", "tasks", "undocumented")
    for module in modules:
        monkeypatch.delitem(sys.modules, f"{_runtime.__name__}.{module}", raising=False)
        monkeypatch.delattr(_runtime, module, raising=False)
    watch = ImportWatch()
    monkeypatch.setattr(sys, "meta_path", [watch, *sys.meta_path])
    client = getattr(facade, name)("key")
    client.stream(modify_model)
    with contextlib.suppress(InvalidRequestError):
        client.pages(modify_model)
    client._undocumented("GET", "/x", None, None, None, False).close()
    imported = {f"{_runtime.__name__}.{module}" for module in modules}
    if name == "EnkryptClient":
        imported.discard(f"{_runtime.__name__}.tasks")
    assert imported <= watch.allows_fork.keys()
    assert not any(watch.allows_fork[module] for module in imported)


@pytest.mark.parametrize("name", ["email.utils", "difflib", "a codec"])
def test_nobody_can_fork_while_what_an_error_needs_is_imported(
    server: Server, driver: Driver, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    lines = ["Retry-After: Wed, 01 Jan 2031 00:00:00 GMT"]
    if name == "a codec":
        # Each is looked up once in a process.
        codec = {"": "cp1026", "Async": "cp1125"}[driver.prefix]
        lines.append(f"Content-Type: text/plain; charset={codec}")
        name = f"encodings.{codec}"
    server.serve = keeps(reply(429, b"no", *lines))
    monkeypatch.delitem(sys.modules, name, raising=False)
    watch = ImportWatch()
    monkeypatch.setattr(sys, "meta_path", [watch, *sys.meta_path])
    request = {**REQUEST, "model_versoin": "v1"}
    assert driver.call(server.url, request).error is not None
    assert watch.allows_fork[name] is False


class NoDescriptors(importlib.abc.MetaPathFinder):
    """Fails as the import of a module does where a process has no descriptors left, and forgets that the module was imported before."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, module: str) -> None:
        self.module = f"enkrypt_api_client.{module}"
        package = importlib.import_module(self.module.rpartition(".")[0])
        monkeypatch.delitem(sys.modules, self.module, raising=False)
        monkeypatch.delattr(package, module.rpartition(".")[2], raising=False)
        monkeypatch.setattr(sys, "meta_path", [self, *sys.meta_path])

    def find_spec(self, fullname: str, path: object, target: object = None) -> None:
        if fullname == self.module:
            raise OSError(errno.EMFILE, os.strerror(errno.EMFILE), fullname)


BEFORE_SENDING: dict[str, Callable[[Any], Any]] = {
    "undocumented": lambda c: c.request("GET", "/x"),
    "stream": lambda c: c.stream(modify_model),
    "pages": lambda c: c.pages(modify_model),
    "api_client": lambda c: c.api,
}


@pytest.mark.parametrize("module", BEFORE_SENDING)
def test_a_module_that_cannot_be_read_ends_a_call_before_it_is_sent(
    server: Server, driver: Driver, monkeypatch: pytest.MonkeyPatch, module: str
) -> None:
    with driver.client(server.url) as client:
        NoDescriptors(monkeypatch, f"_runtime.{module}")
        with pytest.raises(APIConnectionError, match="Too many open files") as caught:
            driver.wait(BEFORE_SENDING[module](client))
    assert not caught.value.may_have_been_applied
    assert server.requests == []


def test_a_model_that_cannot_be_read_makes_an_answer_unusable(
    server: Server, driver: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(models, "ModifyModelResponseObject", raising=False)
    NoDescriptors(monkeypatch, "models.modify_model_response_object")
    error = driver.call(server.url).error
    assert isinstance(error, ResponseDecodeError)
    assert error.may_have_been_applied
    assert "Too many open files" in str(error)


def test_secrets_are_masked_where_their_model_cannot_be_read(
    server: Server, driver: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.serve = keeps(reply(400, json.dumps({"message": SENTINEL}).encode()))
    monkeypatch.delattr(models, "ModelRequestObject", raising=False)
    NoDescriptors(monkeypatch, "models.model_request_object")
    error = driver.call(server.url, api_key="another").error
    assert error.body == {"message": "***"}


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


def test_closing_a_view_closes_its_client_and_calling_afterwards_says_what_to_do(
    server: Server, driver: Driver
) -> None:
    """The client is closed again at the end, which is fine."""
    with driver.client(server.url) as client:
        driver.wait(client.modify_model(REQUEST))
        driver.close(client.with_options(timeout=1))
        with pytest.raises(InvalidRequestError, match="closed; create a new"):
            driver.wait(client.modify_model(REQUEST))


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
    lines = done.stderr.splitlines()
    told = [x for x in lines if not x.startswith(("Executing ", " "))]
    assert told[0] == "and now unclosed:"
    unclosed = r".*ResourceWarning: unclosed (EnkryptClient: close it|AsyncEnkryptClient: await its aclose\(\)), or use it in .*"
    assert all(re.fullmatch(unclosed, line) for line in told[1:])
    assert sum("unclosed AsyncE" in line for line in told) == 2
    assert len(told) == 6


@pytest.mark.parametrize("duplicate", [pickle.dumps, copy.copy, copy.deepcopy])
def test_a_client_refuses_to_be_copied_and_says_what_to_do(
    driver: Driver, duplicate: Any
) -> None:
    with pytest.raises(TypeError, match="create one in each process"):
        duplicate(driver.client_class("key"))


@pytest.mark.parametrize("duplicate", [pickle.dumps, copy.deepcopy])
def test_the_generated_client_refuses_to_be_duplicated_and_says_what_to_do(
    driver: Driver, duplicate: Callable[[object], object]
) -> None:
    with (
        driver.client("http://127.0.0.1:9") as client,
        pytest.raises(TypeError, match="create a client in each process"),
    ):
        duplicate(client.api)


def test_models_survive_pickle_and_deepcopy() -> None:
    model = ModelRequestObject.from_dict(REQUEST)
    assert pickle.loads(pickle.dumps(model)) == copy.deepcopy(model) == model


@pytest.mark.parametrize("start", [b"", reply(200, b"{", length=9)])
def test_an_interrupted_or_cancelled_call_leaves_the_client_usable(
    server: Server, driver: Driver, start: bytes
) -> None:
    def interrupt(connection: Connection) -> None:
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
        connection.hang()

    server.serve = then(says(start, interrupt), server.serve)
    # A shell that starts the tests in the background has them ignore the signal.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with driver.client(server.url) as client:
            # The runner of an event loop cancels the task, and raises this afterwards.
            with pytest.raises(KeyboardInterrupt):
                driver.wait(client.modify_model(REQUEST))
            assert driver.wait(client.modify_model(REQUEST)).message == "done"
    finally:
        signal.signal(signal.SIGINT, before)


def test_a_callers_client_is_never_closed_and_never_follows_redirects(
    server: Server, driver: Driver
) -> None:
    server.serve = keeps(reply(307, b"", f"Location: {server.url}/elsewhere"))
    own = driver.http_client(follow_redirects=True)
    outcome = driver.call(server.url, http_client=own)
    assert outcome.error.status_code == 307
    assert len(server.requests) == 1
    assert not own.is_closed
    driver.close(own)
    outcome = driver.call(server.url, http_client=own, max_retries=2)
    assert "http_client is closed" in str(outcome.error)
    assert not outcome.error.may_have_been_applied
    assert outcome.slept == []


class BlindLoop(asyncio.SelectorEventLoop):
    """An event loop that can't watch sockets for others, like the one that Windows has by default."""

    def add_reader(self, *_: Any) -> None:  # type: ignore[override]
        raise NotImplementedError

    def add_writer(self, *_: Any) -> None:  # type: ignore[override]
        raise NotImplementedError


def test_an_event_loop_that_cannot_watch_sockets_waits_in_threads(
    server: Server,
) -> None:
    server.serve = mirror

    async def call_several() -> None:
        async with AsyncEnkryptClient("key", base_url=server.url) as client:
            large = {**REQUEST, "padding": "x" * 8_000_000}
            calls = [client.modify_model(body) for body in (REQUEST, large, REQUEST)]
            for result in await asyncio.gather(*calls):
                assert result.message == "Test Model"
            cancelled = asyncio.ensure_future(client.modify_model(REQUEST))
            await asyncio.sleep(0)
            cancelled.cancel()
            await asyncio.gather(cancelled, return_exceptions=True)
            assert (await client.modify_model(REQUEST)).message == "Test Model"

    with asyncio.Runner(loop_factory=BlindLoop) as runner:
        runner.run(call_several())
