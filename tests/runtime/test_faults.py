"""The table of faults: what the service or the network does, and what either client tells its caller."""

from __future__ import annotations

import copy
import gc
import gzip
import pickle
import socket
import time
from collections.abc import Mapping
from email.utils import formatdate
from typing import Any, NamedTuple

import httpx
import pytest

import enkrypt_api_client as e
from enkrypt_api_client.models import ModifyModelResponseObject
from tests.required import OPERATION
from tests.runtime.drivers import REQUEST, SENTINEL, SLOW, Driver
from tests.runtime.loopback import (
    CHUNKED,
    CLOCK,
    DONE,
    HEAD,
    Connection,
    Serve,
    Server,
    drips,
    echoes,
    hangs,
    keeps,
    reply,
    resets,
    says,
    serving,
    then,
)


class Row(NamedTuple):
    """One fault; what it becomes, whether it may have been applied, and how many requests reach the server."""

    serve: Serve
    error: type[e.EnkryptError] | None
    may: bool
    requests: int = 1
    slept: list[float] | None = None
    arguments: Mapping[str, Any] = {}
    options: Mapping[str, Any] = {}
    early: bool = False


ROWS: dict[str, Row] = {}


def rows(
    error: type[e.EnkryptError] | None, may: bool, /, *numbers: Any, **more: Any
) -> Any:
    """Add rows of the same outcome to the table."""

    def add(serves: Mapping[str, Serve]) -> None:
        assert not ROWS.keys() & serves.keys()
        ROWS.update(
            {name: Row(s, error, may, *numbers, **more) for name, s in serves.items()}
        )

    return add


def slowly(connection: Connection) -> None:
    for part in (b"Content-Length: 2\r\n\r\n", b"{", b"}"):
        time.sleep(0.05)
        connection.sock.sendall(part)


def resets_unread(connection: Connection, number: int) -> None:
    connection.sock.recv(1, socket.MSG_PEEK)
    connection.reset()


def after(seconds: float, serve: Serve) -> Serve:
    """The same, when so much time has passed for the client."""

    def later(connection: Connection, number: int) -> bool | None:
        CLOCK.ahead += seconds
        return serve(connection, number)

    return later


GZIP = "Content-Encoding: gzip"
PACKED = gzip.compress(DONE)
LOST, FINE = says(), keeps(reply(200, DONE))
STATUS_429 = keeps(reply(429))

# The network.
rows(e.OutcomeUnknownError, True, 0, early=True)(
    {"reset before reading": resets_unread}
)
rows(e.OutcomeUnknownError, True)(
    {
        "reset before the status line": resets(),
        "reset in the status line": resets(b"HTTP/1.1 2"),
        "reset in the headers": resets(HEAD + b"X-A: b\r\n"),
        "closed without an answer": LOST,
        "closed in the status line": says(b"HTTP/1.1 2"),
        "closed in the headers": says(HEAD + b"X-A: b\r\n"),
        "garbage": says(b"\x00\x01\x02 not HTTP at all\r\n\r\n"),
        "another protocol": says(b"SSH-2.0-OpenSSH_9.6\r\n"),
        "huge headers": says(HEAD + b"X-A: " + b"b" * 200_000 + b"\r\n\r\n"),
        "two lengths": says(
            HEAD + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{} "
        ),
    }
)
rows(e.APITimeoutError, True, options=SLOW)(
    {
        "no answer": hangs(),
        "no end of headers": hangs(HEAD),
        "no end of body": hangs(reply(200, b"{", length=99)),
    }
)
rows(e.NotFoundError, False)(
    {"no end of an error": drips(reply(404, b"{", length=99), b" ")}
)
rows(e.APITimeoutError, True)(
    {
        "slow headers": drips(HEAD + b"X-A: ", b"b"),
        "slow body": drips(reply(200, b"{", length=9999), b" "),
        "slow chunks": drips(CHUNKED, b"1\r\n \r\n"),
    }
)
rows(e.APITimeoutError, True, options={"total_timeout": 3})(
    {"no answer in the total time": hangs()}
)

# Bodies of a success.
rows(e.ResponseDecodeError, True)(
    {
        "reset in the body": resets(reply(200, b"{", length=99)),
        "a bad chunk": says(CHUNKED + b"zz\r\n{}\r\n"),
        "truncated by length": says(reply(200, DONE, length=999)),
        "truncated in chunks": says(CHUNKED + b"2\r\n{}\r\n"),
        "truncated gzip": says(reply(200, PACKED[:-9], GZIP)),
        "gzip with more behind": says(reply(200, PACKED + b"more", GZIP)),
        "gzip that is none": says(reply(200, DONE, GZIP)),
        "gzip bomb": says(reply(200, gzip.compress(b" " * 9_000_000), GZIP)),
        "larger than the cap": says(reply(200, b" " * 9_000_000)),
        "an encoding not asked for": says(reply(200, DONE, "Content-Encoding: br")),
        "unusable success echoes": echoes(200, "text"),
    }
)
UNUSABLE = {
    "empty": b"",
    "HTML": b"<html>It works</html>",
    "null": b"null",
    "number": b"42",
    "string": b'"done"',
    "list of pairs": b'[["message", "done"]]',
    "a string where an object belongs": b'{"data": {"model_config": "s3ntinel-Zq9"}}',
    "a string where a list belongs": b'{"data": {"model_config": {"tools": "abc"}}}',
    "a number among objects": b'{"data": {"model_config": {"tools": [{}, 5]}}}',
    "null among objects": b'{"data": {"model_config": {"tools": [null]}}}',
    "deep nesting": b'{"a":' * 5000 + b"1" + b"}" * 5000,
    "5,000-digit number": b'{"data": {"model_id": ' + b"9" * 5000 + b"}}",
    "invalid UTF-8": b'{"message": "\xff\xfe"}',
    "UTF-16": '{"message": "done"}'.encode("utf-16"),
    "NaN": b'{"data": {"model_id": NaN}}',
    "more than one value": b"{} {}",
}
USABLE = {
    "{}": b"{}",
    "BOM": b"\xef\xbb\xbf" + DONE,
    "unknown enum": b'{"data": {"testing_for": "submarines"}}',
    "unknown fields": b'{"brand": {"new": [1]}, "data": {"also": "new"}}',
    "nulls": b'{"message": null, "data": {"model_config": null, "model_id": null}}',
    "missing required": b'{"data": {"model_config": {}}}',
    "half a surrogate pair": b'{"message": "\\ud800", "data": {"certifications": []}}',
    "dates": b'{"data": {"created_at": "2024-10-15t17:22:47z", "updated_at": "2024-10-15T24:00:00Z"}}',
    "invalid dates": b'{"data": {"created_at": "yesterday", "updated_at": 5}}',
    "dates out of range": b'{"data": {"created_at": "9999-12-31T24:00:00Z", "updated_at": ""}}',
}
for outcome, bodies in ((e.ResponseDecodeError, UNUSABLE), (None, USABLE)):
    rows(outcome, True)({f"200 {n}": says(reply(200, b)) for n, b in bodies.items()})
rows(None, False)(
    {
        "slow but in time": says(HEAD, slowly),
        "informational first": says(b"HTTP/1.1 103 Early\r\n\r\n" + reply(200, DONE)),
        "whole gzip": says(reply(200, PACKED, GZIP)),
        "chunked": says(CHUNKED + b"2\r\n{}\r\n0\r\n\r\n"),
        "until the end of the connection": says(HEAD + b"\r\n" + DONE),
        "success echoes": echoes(200, "json"),
        "success echoes a container of the wrong kind": echoes(200, "nested"),
    }
)

# Statuses, and bodies of errors.
ELSEWHERE = "Location: http://127.0.0.1:9/elsewhere"
for error, may, statuses in (
    (e.APIStatusError, True, (201, 204, 299, 408, 499, 600, 999)),
    (e.APIStatusError, True, (300, 301, 302, 303, 305)),
    (e.APIStatusError, False, (304, 307, 308, 402, 405, 410)),
    (e.BadRequestError, False, [400]),
    (e.AuthenticationError, False, [401]),
    (e.PermissionDeniedError, False, [403]),
    (e.NotFoundError, False, [404]),
    (e.ConflictError, False, [409]),
    (e.UnprocessableEntityError, False, [422]),
    (e.InternalServerError, True, (500, 502, 503, 504, 520, 599)),
):
    rows(error, may, options={"max_retries": 2})(
        {f"status {s}": says(reply(s, b"", ELSEWHERE)) for s in statuses}
    )
rows(e.InternalServerError, True)(
    {"reset in the body of an error": resets(reply(500, b"{", length=99))}
)
rows(e.BadRequestError, False)(
    {
        "truncated gzip of an error": says(reply(400, PACKED[:-9], GZIP)),
        "error body list": says(reply(400, b'["bad"]')),
        "error body binary": says(reply(400, bytes(range(256)))),
        "error body larger than the cap": says(reply(400, b"x" * 9_000_000)),
        "error body deep": says(reply(400, b"[" * 5000 + b"]" * 5000)),
        **{f"error echoes as {k}": echoes(400, k) for k in ("json", "nested", "text")},
    }
)

# Retries of what was certainly not applied, or is asked for.
TWICE = {"max_retries": 2, "total_timeout": 9999.0}
for name, header, slept in (
    ("none", "X-A: b", None),
    ("seconds", "Retry-After: 7", [7.0, 7.0]),
    ("zero", "Retry-After: 0", [0.0, 0.0]),
    ("milliseconds", "Retry-After-Ms: 1500", [1.5, 1.5]),
    ("a past date", f"Retry-After: {formatdate(9, usegmt=True)}", [0.0, 0.0]),
    ("garbage", "Retry-After: soon", None),
    ("negative", "Retry-After: -5", None),
    ("infinite", "Retry-After: inf", None),
    ("of the longest time", "Retry-After: 60", [60.0, 60.0]),
    ("too long", "Retry-After: 61", []),
    ("far too long", "Retry-After: " + "9" * 500, []),
    ("a far date", "Retry-After: Fri, 31 Dec 9999 23:59:59 GMT", []),
):
    number = 1 if slept == [] else 3
    rows(e.RateLimitError, False, number, slept, options=TWICE)(
        {f"429 Retry-After {name}": keeps(reply(429, b"{}", header))}
    )
rows(e.RateLimitError, False, 1, [], options={"max_retries": 2, "total_timeout": 8.0})(
    {"429, with no time left to wait": keeps(reply(429, b"{}", "Retry-After: 9"))}
)
rows(e.APITimeoutError, True, 2, options={"max_retries": 2, "total_timeout": 100.0})(
    {"429, then no time left": then(after(60, STATUS_429), drips(HEAD, b"X"))}
)
rows(e.RateLimitError, False, 1, [])({"429, retries turned off": STATUS_429})
BUSY = keeps(reply(503, b"{}", "Retry-After: 1"))
rows(e.InternalServerError, True, 3, [1.0, 1.0], options=TWICE)(
    {"503 with Retry-After": BUSY}
)
rows(None, False, 2, options=TWICE)(
    {
        "503 with Retry-After, then success": then(BUSY, FINE),
        "429, then success": then(STATUS_429, FINE),
    }
)
rows(e.OutcomeUnknownError, True, 2, options=TWICE)(
    {
        "503 with Retry-After, then 404": then(BUSY, keeps(reply(404))),
        "429, then no answer": then(STATUS_429, LOST),
    }
)
rows(e.UnprocessableEntityError, True, 2, options=TWICE)(
    {"503 with Retry-After, then 422": then(BUSY, keeps(reply(422)))}
)

# Retries of what may have been applied: nobody is told that nothing happened.
AGAIN: Any = {"arguments": {"retry_ambiguous": True}, "options": TWICE}
rows(None, False, 2, **AGAIN)(
    {
        "closed, asked to retry": then(LOST, FINE),
        "reset, asked to retry": then(resets(), FINE),
        "reset halfway, asked to retry": then(resets(b"HTTP/1.1 "), FINE),
        "500, asked to retry": then(keeps(reply(500)), FINE),
        "408, asked to retry": then(keeps(reply(408)), FINE),
    }
)
patient = {**TWICE, "timeout": httpx.Timeout(5.0, read=2.0)}
rows(None, False, 2, arguments=AGAIN["arguments"], options=patient)(
    {"no answer, asked to retry": then(hangs(), FINE)}
)
rows(e.OutcomeUnknownError, True, 2, **AGAIN)(
    {f"lost, then {s}": then(LOST, keeps(reply(s))) for s in (404, 409)}
)
rows(e.BadRequestError, True, 2, **AGAIN)(
    {"lost, then 400": then(LOST, keeps(reply(400)))}
)
rows(e.OutcomeUnknownError, True, 3, **AGAIN)({"always lost": LOST})
rows(e.InternalServerError, True, 3, **AGAIN)({"always 500": keeps(reply(500))})
rows(e.APITimeoutError, True, **AGAIN)({"no time left to retry": drips(HEAD, b"X")})
for renaming in ({"current_name": "Old"}, {"current_version": "v0"}):
    rows(e.OutcomeUnknownError, True, arguments=renaming, options=TWICE)(
        {f"a rename that is lost, {[*renaming]}": LOST}
    )
    both = {**AGAIN["arguments"], **renaming}
    rows(e.InvalidRequestError, False, 0, arguments=both, options=TWICE)(
        {f"a rename, asked to retry, {[*renaming]}": LOST}
    )
same = {"retry_ambiguous": True, "current_name": "Test Model", "current_version": "v1"}
rows(None, False, 2, arguments=same, options=TWICE)(
    {"the name of the request is no rename": then(LOST, FINE)}
)


# What the message of some says.
WORDS = {
    "no answer": "came in time (the read timeout of 0.5 s ran out). The change",
    "no answer in the total time": "(the total timeout of 3 s ran out). The change",
    "closed without an answer": f"{OPERATION}: the answer was lost (",
    "larger than the cap": "it is larger than 8388608 bytes; client.stream",
    "gzip bomb": "it is larger than 8388608 bytes",
    "200 list of pairs": ": the content: expected object. ",
    "200 null": ": the content: expected object. ",
    "200 a string where an object belongs": ": data.model_config: expected",
    "200 a number among objects": ": data.model_config.tools[1]: expected",
}


@pytest.mark.parametrize("name", ROWS)
def test_each_fault_becomes_the_right_error_and_shows_no_secret(
    name: str, driver: Driver
) -> None:
    row = ROWS[name]
    if "deep" in name:
        # The finalizers of what other tests left could not run at the bottom of a recursion.
        gc.collect()
    with serving(row.serve, early=row.early) as server:
        outcome = driver.call(server.url, arguments=row.arguments, **row.options)
    if row.error is None:
        assert outcome.error is None
        assert isinstance(outcome.result, ModifyModelResponseObject)
    else:
        error = outcome.error
        assert type(error) is row.error
        assert WORDS.get(name, "") in str(error)
        assert error.may_have_been_applied is row.may
        assert error.attempts == max(row.requests, row.early)
        for again in (pickle.loads(pickle.dumps(error)), copy.deepcopy(error)):
            assert type(again) is row.error
            assert (str(again), repr(vars(again))) == (str(error), repr(vars(error)))
    if isinstance(outcome.error, e.OutcomeUnknownError):
        assert str(outcome.error).endswith("check before you repeat the call.")
    assert len(server.requests) == row.requests
    assert len({*server.requests}) <= 1  # the same bytes on every attempt
    if row.slept is not None:
        # A pause that is asked for gets a tenth longer at random.
        pairs = zip(outcome.slept, row.slept, strict=True)
        assert all(asked <= slept <= 1.1 * asked for slept, asked in pairs)
    assert SENTINEL not in outcome.words()


def test_changing_the_request_during_the_call_changes_nothing_that_is_sent(
    driver: Driver,
) -> None:
    request = copy.deepcopy(REQUEST)

    def change(connection: Connection, number: int) -> bool | None:
        request["model_config"]["model_provider"] = "changed"
        request.clear()
        return STATUS_429(connection, number)

    with serving(then(change, FINE)) as server:
        assert driver.call(server.url, request, max_retries=1).error is None
    assert server.requests[0] == server.requests[1]


def test_an_unreachable_service_after_a_lost_answer_proves_nothing(
    driver: Driver,
) -> None:
    def lose_and_stop_listening(connection: Connection, number: int) -> None:
        server.stop_listening()

    with serving(lose_and_stop_listening) as server:
        outcome = driver.call(server.url, arguments=AGAIN["arguments"], max_retries=1)
    assert type(outcome.error) is e.OutcomeUnknownError
    assert outcome.error.may_have_been_applied


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422, 500])
def test_class_defaults_are_true_for_a_rebuilt_error(status: int) -> None:
    row: Any = ROWS[f"status {status}"]
    assert issubclass(row.error, e.APIStatusError)
    assert row.error().status_code == row.error("message").status_code == status
    assert row.error().may_have_been_applied is row.may


@pytest.mark.parametrize(
    ("serve", "words"),
    [
        (
            says(reply(200, DONE, length=999)),
            "it ends early: the connection was closed.",
        ),
        (says(CHUNKED + b"2\r\n{}\r\n"), "it ends early: the connection was closed."),
        (says(CHUNKED + b"zz\r\n{}\r\n"), "what it says is not HTTP/1.1."),
        (says(HEAD + b"X-A"), "the answer was lost (the connection was closed)."),
        (
            says(b"SSH-2.0-x\r\n"),
            "(what it says is not HTTP/1.1; check host and port).",
        ),
    ],
)
def test_an_answer_that_breaks_off_is_told_from_one_that_is_not_http(
    server: Server, driver: Driver, serve: Serve, words: str
) -> None:
    server.serve = serve
    assert words in str(driver.call(server.url).error)
