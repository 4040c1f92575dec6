"""Requests that the document does not describe, and results with status and headers."""

from __future__ import annotations

import json
from typing import Any

import pytest

import enkrypt_api_client as e
from tests.required import config_fields, config_with, modify_model
from tests.runtime.drivers import REQUEST, SENTINEL, Driver
from tests.runtime.loopback import DONE, Connection, Server, keeps, reply

NAMES = {"x_enkrypt_model": "Test Model", "x_enkrypt_model_version": "v1"}


def test_call_detailed_returns_status_headers_request_id_and_result(
    server: Server, driver: Driver
) -> None:
    server.serve = keeps(reply(200, DONE, "X-Request-Id: r-1", "X-Left: 4"))

    response = driver.use(
        server.url, lambda c: c.call_detailed(modify_model, body=REQUEST, **NAMES)
    )

    assert response.status_code == 200
    assert response.headers["x-left"] == "4"
    assert response.request_id == "r-1"
    assert response.parsed.message == "done"
    assert response.content == DONE


def test_an_undocumented_request_has_the_key_and_what_the_caller_gives(
    server: Server, driver: Driver
) -> None:
    received: list[Connection] = []

    def serve(connection: Connection, number: int) -> bool | None:
        received.append(connection)
        body = b'{"models": [1]}'
        connection.sock.sendall(reply(200, body, "Content-Type: application/json"))
        return None

    server.serve = serve

    response = driver.use(
        f"{server.url}/prefix",
        lambda c: c.request(
            "post",
            "/models/find%20all",
            query={"page": 2, "tag": ["a b", "c&d"], "left_out": None},
            body=config_with(rate_per_min=7),
            headers={"X-Team": "red"},
        ),
    )

    (connection,) = received
    assert connection.head.splitlines()[0] == (
        b"POST /prefix/models/find%20all?page=2&tag=a%20b&tag=c%26d HTTP/1.1"
    )
    headers = connection.headers()
    assert headers["apikey"] == SENTINEL
    assert headers["x-team"] == "red"
    assert headers["content-type"] == "application/json"
    assert json.loads(connection.body) == config_fields(rate_per_min=7)
    assert response.parsed == {"models": [1]}


@pytest.mark.parametrize(
    ("content_type", "content", "parsed"),
    [
        ("application/problem+json", b"[1]", [1]),
        ("text/plain; charset=iso-8859-1", b"caf\xe9", "café"),
        ("application/zip", b"PK\xff", b"PK\xff"),
        ("application/json", b"", None),
    ],
)
def test_an_undocumented_response_is_read_by_its_media_type(
    server: Server, driver: Driver, content_type: str, content: bytes, parsed: Any
) -> None:
    server.serve = keeps(reply(200, content, f"Content-Type: {content_type}"))

    response = driver.use(server.url, lambda c: c.request("GET", "/anything"))

    assert response.parsed == parsed


def test_an_undocumented_request_fails_with_the_errors_of_every_call(
    server: Server, driver: Driver
) -> None:
    server.serve = keeps(reply(404, b'{"message": "no such thing"}'))

    with pytest.raises(
        e.NotFoundError, match=r"GET /anything: .*no such thing"
    ) as caught:
        driver.use(f"{server.url}/v2", lambda c: c.request("GET", "/anything"))

    advice = f"Check the path, and base_url, which is {server.url}/v2."
    assert str(caught.value).endswith(f"Nothing was changed. {advice}")


@pytest.mark.parametrize(
    ("method", "path", "arguments", "message"),
    [
        ("GET /", "/a", {}, "method must be"),
        ("GET", "a", {}, "path must begin with /"),
        ("GET", "/a b", {}, "percent-encoded"),
        ("GET", "/a\r\nX-Evil: 1", {}, "percent-encoded"),
        ("GET", "//evil.example/a", {}, "segments"),
        ("GET", "/a/../b", {}, "segments"),
        ("GET", "/a/%2E%2e/b", {}, "segments"),
        ("GET", "/a?b=1", {}, "query="),
        ("GET", "/a", {"query": ["b"]}, "query must be a mapping"),
        ("GET", "/a", {"query": {"b": b"x"}}, "query parameter b can't be sent"),
        ("GET", "/a", {"query": {"b": "\ud800"}}, "query parameter b can't be sent"),
        (
            "GET",
            "/a",
            {"query": {"b": {"c": 1}}},
            "query parameter b can't be sent.*plain",
        ),
        (
            "GET",
            "/a",
            {"query": {"b": [[1], [2]]}},
            "query parameter b can't be sent.*plain",
        ),
        ("GET", "https://evil.example/a", {}, "path must begin with /"),
        ("POST", "/a", {"body": b"x"}, "Content-Type"),
        ("POST", "/a", {"body": object()}, "can't be written as JSON"),
        ("POST", "/a", {"headers": {"apikey": "other"}}, "^headers must not"),
        ("POST", "/a", {"headers": ["b"]}, "^headers must be a mapping"),
    ],
)
def test_an_undocumented_request_that_leads_elsewhere_is_refused(
    server: Server, driver: Driver, method: str, path: str, arguments: Any, message: str
) -> None:
    with pytest.raises(e.EnkryptError, match=message):
        driver.use(server.url, lambda c: c.request(method, path, **arguments))

    assert server.requests == []


def test_no_string_of_an_undocumented_body_is_shown(
    server: Server, driver: Driver
) -> None:
    server.serve = keeps(reply(400, b'{"message": "bad planted-secret-1"}'))

    with pytest.raises(e.BadRequestError) as caught:
        driver.use(
            server.url,
            lambda c: c.request("POST", "/a", body={"token": "planted-secret-1"}),
        )

    assert "planted-secret-1" not in str(caught.value)
    assert "planted-secret-1" not in repr(caught.value.body)
