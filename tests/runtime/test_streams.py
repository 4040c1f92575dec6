"""Answers that are read as they come: the policy up to the first byte, and a time limit between two events."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

import httpx
import pytest

from tests.runtime.drivers import Driver
from tests.runtime.kinds import NAME, Service, module
from tests.runtime.loopback import (
    CHUNKED,
    CLOCK,
    HEAD,
    PATIENCE,
    Connection,
    Serve,
    Server,
    drips,
    hangs,
    keeps,
    reply,
    says,
    then,
)

pytestmark = pytest.mark.usefixtures("package")
TYPE = b"Content-Type: text/event-stream\r\n"
EVENTS = HEAD + TYPE + b"\r\n"
IN_CHUNKS = CHUNKED.removesuffix(b"\r\n") + TYPE + b"\r\n"
EVENT = b"9\r\ndata: 1\n\n\r\n"


class Items:
    """A stream with either client."""

    def __init__(self, driver: Driver, stream: Any) -> None:
        self.driver, self.stream = driver, stream

    def __iter__(self) -> Iterator[Any]:
        if not self.driver.prefix:
            yield from self.stream
            return
        items = aiter(self.stream)

        async def step() -> Any:
            return await anext(items, None)

        while (item := self.driver.wait(step())) is not None:
            yield item


@contextlib.contextmanager
def opened(driver: Driver, client: Any, where: str = "streams.get_events") -> Any:
    """The answer of an operation as it comes."""
    stream = client.stream(module(f"{NAME}.api.{where}"))
    if not driver.prefix:
        with stream:
            yield Items(driver, stream)
        return
    driver.wait(stream.__aenter__())
    try:
        yield Items(driver, stream)
    finally:
        driver.wait(stream.__aexit__(None, None, None))


def read(
    driver: Driver, url: str, where: str = "streams.get_events", **more: Any
) -> Any:
    """All items of a stream, and the error that ends it."""
    found: list[Any] = []
    with driver.client(url, module(NAME), **more) as client:
        try:
            with opened(driver, client, where) as items:
                found.extend(items)
        except module(NAME).EnkryptError as error:
            found.append(error)
    return found


def test_events_come_one_by_one_with_type_id_and_data(
    service: Service, driver: Driver
) -> None:
    service.events = [
        b": hello\n\n",
        b"event: tok",
        b'en\ndata: {"a":1}\nid: 7\n\n: keepalive\n\n',
        b"data: two\r\ndata: lines\r\n\r\ndata: \xc3",
        b"\xa4\n\n",
    ]
    first, second, third = read(driver, service.url, api_key="k")
    assert (first.event, first.id, first.json()) == ("token", "7", {"a": 1})
    assert (second.event, second.data, third.data) == ("message", "two\nlines", "ä")
    assert service.seen[0]["headers"]["accept"] == "text/event-stream"
    assert service.seen[0]["headers"]["x-key"] == "k"


def test_bytes_come_in_chunks(service: Service, driver: Driver) -> None:
    service.events = [b"a" * 100_000, b"b" * 9_000_000]
    chunks = read(driver, service.url, "streams.get_chunks")
    assert len(chunks) > 1
    assert b"".join(chunks) == b"".join(service.events)


def test_streams_and_calls_run_at_once_and_leaving_early_closes_the_connection(
    service: Service, driver: Driver
) -> None:
    service.status, service.events = 999, [b"data: 1\n\n", b"data: 2\n\n"]
    with driver.client(service.url, module(NAME)) as client:
        with opened(driver, client) as one, opened(driver, client) as two:
            assert one.stream.status_code == two.stream.status_code == 200
            assert next(iter(one)).data == next(iter(two)).data == "1"
            blob = module(f"{NAME}.api.bodies.put_blob")
            assert driver.wait(client.call(blob, body=b"x")) == b"x"
        assert service.left.wait(20)


def test_a_stream_is_read_once_in_its_block_and_leaves_its_connection_to_the_next_call(
    server: Server, driver: Driver, package: Any
) -> None:
    server.serve = keeps(IN_CHUNKS + b"12\r\ndata: 1\n\ndata: 2\n\n\r\n0\r\n\r\n")
    with driver.client(server.url, package) as client:
        for _ in range(2):
            with opened(driver, client) as items:
                assert next(iter(items)).data == "1"
                assert [item.data for item in items] == ["2"]
                assert [*items] == []
            with pytest.raises(
                package.InvalidRequestError, match="inside its `with` block"
            ):
                next(iter(items))
    assert len(server.requests) == 2
    assert len(server.sockets) == 1


def test_whoever_waits_for_an_item_wakes_up_when_another_leaves_the_stream(
    service: Service, driver: Driver, package: Any
) -> None:
    """An iteration that is cut off does not look as if it were complete."""
    service.status, service.events = 999, [b"data: 1\n\n"]
    reading = threading.Event()

    def clock() -> float:
        reading.set()
        return CLOCK()

    async def iterate(stream: Any) -> list[Any]:
        return [item async for item in stream]

    async def leave_while_a_task_iterates(client: Any) -> None:
        async with client.stream(operation) as stream:
            await anext(stream)
            task = asyncio.create_task(iterate(stream))
            await asyncio.sleep(0)
        await task

    def leave_while_a_thread_iterates(client: Any) -> None:
        with ThreadPoolExecutor(1) as pool, client.stream(operation) as stream:
            next(stream)
            reading.clear()
            rest = pool.submit(list, stream)
            reading.wait(PATIENCE)
            stream.__exit__()
            rest.result()

    leave: Any = leave_while_a_thread_iterates
    if driver.prefix:
        leave = leave_while_a_task_iterates
    operation = module(f"{NAME}.api.streams.get_events")
    with driver.client(service.url, package, timeout=PATIENCE) as client:
        client._runner.clock = clock
        started_at = time.monotonic()
        with pytest.raises(package.OutcomeUnknownError, match="has left the stream"):
            driver.wait(leave(client))
        assert time.monotonic() - started_at < PATIENCE / 2


def test_a_reader_that_is_closed_while_it_waits_leaves_the_next_call_alone(
    service: Service, package: Any
) -> None:
    """The event loop still knows the socket then, whose number the next one gets."""
    service.status, service.events = 999, [b"data: 1\n\n"]

    async def read_in_vain(client: Any) -> None:
        async with client.stream(operation) as stream:
            await anext(stream)
            step = stream.__anext__()
            step.send(None)
            step.close()

    async def read_and_call() -> Any:
        async with package.AsyncEnkryptClient("key", base_url=service.url) as client:
            await read_in_vain(client)
            return await client.call(blob, body=b"x")

    operation = module(f"{NAME}.api.streams.get_events")
    blob = module(f"{NAME}.api.bodies.put_blob")
    assert asyncio.run(read_and_call()) == b"x"


async def cancel_a_wait(stream: Any) -> None:
    waiting = asyncio.ensure_future(anext(stream))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.wait([waiting])


async def end_the_loop(stream: Any) -> None:
    """As it is, `asyncio.run` ends all iterators of its loop."""


@pytest.mark.parametrize("interrupt", [cancel_a_wait, end_the_loop])
def test_a_stream_whose_reading_was_interrupted_does_not_look_complete(
    service: Service, package: Any, interrupt: Callable[[Any], Awaitable[None]]
) -> None:
    service.status, service.events = 999, [b"data: 1\n\n"]

    async def read_one(client: Any) -> Any:
        stream = await client.stream(operation).__aenter__()
        await anext(stream)
        await interrupt(stream)
        return stream

    async def read_on(stream: Any) -> None:
        async with contextlib.aclosing(client):
            try:
                await anext(stream)
            finally:
                await stream.__aexit__(None, None, None)

    operation = module(f"{NAME}.api.streams.get_events")
    client = package.AsyncEnkryptClient("key", base_url=service.url)
    stream = asyncio.run(read_one(client))
    with pytest.raises(package.OutcomeUnknownError, match="was interrupted"):
        asyncio.run(read_on(stream))


def test_only_one_thread_or_task_at_a_time_reads_a_stream(
    service: Service, driver: Driver, package: Any
) -> None:
    service.status, service.events = 999, []

    async def read_in_two_tasks(client: Any) -> None:
        async with client.stream(operation) as stream:
            tasks = [asyncio.create_task(anext(stream)) for _ in range(2)]
            done, waiting = await asyncio.wait(tasks, return_when="FIRST_COMPLETED")
        await asyncio.wait(waiting)
        for task in waiting:
            assert task.exception()  # the stream was left
        done.pop().result()

    def read_in_two_threads(client: Any) -> None:
        with ThreadPoolExecutor(2) as pool, client.stream(operation) as stream:
            both = [pool.submit(next, stream) for _ in range(2)]
            done, _ = wait(both, return_when="FIRST_COMPLETED")
            stream.__exit__()
            done.pop().result()

    read_twice: Any = read_in_two_tasks if driver.prefix else read_in_two_threads
    operation = module(f"{NAME}.api.streams.get_events")
    with (
        driver.client(service.url, package) as client,
        pytest.raises(package.InvalidRequestError, match="is being read"),
    ):
        driver.wait(read_twice(client))


def test_retries_and_status_errors_come_before_the_first_byte(
    server: Server, driver: Driver
) -> None:
    busy = keeps(reply(429, b"{}", "Retry-After: 0"))
    refusal = keeps(reply(404, b'{"message": "no such stream"}'))
    server.serve = then(busy, says(EVENTS + b"data: 1\n\n"), refusal)
    assert len(read(driver, server.url, max_retries=1)) == 1
    assert len(server.requests) == 2
    (error,) = read(driver, server.url)
    assert type(error).__name__ == "NotFoundError"
    assert "no such stream" in str(error)


@pytest.mark.parametrize(
    ("serve", "events", "error", "words"),
    [
        (says(IN_CHUNKS + EVENT), 1, "OutcomeUnknownError", "Nothing was changed"),
        (hangs(EVENTS + b"data: 1\n\n"), 1, "APITimeoutError", "came within 2 s"),
        (drips(EVENTS + b"data: 1\n\ndata: ", b"x"), 1, "APITimeoutError", "in 2 s"),
        (
            says(EVENTS + b"data: " + b"x" * 9_000_000),
            0,
            "ResponseDecodeError",
            "an event is larger than 8388608 bytes",
        ),
    ],
    ids=["breaks off", "silence", "drips for ever", "too large"],
)
def test_a_stream_that_goes_wrong_ends_with_an_error_and_is_not_retried(
    server: Server, driver: Driver, serve: Serve, events: int, error: str, words: str
) -> None:
    server.serve = serve
    limits = httpx.Timeout(20.0, read=2.0)
    *found, last = read(driver, server.url, max_retries=2, timeout=limits)
    assert [event.data for event in found] == ["1"] * events
    assert type(last).__name__ == error
    assert words in str(last)
    assert len(server.requests) == 1


def test_keepalives_and_an_expired_total_timeout_do_not_end_a_stream(
    server: Server, driver: Driver
) -> None:
    def stays_alive(connection: Connection) -> None:
        for piece in (*[b": alive\n\n"] * 5, b"data: 1\n\n"):
            time.sleep(0.5)
            connection.sock.sendall(piece)

    server.serve = says(EVENTS, stays_alive)
    limits: Any = {"timeout": httpx.Timeout(20.0, read=2.0), "total_timeout": 30.0}
    with (
        driver.client(server.url, module(NAME), **limits) as client,
        opened(driver, client) as items,
    ):
        CLOCK.ahead += 60.0
        assert [item.data for item in items] == ["1"]


@pytest.mark.parametrize(
    "head", [b"Content-Type: text/html\r\n", TYPE + b"Content-Encoding: gzip\r\n"]
)
def test_an_answer_that_is_not_an_event_stream_is_refused(
    server: Server, driver: Driver, head: bytes
) -> None:
    server.serve = says(HEAD + head + b"\r\n<html>")
    (error,) = read(driver, server.url)
    assert type(error).__name__ == "ResponseDecodeError"


def test_a_stream_goes_through_a_callers_client(
    service: Service, driver: Driver
) -> None:
    service.events = [b"data: 1\n\n"]
    found = read(driver, service.url, http_client=driver.http_client())
    assert len(found) == 1
