"""Answers that are read as they come: the policy up to the first byte, and a time limit between two events."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import httpx
import pytest

from tests.policy.faults import Connection, Server, reply, serving
from tests.policy.kinds import NAME, Service, module
from tests.policy.rows import hangs, keeps, says, then

pytestmark = pytest.mark.usefixtures("package")
both = pytest.mark.parametrize("kind", ["sync", "async"])
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: text/event-stream\r\n\r\n"


def stream(
    kind: str,
    url: str,
    where: str = "streams.get_events",
    most: int = 9999,
    **options: Any,
) -> list[Any]:
    """What comes of a stream, at most so many items, and then the error that ends it."""
    package, found = module(NAME), list[Any]()
    options = {"base_url": url, "max_retries": 0, **options}
    operation = module(f"{NAME}.api.{where}")
    if kind == "sync":
        with package.EnkryptClient("k", **options) as client:
            client._connection.sleep = lambda _: None
            with suppress(package.EnkryptError), client.stream(operation) as items:
                found.append(items.status_code)
                try:
                    for item in items:
                        found.append(item)
                        if len(found) > most:
                            break
                except package.EnkryptError as error:
                    found.append(error)
        return found

    async def run() -> None:
        async with package.AsyncEnkryptClient("k", **options) as client:
            client._connection.sleep = lambda _: asyncio.sleep(0)
            with suppress(package.EnkryptError):
                async with client.stream(operation) as items:
                    found.append(items.status_code)
                    try:
                        async for item in items:
                            found.append(item)
                            if len(found) > most:
                                break
                    except package.EnkryptError as error:
                        found.append(error)

    asyncio.run(run())
    return found


@pytest.fixture
def server() -> Iterator[Server]:
    with serving(keeps(reply(200))) as server:
        yield server


def url(server: Server) -> str:
    return f"http://127.0.0.1:{server.port}"


@both
def test_events_come_one_by_one_with_type_id_and_data(
    service: Service, kind: str
) -> None:
    service.events = [
        b": hello\n\n",
        b"event: tok",
        b'en\ndata: {"a":1}\nid: 7\n\n: sign of life\n\n',
        b"data: two\r\ndata: lines\r\n\r\ndata: \xc3",
        b"\xa4\n\n",
    ]
    _, first, second, third = stream(kind, service.url)
    assert (first.event, first.id, first.json()) == ("token", "7", {"a": 1})
    assert (second.event, second.data, third.data) == ("message", "two\nlines", "ä")
    assert service.seen[0]["headers"]["accept"] == "text/event-stream"
    assert service.seen[0]["headers"]["x-key"] == "k"


@both
def test_bytes_come_in_chunks(service: Service, kind: str) -> None:
    service.events = [b"a" * 100_000, b"b" * 9_000_000]
    status, *chunks = stream(kind, service.url, "streams.get_chunks")
    assert status == 200
    assert len(chunks) > 1
    assert b"".join(chunks) == b"".join(service.events)


@both
def test_leaving_early_closes_the_connection(service: Service, kind: str) -> None:
    service.status, service.events = 999, [b"data: 1\n\n", b"data: 2\n\n"]
    assert [item.data for item in stream(kind, service.url, most=1)[1:]] == ["1"]
    assert service.left.wait(5)


@both
def test_a_stream_read_to_its_end_leaves_its_connection_to_the_next_call(
    server: Server, kind: str
) -> None:
    event = CHUNKED + b"9\r\ndata: 1\n\n\r\n0\r\n\r\n"
    server.serve = keeps(event)
    package, operation = module(NAME), module(f"{NAME}.api.streams.get_events")
    if kind == "sync":
        with package.EnkryptClient("k", base_url=url(server)) as client:
            for _ in range(2):
                with client.stream(operation) as events:
                    assert [event.data for event in events] == ["1"]
    else:

        async def twice() -> None:
            async with package.AsyncEnkryptClient("k", base_url=url(server)) as client:
                for _ in range(2):
                    async with client.stream(operation) as events:
                        assert [event.data async for event in events] == ["1"]

        asyncio.run(twice())
    assert len(server.requests) == 2
    assert len(server.sockets) == 1


@both
def test_retries_and_status_errors_come_before_the_first_byte(
    server: Server, kind: str
) -> None:
    busy = keeps(reply(429, b"{}", "Retry-After: 0"))
    server.serve = then(busy, says(HEAD + b"data: 1\n\n"))
    assert len(stream(kind, url(server), max_retries=1)) == 2
    assert len(server.requests) == 2
    server.requests.clear()
    server.serve = keeps(reply(404, b'{"message": "no such stream"}'))
    package, operation = module(NAME), module(f"{NAME}.api.streams.get_events")
    with (
        package.EnkryptClient("k", base_url=url(server)) as client,
        pytest.raises(package.NotFoundError, match="no such stream"),
        client.stream(operation),
    ):
        raise AssertionError


@both
def test_a_stream_that_breaks_off_is_not_retried(server: Server, kind: str) -> None:
    server.serve = says(CHUNKED + b"9\r\ndata: 1\n\n\r\n")
    _, event, error = stream(kind, url(server), max_retries=2)
    assert event.data == "1"
    assert type(error).__name__ == "OutcomeUnknownError"
    assert "Nothing was changed" in str(error)
    assert len(server.requests) == 1


@both
def test_silence_between_events_ends_the_stream(server: Server, kind: str) -> None:
    server.serve = hangs(HEAD + b"data: 1\n\n")
    limits = httpx.Timeout(5.0, read=0.3)
    _, event, error = stream(kind, url(server), timeout=limits)
    assert event.data == "1"
    assert type(error).__name__ == "APITimeoutError"
    assert "0.3 s" in str(error)


@both
def test_an_event_that_drips_for_ever_ends_the_stream(
    server: Server, kind: str
) -> None:
    def drip(connection: Connection, number: int) -> None:
        connection.send(HEAD + b"data: 1\n\ndata: ")
        connection.drip(b"x")

    server.serve = drip
    *_, error = stream(kind, url(server), timeout=httpx.Timeout(5.0, read=0.4))
    assert type(error).__name__ == "APITimeoutError"


@both
def test_signs_of_life_and_a_total_time_that_is_over_do_not_end_a_stream(
    server: Server, kind: str
) -> None:
    def live(connection: Connection, number: int) -> None:
        connection.send(HEAD, *[b": alive\n\n"] * 8, b"data: 1\n\n", pause=0.1)

    server.serve = live
    limits: Any = {"timeout": httpx.Timeout(5.0, read=0.4), "total_timeout": 0.5}
    assert [item.data for item in stream(kind, url(server), **limits)[1:]] == ["1"]


@both
@pytest.mark.parametrize(
    "head",
    [
        b"Content-Type: text/html\r\n",
        b"Content-Type: text/event-stream\r\nContent-Encoding: gzip\r\n",
    ],
)
def test_what_is_no_stream_of_events_is_refused(
    server: Server, kind: str, head: bytes
) -> None:
    server.serve = says(b"HTTP/1.1 200 OK\r\n" + head + b"\r\n<html>")
    package, operation = module(NAME), module(f"{NAME}.api.streams.get_events")
    with (
        package.EnkryptClient("k", base_url=url(server)) as client,
        pytest.raises(
            package.ResponseDecodeError, match=r"not a stream of events|encoding"
        ),
        client.stream(operation),
    ):
        raise AssertionError


@both
def test_an_event_beyond_the_size_cap_is_refused(server: Server, kind: str) -> None:
    server.serve = says(HEAD + b"data: " + b"x" * 9_000_000)
    *_, error = stream(kind, url(server))
    assert "an event is larger than 8388608 bytes" in str(error)


def test_a_stream_goes_through_a_callers_own_client(service: Service) -> None:
    service.events = [b"data: 1\n\n"]
    with httpx.Client() as own:
        assert len(stream("sync", service.url, http_client=own)) == 2


def test_two_streams_and_a_call_run_at_once(service: Service) -> None:
    service.status, service.events = 999, [b"data: 1\n\n"]
    package, operation = module(NAME), module(f"{NAME}.api.streams.get_events")
    with (
        package.EnkryptClient("k", base_url=service.url) as client,
        client.stream(operation) as one,
        client.stream(operation) as two,
    ):
        assert next(iter(one)).data == next(iter(two)).data == "1"
        blob = module(f"{NAME}.api.bodies.put_blob")
        assert client.call(blob, body=b"x") == b"x"
    assert threading.active_count() < 50
