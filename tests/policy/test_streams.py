"""Answers that are read as they come: the policy up to the first byte, and a time limit between two events."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.policy.faults import (
    CHUNKED,
    HEAD,
    Connection,
    Serve,
    Server,
    drips,
    hangs,
    keeps,
    reply,
    says,
    then,
    use,
)
from tests.policy.kinds import NAME, Service, module

pytestmark = pytest.mark.usefixtures("package")
TYPE = b"Content-Type: text/event-stream\r\n"
EVENTS = HEAD + TYPE + b"\r\n"
IN_CHUNKS = CHUNKED.removesuffix(b"\r\n") + TYPE + b"\r\n"
EVENT = b"9\r\ndata: 1\n\n\r\n"
LIMITS: Any = {"timeout": httpx.Timeout(5.0, read=0.5)}


def reading(kind: str, where: str, found: list[Any], most: int) -> Callable[..., Any]:
    """Collect the status and the items of a stream, at most so many, and the error that ends it."""
    package, operation = module(NAME), module(f"{NAME}.api.{where}")

    def read(client: Any) -> None:
        try:
            with client.stream(operation) as items:
                found.append(items.status_code)
                for item in items:
                    found.append(item)
                    if len(found) > most:
                        return
        except package.EnkryptError as error:
            found.append(error)

    async def read_async(client: Any) -> None:
        try:
            async with client.stream(operation) as items:
                found.append(items.status_code)
                async for item in items:
                    found.append(item)
                    if len(found) > most:
                        return
        except package.EnkryptError as error:
            found.append(error)

    return read if kind == "sync" else read_async


def stream(
    kind: str,
    url: str,
    where: str = "streams.get_events",
    most: int = 9999,
    **options: Any,
) -> list[Any]:
    found: list[Any] = []
    work = reading(kind, where, found, most)
    use(kind, url, work, module(NAME), api_key="k", **options)
    return found


def test_events_come_one_by_one_with_type_id_and_data(
    service: Service, kind: str
) -> None:
    service.events = [
        b": hello\n\n",
        b"event: tok",
        b'en\ndata: {"a":1}\nid: 7\n\n: keepalive\n\n',
        b"data: two\r\ndata: lines\r\n\r\ndata: \xc3",
        b"\xa4\n\n",
    ]
    _, first, second, third = stream(kind, service.url)
    assert (first.event, first.id, first.json()) == ("token", "7", {"a": 1})
    assert (second.event, second.data, third.data) == ("message", "two\nlines", "ä")
    assert service.seen[0]["headers"]["accept"] == "text/event-stream"
    assert service.seen[0]["headers"]["x-key"] == "k"


def test_bytes_come_in_chunks(service: Service, kind: str) -> None:
    service.events = [b"a" * 100_000, b"b" * 9_000_000]
    status, *chunks = stream(kind, service.url, "streams.get_chunks")
    assert status == 200
    assert len(chunks) > 1
    assert b"".join(chunks) == b"".join(service.events)


def test_leaving_early_closes_the_connection(service: Service, kind: str) -> None:
    service.status, service.events = 999, [b"data: 1\n\n", b"data: 2\n\n"]
    assert [item.data for item in stream(kind, service.url, most=1)[1:]] == ["1"]
    assert service.left.wait(20)


def test_a_stream_read_to_its_end_leaves_its_connection_to_the_next_call(
    server: Server, kind: str
) -> None:
    server.serve = keeps(IN_CHUNKS + EVENT + b"0\r\n\r\n")
    found: list[Any] = []
    read = reading(kind, "streams.get_events", found, 9999)

    async def twice(client: Any) -> None:
        await read(client)
        await read(client)

    def twice_sync(client: Any) -> None:
        read(client)
        read(client)

    work = twice_sync if kind == "sync" else twice
    use(kind, server.url, work, module(NAME))
    assert [item.data for item in (found[1], found[3])] == ["1", "1"]
    assert len(server.requests) == 2
    assert len(server.sockets) == 1


def test_retries_and_status_errors_come_before_the_first_byte(
    server: Server, kind: str
) -> None:
    busy = keeps(reply(429, b"{}", "Retry-After: 0"))
    server.serve = then(busy, says(EVENTS + b"data: 1\n\n"))
    assert len(stream(kind, server.url, max_retries=1)) == 2
    assert len(server.requests) == 2
    server.serve = keeps(reply(404, b'{"message": "no such stream"}'))
    (error,) = stream(kind, server.url)
    assert type(error).__name__ == "NotFoundError"
    assert "no such stream" in str(error)


@pytest.mark.parametrize(
    ("serve", "events", "error", "words"),
    [
        (says(IN_CHUNKS + EVENT), 1, "OutcomeUnknownError", "Nothing was changed"),
        (hangs(EVENTS + b"data: 1\n\n"), 1, "APITimeoutError", "0.5 s"),
        (drips(EVENTS + b"data: 1\n\ndata: ", b"x"), 1, "APITimeoutError", "0.5 s"),
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
    server: Server, kind: str, serve: Serve, events: int, error: str, words: str
) -> None:
    server.serve = serve
    _, *found, last = stream(kind, server.url, max_retries=2, **LIMITS)
    assert [event.data for event in found] == ["1"] * events
    assert type(last).__name__ == error
    assert words in str(last)
    assert len(server.requests) == 1


def test_keepalives_and_an_expired_total_timeout_do_not_end_a_stream(
    server: Server, kind: str
) -> None:
    limits: Any = {"timeout": httpx.Timeout(5.0, read=1.0), "total_timeout": 1.0}

    def serve(connection: Connection, number: int) -> None:
        drips(EVENTS, b": alive\n\n", pause=0.1, seconds=1.5)(connection, number)
        connection.sock.sendall(b"data: 1\n\n")

    server.serve = serve
    assert [item.data for item in stream(kind, server.url, **limits)[1:]] == ["1"]


@pytest.mark.parametrize(
    "head",
    [b"Content-Type: text/html\r\n", TYPE + b"Content-Encoding: gzip\r\n"],
)
def test_an_answer_that_is_not_an_event_stream_is_refused(
    server: Server, kind: str, head: bytes
) -> None:
    server.serve = says(HEAD + head + b"\r\n<html>")
    (error,) = stream(kind, server.url)
    assert type(error).__name__ == "ResponseDecodeError"


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
