"""The fault matrix: what the service or the network does, and what the caller must be told."""

from __future__ import annotations

import gzip
import json
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import Any

import httpx

import enkrypt_api_client as e
from tests.policy.faults import Connection, Serve, reply

OK = None
SLOW: dict[str, Any] = {"timeout": httpx.Timeout(5.0, read=0.3)}
BRIEF: dict[str, Any] = {"total_timeout": 0.8}
DONE = b'{"message": "done", "data": {"model_saved_name": "Test Model"}}'


@dataclass
class Row:
    """One fault; what it becomes, whether it may have been applied, and how many requests reach the server."""

    name: str
    serve: Serve
    error: type[e.EnkryptError] | None
    may: bool = True
    requests: int = 1
    options: dict[str, Any] = field(default_factory=dict)
    seconds: float = 8.0
    early: bool = False
    slept: list[float] | None = None


def says(*parts: bytes) -> Serve:
    def serve(connection: Connection, number: int) -> None:
        connection.send(*parts, pause=0.02 if parts[1:] else 0)

    return serve


def keeps(*parts: bytes) -> Serve:
    """Answer, and keep the connection for the next try."""

    def serve(connection: Connection, number: int) -> bool:
        connection.send(*parts)
        return True

    return serve


def resets(*parts: bytes) -> Serve:
    def serve(connection: Connection, number: int) -> None:
        connection.send(*parts, pause=0.02)
        connection.reset()

    return serve


def hangs(*parts: bytes) -> Serve:
    def serve(connection: Connection, number: int) -> None:
        connection.send(*parts)
        connection.hang()

    return serve


def drips(start: bytes, again: bytes) -> Serve:
    def serve(connection: Connection, number: int) -> None:
        connection.send(start)
        connection.drip(again)

    return serve


def echoes(status: int, kind: str) -> Serve:
    """Tell the client what it said, as some services do."""

    def serve(connection: Connection, number: int) -> None:
        head, _, body = connection.request.partition(b"\r\n\r\n")
        bodies = {
            "json": body,
            "nested": json.dumps({"error": {"received": body.decode()}}).encode(),
            "text": b"<pre>" + head + b"\n" + body + b"</pre>",
            "pretty": json.dumps(json.loads(body), indent=2).encode(),
        }
        connection.send(reply(status, bodies[kind]))

    return serve


def then(*serves: Serve) -> Serve:
    """A different behaviour for each request."""

    def serve(connection: Connection, number: int) -> bool | None:
        return serves[min(number, len(serves)) - 1](connection, number)

    return serve


def bomb() -> bytes:
    return gzip.compress(b" " * (40 * 1024 * 1024))


HEAD = b"HTTP/1.1 200 OK\r\n"
GZIP = "Content-Encoding: gzip"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"


def resets_unread(connection: Connection, number: int) -> None:
    connection.sock.recv(1, socket.MSG_PEEK)
    connection.reset()


def network() -> Iterator[Row]:
    lost = e.OutcomeUnknownError
    yield Row("reset before reading", resets_unread, lost, requests=0, early=True)
    yield Row("reset before the status line", resets(), lost)
    yield Row("reset in the status line", resets(b"HTTP/1.1 2"), lost)
    yield Row("reset in the headers", resets(HEAD + b"X-A: b\r\n"), lost)
    yield Row(
        "reset in the body", resets(reply(200, b"{", length=99)), e.ResponseDecodeError
    )
    yield Row(
        "reset in the body of an error",
        resets(reply(500, b"{", length=99)),
        e.InternalServerError,
    )
    yield Row("closed without an answer", says(), lost)
    yield Row("closed in the status line", says(b"HTTP/1.1 2"), lost)
    yield Row("closed in the headers", says(HEAD + b"X-A: b\r\n"), lost)
    yield Row("no answer", hangs(), e.APITimeoutError, options=SLOW)
    yield Row("no end of headers", hangs(HEAD), e.APITimeoutError, options=SLOW)
    yield Row(
        "no end of body",
        hangs(reply(200, b"{", length=99)),
        e.APITimeoutError,
        options=SLOW,
    )
    yield Row(
        "no end of an error",
        hangs(reply(404, b"{", length=99)),
        e.NotFoundError,
        False,
        options=SLOW,
    )
    yield Row(
        "slow headers", drips(HEAD + b"X-A: ", b"b"), e.APITimeoutError, options=BRIEF
    )
    yield Row(
        "slow body",
        drips(reply(200, b"{", length=9999), b" "),
        e.APITimeoutError,
        options=BRIEF,
    )
    yield Row(
        "slow chunks", drips(CHUNKED, b"1\r\n \r\n"), e.APITimeoutError, options=BRIEF
    )
    yield Row("no answer in the total time", hangs(), e.APITimeoutError, options=BRIEF)
    yield Row("slow but in time", says_slowly, OK)
    yield Row("garbage", says(b"\x00\x01\x02 not HTTP at all\r\n\r\n"), lost)
    yield Row("another protocol", says(b"SSH-2.0-OpenSSH_9.6\r\n"), lost)
    yield Row("a bad chunk", says(CHUNKED + b"zz\r\n{}\r\n"), e.ResponseDecodeError)
    yield Row(
        "huge headers", says(HEAD + b"X-A: " + b"b" * 200_000 + b"\r\n\r\n"), lost
    )
    yield Row(
        "two lengths",
        says(HEAD + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{} "),
        lost,
    )
    yield Row(
        "informational first",
        says(b"HTTP/1.1 103 Early\r\n\r\n" + reply(200, DONE)),
        OK,
    )


def says_slowly(connection: Connection, number: int) -> None:
    connection.send(HEAD, b"Content-Length: 2\r\n\r\n", b"{", b"}", pause=0.05)


def bodies() -> Iterator[Row]:
    broken = e.ResponseDecodeError
    yield Row("truncated by length", says(reply(200, DONE, length=999)), broken)
    yield Row("truncated in chunks", says(CHUNKED + b"2\r\n{}\r\n"), broken)
    yield Row(
        "truncated gzip", says(reply(200, gzip.compress(DONE)[:-9], GZIP)), broken
    )
    yield Row(
        "truncated gzip of an error",
        says(reply(400, gzip.compress(DONE)[:-9], GZIP)),
        e.BadRequestError,
        False,
    )
    yield Row("whole gzip", says(reply(200, gzip.compress(DONE), GZIP)), OK)
    yield Row(
        "gzip with more behind",
        says(reply(200, gzip.compress(DONE) + b"more", GZIP)),
        broken,
    )
    yield Row("gzip that is none", says(reply(200, DONE, GZIP)), broken)
    yield Row("gzip bomb", says(reply(200, bomb(), GZIP)), broken)
    yield Row("larger than the cap", says(reply(200, b" " * 9_000_000)), broken)
    yield Row(
        "an encoding not asked for",
        says(reply(200, DONE, "Content-Encoding: br")),
        broken,
    )
    yield Row("chunked", says(CHUNKED + b"2\r\n{}\r\n0\r\n\r\n"), OK)
    yield Row("until the end of the connection", says(HEAD + b"\r\n" + DONE), OK)
    for name, body in {
        "empty": b"",
        "HTML": b"<html>It works</html>",
        "null": b"null",
        "number": b"42",
        "string": b'"done"',
        "list": b"[]",
        "list of pairs": b'[["message", "done"]]',
        "data is a string": b'{"data": "done"}',
        "a list where an object belongs": b'{"data": {"model_config": []}}',
        "a string where a list belongs": b'{"data": {"certifications": "abc"}}',
        "a number among objects": b'{"data": {"model_config": {"tools": [{}, 5]}}}',
        "null among objects": b'{"data": {"model_config": {"tools": [null]}}}',
        "deep nesting": b'{"a":' * 5000 + b"1" + b"}" * 5000,
        "5,000-digit number": b'{"data": {"model_id": ' + b"9" * 5000 + b"}}",
        "invalid UTF-8": b'{"message": "\xff\xfe"}',
        "UTF-16": '{"message": "done"}'.encode("utf-16"),
        "NaN": b'{"data": {"model_id": NaN}}',
        "more than one value": b"{} {}",
    }.items():
        yield Row(f"200 {name}", says(reply(200, body)), broken)
    for name, body in {
        "{}": b"{}",
        "BOM": b"\xef\xbb\xbf" + DONE,
        "unknown enum": b'{"data": {"testing_for": "submarines"}}',
        "unknown fields": b'{"brand": {"new": [1]}, "data": {"also": "new"}}',
        "nulls": b'{"message": null, "data": {"model_config": null, "model_id": null}}',
        "missing required": b'{"data": {"model_config": {}}}',
        "half a surrogate pair": b'{"message": "\\ud800", "data": {"certifications": []}}',
        "dates": b'{"data": {"created_at": "2024-10-15t17:22:47z", "updated_at": "2024-10-15T24:00:00Z"}}',
        "dates that are none": b'{"data": {"created_at": "yesterday", "updated_at": 5}}',
        "dates out of range": b'{"data": {"created_at": "9999-12-31T24:00:00Z", "updated_at": ""}}',
    }.items():
        yield Row(f"200 {name}", says(reply(200, body)), OK)


def statuses() -> Iterator[Row]:
    for status in (201, 202, 204, 226, 299, 600, 599 + 200, 999):
        yield Row(f"status {status}", says(reply(status, b"")), e.APIStatusError)
    for status in (300, 301, 302, 303, 304, 307, 308):
        location = "Location: http://127.0.0.1:9/elsewhere"
        yield Row(
            f"status {status}",
            says(reply(status, b"", location)),
            e.APIStatusError,
            False,
        )
    for status, error in {
        400: e.BadRequestError,
        401: e.AuthenticationError,
        402: e.APIStatusError,
        403: e.PermissionDeniedError,
        404: e.NotFoundError,
        405: e.APIStatusError,
        409: e.ConflictError,
        410: e.APIStatusError,
        422: e.UnprocessableEntityError,
        429: e.RateLimitError,
    }.items():
        yield Row(
            f"status {status}", says(reply(status, b'{"message": "no"}')), error, False
        )
    for status, error in {
        408: e.APIStatusError,
        499: e.APIStatusError,
        500: e.InternalServerError,
        502: e.InternalServerError,
        503: e.InternalServerError,
        504: e.InternalServerError,
        520: e.InternalServerError,
        599: e.InternalServerError,
    }.items():
        yield Row(
            f"status {status}",
            says(reply(status, b"{}")),
            error,
            options={"max_retries": 2},
        )


def error_bodies() -> Iterator[Row]:
    for name, body in {
        "JSON": b'{"error": {"code": 5, "message": "bad"}, "request_id": "r-1"}',
        "list": b'["bad"]',
        "HTML": b"<html><body>502 Bad Gateway</body></html>",
        "empty": b"",
        "binary": bytes(range(256)),
        "5 MB": b"x" * 5_000_000,
        "larger than the cap": b"x" * 9_000_000,
        "deep": b"[" * 5000 + b"]" * 5000,
    }.items():
        yield Row(
            f"error body {name}",
            says(reply(422, body)),
            e.UnprocessableEntityError,
            False,
        )
    for kind in ("json", "nested", "text", "pretty"):
        yield Row(
            f"error echoes as {kind}", echoes(400, kind), e.BadRequestError, False
        )
    yield Row("success echoes", echoes(200, "json"), OK)
    yield Row("unusable success echoes", echoes(200, "text"), e.ResponseDecodeError)
    yield Row("success echoes a container of the wrong kind", echoes(200, "nested"), OK)


def retries() -> Iterator[Row]:
    twice = {"max_retries": 2}
    for name, header, slept in (
        ("none", "X-A: b", None),
        ("seconds", "Retry-After: 7", [7.0, 7.0]),
        ("zero", "Retry-After: 0", [0.0, 0.0]),
        ("milliseconds", "Retry-After-Ms: 1500", [1.5, 1.5]),
        (
            "a past date",
            f"Retry-After: {formatdate(time.time() - 99, usegmt=True)}",
            [0.0, 0.0],
        ),
        ("garbage", "Retry-After: soon", None),
        ("negative", "Retry-After: -5", None),
        ("infinite", "Retry-After: inf", None),
    ):
        serve = keeps(reply(429, b"{}", header))
        options = {**twice, "total_timeout": 60.0}
        yield Row(
            f"429 Retry-After {name}",
            serve,
            e.RateLimitError,
            False,
            3,
            options,
            slept=slept,
        )
    for name, header in {
        "too long": "Retry-After: 61",
        "far too long": "Retry-After: " + "9" * 500,
        "a far date": f"Retry-After: {formatdate(time.time() + 3600, usegmt=True)}",
    }.items():
        serve = keeps(reply(429, b"{}", header))
        yield Row(
            f"429 Retry-After {name}",
            serve,
            e.RateLimitError,
            False,
            1,
            {**twice, "total_timeout": 9999.0},
            slept=[],
        )
    busy = keeps(reply(503, b"{}", "Retry-After: 1"))
    late = keeps(reply(429, b"{}", "Retry-After: 9"))
    fine = keeps(reply(200, DONE))
    yield Row(
        "503 with Retry-After",
        busy,
        e.InternalServerError,
        True,
        3,
        twice,
        slept=[1.0, 1.0],
    )
    yield Row(
        "503 with Retry-After, then success",
        then(busy, fine),
        OK,
        requests=2,
        options=twice,
    )
    yield Row(
        "503 with Retry-After, then 404",
        then(busy, keeps(reply(404))),
        e.OutcomeUnknownError,
        requests=2,
        options=twice,
    )
    yield Row(
        "503 with Retry-After, then 422",
        then(busy, keeps(reply(422))),
        e.UnprocessableEntityError,
        requests=2,
        options=twice,
    )
    yield Row(
        "429, then success",
        then(keeps(reply(429)), fine),
        OK,
        requests=2,
        options=twice,
    )
    yield Row(
        "429, then no answer",
        then(keeps(reply(429)), says()),
        e.OutcomeUnknownError,
        requests=2,
        options=twice,
    )
    yield Row(
        "429, with no time left to wait",
        late,
        e.RateLimitError,
        False,
        1,
        {**twice, "total_timeout": 5.0},
        slept=[],
    )
    yield Row(
        "429, retries turned off",
        keeps(reply(429)),
        e.RateLimitError,
        False,
        1,
        {"max_retries": 0},
    )


ROWS = [*network(), *bodies(), *statuses(), *error_bodies(), *retries()]
