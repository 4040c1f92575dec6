"""An answer belongs to the call that asked for it: what a service leaves on a connection reaches no other call."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Callable
from typing import Any

import pytest

from enkrypt_api_client import EnkryptError
from tests.runtime import kinds
from tests.runtime.drivers import REQUEST, Driver
from tests.runtime.loopback import (
    DONE,
    Connection,
    Server,
    certificate,
    keeps,
    reply,
    says,
    serving,
    then,
)


def request_about(name: str) -> dict[str, Any]:
    return {**REQUEST, "model_saved_name": name}


def name_in(connection: Connection) -> str:
    name: str = json.loads(connection.body)["model_saved_name"]
    return name


def answer_about(name: str, *headers: str, status: int = 200) -> bytes:
    return reply(status, json.dumps({"message": name}).encode(), *headers)


def answers(connection: Connection, number: int) -> bool:
    """Answer with the name that the request is about."""
    connection.sock.sendall(answer_about(name_in(connection)))
    return True


def first(behaviour: Callable[[Connection], object]) -> Any:
    """Misbehave on the first request, in any way, and answer well from then on."""

    def serve(connection: Connection, number: int) -> bool:
        if number == 1:
            behaviour(connection)
            return True
        return answers(connection, number)

    return serve


def outcomes(driver: Driver, client: Any, count: int) -> list[str]:
    """The message of each of several calls in a row, or the class of its error."""
    messages = []
    for number in range(count):
        try:
            result = driver.wait(client.modify_model(request_about(f"model {number}")))
            messages.append(result.message)
        except EnkryptError as error:
            messages.append(type(error).__name__)
    return messages


LEFT_OVER = {
    "a whole second answer": answer_about("stranger"),
    "the head of one": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n",
    "a comment of a proxy": b"<!-- via proxy 7 -->",
    "an informational answer": b"HTTP/1.1 103 Early Hints\r\n\r\n",
    "a line end": b"\r\n",
    "one byte": b"\0",
}


@pytest.mark.parametrize("left_over", LEFT_OVER.values(), ids=LEFT_OVER)
def test_bytes_behind_an_answer_reach_no_other_call(
    server: Server, driver: Driver, left_over: bytes
) -> None:
    def behaves(connection: Connection) -> None:
        connection.sock.sendall(answer_about(name_in(connection)) + left_over)

    server.serve = first(behaves)
    with driver.client(server.url) as client:
        messages = outcomes(driver, client, 4)
    assert messages == ["model 0", "model 1", "model 2", "model 3"]
    assert len(server.requests) == 4
    assert len(server.sockets) == 2


@pytest.mark.parametrize("left_over", LEFT_OVER.values(), ids=LEFT_OVER)
def test_bytes_behind_a_chunked_answer_reach_no_other_call(
    server: Server, driver: Driver, left_over: bytes
) -> None:
    def behaves(connection: Connection) -> None:
        content = json.dumps({"message": name_in(connection)}).encode()
        head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        body = b"%x\r\n%s\r\n0\r\n\r\n" % (len(content), content)
        connection.sock.sendall(head + body + left_over)

    server.serve = first(behaves)
    with driver.client(server.url) as client:
        messages = outcomes(driver, client, 3)
    assert messages == ["model 0", "model 1", "model 2"]
    assert len(server.sockets) == 2


def test_bytes_that_come_while_a_connection_is_idle_reach_no_other_call(
    server: Server, driver: Driver
) -> None:
    late = threading.Event()
    sent = threading.Event()

    def behaves(connection: Connection) -> None:
        connection.sock.sendall(answer_about(name_in(connection)))

        def send_more() -> None:
            late.wait(20)
            connection.sock.sendall(answer_about("stranger"))
            sent.set()

        threading.Thread(target=send_more, daemon=True).start()

    server.serve = first(behaves)
    with driver.client(server.url) as client:
        assert outcomes(driver, client, 1) == ["model 0"]
        late.set()
        assert sent.wait(20)
        assert outcomes(driver, client, 2) == ["model 0", "model 1"]
    assert len(server.requests) == 3


@pytest.mark.parametrize("status", [204, 304])
def test_a_body_where_none_may_be_reaches_no_other_call(
    server: Server, driver: Driver, status: int
) -> None:
    def behaves(connection: Connection) -> None:
        connection.sock.sendall(reply(status, b'{"message": 1}'))

    server.serve = first(behaves)
    with driver.client(server.url) as client:
        messages = outcomes(driver, client, 3)
    assert messages == ["APIStatusError", "model 1", "model 2"]
    assert len(server.sockets) == 2


@pytest.mark.parametrize("status", [204, 304])
@pytest.mark.parametrize("header", ["Content-Length: 14", "Transfer-Encoding: chunked"])
def test_a_connection_is_closed_after_an_answer_that_announces_a_body_where_none_may_be(
    server: Server, driver: Driver, status: int, header: str
) -> None:
    head = f"HTTP/1.1 {status} Whatever\r\n{header}\r\n\r\n".encode()
    server.serve = first(lambda connection: connection.sock.sendall(head))
    with driver.client(server.url) as client:
        messages = outcomes(driver, client, 2)
    assert messages == ["APIStatusError", "model 1"]
    assert len(server.sockets) == 2


def test_a_connection_is_closed_after_an_answer_with_both_lengths(
    server: Server, driver: Driver
) -> None:
    def behaves(connection: Connection) -> None:
        content = json.dumps({"message": name_in(connection)}).encode()
        chunk = b"%x\r\n%s\r\n0\r\n\r\n" % (len(content), content)
        head = f"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: {len(chunk)}\r\n\r\n"
        connection.sock.sendall(head.encode() + chunk)

    server.serve = first(behaves)
    with driver.client(server.url) as client:
        messages = outcomes(driver, client, 2)
    assert messages == ["model 0", "model 1"]
    assert len(server.sockets) == 2


@pytest.mark.parametrize(
    "answer",
    [
        answer_about("model 0", "Connection: close"),
        answer_about("model 0").replace(b"HTTP/1.1", b"HTTP/1.0"),
    ],
    ids=["it announces to close", "HTTP/1.0"],
)
def test_a_service_that_does_not_keep_connections_is_no_fault(
    server: Server, driver: Driver, answer: bytes
) -> None:
    server.serve = keeps(answer)
    with driver.client(server.url) as client:
        assert outcomes(driver, client, 3) == ["model 0"] * 3
    assert len(server.sockets) == 3


def test_a_service_that_closes_idle_connections_is_no_fault(
    server: Server, driver: Driver
) -> None:
    server.serve = says(answer_about("model 0"))
    with driver.client(server.url) as client:
        for _ in range(3):
            assert outcomes(driver, client, 1) == ["model 0"]
            server.threads[-1].join(20)  # then it has closed
    assert len(server.sockets) == 3


def test_a_connection_is_used_again_after_a_clean_answer(
    server: Server, driver: Driver
) -> None:
    server.serve = then(answers)
    with driver.client(server.url) as client:
        assert outcomes(driver, client, 3) == ["model 0", "model 1", "model 2"]
    assert len(server.sockets) == 1


@pytest.mark.parametrize(
    ("announced", "connections"),
    [
        ("timeout=1", 3),
        ("timeout=0, max=100", 3),
        ('max=0, timeout="60"', 3),
        ("timeout=60, max=1", 1),
        ("timeout", 1),
    ],
)
def test_a_connection_is_given_up_before_the_service_closes_it(
    server: Server, driver: Driver, announced: str, connections: int
) -> None:
    server.serve = keeps(reply(200, DONE, f"Keep-Alive: {announced}"))
    with driver.client(server.url) as client:
        for _ in range(3):
            driver.wait(client.modify_model(REQUEST))
    assert len(server.sockets) == connections


class SlowSource:
    """A source that gives a little, and the rest when something has happened."""

    def __init__(self, happens: Callable[[], object]) -> None:
        self.happens = happens
        self.pieces = [b"first", b"second", b""]

    def read(self, size: int = -1) -> bytes:
        if len(self.pieces) == 2:
            self.happens()
        return self.pieces.pop(0)


def test_an_answer_that_comes_before_its_request_is_not_its_answer(
    server: Server, driver: Driver, package: Any
) -> None:
    """The stray answer comes while the body is read from a slow source: nothing was sent when it came, and the error says so."""
    operation = kinds.module(f"{kinds.NAME}.api.bodies.put_blob")
    content_type = "Content-Type: application/octet-stream"
    server.serve = keeps(reply(200, b"own", content_type))

    def stray_answer_comes() -> None:
        server.sockets[0].sendall(reply(200, b"stranger", content_type))

    with driver.client(server.url, package) as client:
        driver.wait(client.call(operation, body=b"x"))
        source = SlowSource(stray_answer_comes)
        with pytest.raises(package.APIConnectionError) as caught:
            driver.wait(client.call(operation, body=source))
        assert not caught.value.may_have_been_applied
        assert driver.wait(client.call(operation, body=b"x")) == b"own"
    assert len(server.requests) == 2


def test_a_service_that_refuses_a_client_without_a_certificate_says_why(
    driver: Driver, package: Any
) -> None:
    """In TLS 1.3, its refusal comes after the handshake: here while the body is read from a slow source."""
    authority, context = certificate("localhost")
    context.verify_mode = ssl.CERT_REQUIRED
    own = ssl.create_default_context()
    authority.configure_trust(own)
    operation = kinds.module(f"{kinds.NAME}.api.bodies.put_blob")
    with serving(says(b""), context=context) as server:
        url = f"https://localhost:{server.port}"
        with driver.client(url, package, ssl_context=own) as client:
            source = SlowSource(lambda: server.threads[-1].join(20))
            with pytest.raises(package.APIConnectionError) as caught:
                driver.wait(client.call(operation, body=source))
    assert "CERTIFICATE_REQUIRED" in str(caught.value)
    told = "it wants a client certificate: load one into ssl_context= (load_cert_chain)"
    assert told in str(caught.value)
    assert not caught.value.may_have_been_applied
