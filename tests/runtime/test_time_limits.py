"""The total timeout covers everything that a call does: names, addresses, waiting, sending, receiving, a caller's own source."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from enkrypt_api_client import (
    APIConnectionError,
    APITimeoutError,
    AsyncEnkryptClient,
    EnkryptError,
)
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

ANSWERS = keeps(reply(200, DONE))
# Seconds within which a call with a total timeout of 1 s must be over, on a busy machine.
SOON = 6.0


class Stopwatch:
    def __init__(self) -> None:
        self.started_at = time.monotonic()

    def seconds(self) -> float:
        return time.monotonic() - self.started_at


@pytest.fixture
def release() -> Iterator[threading.Event]:
    """Is set when the test is over: what blocks until then can go on."""
    event = threading.Event()
    yield event
    event.set()


class Releases:
    """Sets an event when it is closed: before the server waits for whoever waits for it."""

    def __init__(self, event: threading.Event) -> None:
        self.close = event.set


def test_resolving_a_name_counts(
    driver: Driver, release: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolve = socket.getaddrinfo

    def slow(*arguments: Any, **named: Any) -> Any:
        release.wait(20)
        return resolve(*arguments, **named)

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    watch = Stopwatch()
    outcome = driver.call("https://models.invalid", total_timeout=1)
    assert watch.seconds() < SOON
    assert type(outcome.error) is APIConnectionError
    assert not outcome.error.may_have_been_applied
    assert "the total timeout of 1 s ran out" in str(outcome.error)


def resolves_to(monkeypatch: pytest.MonkeyPatch, *addresses: tuple[str, int]) -> None:
    found = [
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", address) for address in addresses
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)


@contextlib.contextmanager
def deaf_port() -> Iterator[int]:
    """A port that accepts no connection and refuses none."""
    with (
        socket.create_server(("127.0.0.1", 0), backlog=0) as full,
        contextlib.ExitStack() as fillers,
    ):
        for _ in range(4):
            filler = fillers.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex(full.getsockname())
        yield full.getsockname()[1]


def test_all_addresses_of_a_host_share_the_time(
    driver: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    with deaf_port() as port:
        resolves_to(monkeypatch, *[("127.0.0.1", port)] * 8)
        watch = Stopwatch()
        outcome = driver.call(
            "http://many.invalid", total_timeout=1, allow_insecure_http=True
        )
    assert watch.seconds() < SOON
    assert type(outcome.error) is APIConnectionError
    assert "the total timeout of 1 s ran out" in str(outcome.error)


def test_an_address_that_does_not_answer_holds_nobody_up(
    driver: Driver, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    with deaf_port() as port:
        resolves_to(
            monkeypatch,
            ("127.0.0.1", port),
            ("127.0.0.1", 1),  # refuses
            ("127.0.0.1", server.port),
        )
        watch = Stopwatch()
        outcome = driver.call("http://some.invalid", allow_insecure_http=True)
    assert outcome.error is None
    assert watch.seconds() < SOON


def test_waiting_for_a_connection_counts(
    driver: Driver, release: threading.Event
) -> None:
    arrived = threading.Event()

    def holds(connection: Connection, number: int) -> None:
        arrived.set()
        release.wait(20)

    async def call_two(client: Any) -> Any:
        first = asyncio.ensure_future(client.modify_model(REQUEST))
        await asyncio.to_thread(arrived.wait, 20)
        view = client.with_options(total_timeout=1)
        try:
            return await view.modify_model(REQUEST)
        finally:
            first.cancel()

    def call_two_in_threads(client: Any) -> Any:
        def call() -> None:
            with contextlib.suppress(EnkryptError):
                client.modify_model(REQUEST)

        threading.Thread(target=call, daemon=True).start()
        arrived.wait(20)
        return client.with_options(total_timeout=1).modify_model(REQUEST)

    watch = Stopwatch()
    work = call_two if driver.prefix else call_two_in_threads
    with (
        serving(holds) as server,
        pytest.raises(
            APIConnectionError, match="no connection became free: the total"
        ) as caught,
        contextlib.closing(Releases(release)),
    ):
        driver.use(server.url, work, max_connections=1)
    assert watch.seconds() < SOON
    assert not caught.value.may_have_been_applied


def steadily(received: list[int], rate: int, size: int) -> Any:
    """Read a body at so many bytes a second, then answer."""

    def serve(connection: Connection, number: int) -> None:
        while sum(received) < size:
            data = connection.sock.recv(rate // 20)
            if not data:
                return
            received.append(len(data))
            time.sleep(0.05)
        connection.sock.sendall(
            reply(200, b"done", "Content-Type: application/octet-stream")
        )

    return serve


@pytest.mark.parametrize("as_file", [False, True])
def test_an_upload_that_is_read_slowly_but_steadily_succeeds(
    driver: Driver, package: Any, as_file: bool, tmp_path: Any
) -> None:
    """The write timeout is for one piece, not for the body."""
    size = 12_000_000
    received: list[int] = []
    content: Any = b"x" * size
    if as_file:
        path = tmp_path / "upload"
        path.write_bytes(content)
        content = path
    operation = kinds.module(f"{kinds.NAME}.api.bodies.put_blob")
    with (
        serving(steadily(received, 4_000_000, size), early=True) as server,
        driver.client(server.url, package, timeout=2.0, total_timeout=60) as client,
    ):
        assert driver.wait(client.call(operation, body=content)) == b"done"
    assert sum(received) >= size


class BlockingSource:
    """A source that gives a little, and then blocks."""

    def __init__(self, release: threading.Event) -> None:
        self.release = release
        self.pieces = 0

    def read(self, size: int = -1) -> bytes:
        self.pieces += 1
        if self.pieces > 2:
            self.release.wait(20)
            return b""
        return b"a little"


@pytest.mark.parametrize("own", [False, True], ids=["our connections", "own client"])
def test_a_source_that_blocks_holds_nobody_up(
    driver: Driver, package: Any, server: Server, release: threading.Event, own: bool
) -> None:
    operation = kinds.module(f"{kinds.NAME}.api.bodies.put_blob")
    http_client = driver.http_client() if own else None
    options: Any = {"total_timeout": 1, "http_client": http_client}
    watch = Stopwatch()
    source = BlockingSource(release)
    with (
        driver.client(server.url, package, **options) as client,
        pytest.raises(package.EnkryptError, match="the total timeout of 1 s ran out"),
    ):
        driver.wait(client.call(operation, body=source))
    assert watch.seconds() < SOON


class Failing:
    """A source whose reading fails after a while."""

    def __init__(self, error: BaseException, good_pieces: int) -> None:
        self.error = error
        self.good_pieces = good_pieces

    def read(self, size: int = -1) -> bytes:
        if self.good_pieces == 0:
            raise self.error
        self.good_pieces -= 1
        return b"x" * 40_000


@pytest.mark.parametrize("good_pieces", [0, 1, 5])
@pytest.mark.parametrize(
    "error",
    [OSError("broken"), TimeoutError("slow"), UnicodeError("odd"), KeyError("k")],
    ids=lambda error: type(error).__name__,
)
def test_what_a_callers_source_raises_passes_through_and_nothing_is_retried(
    driver: Driver, package: Any, error: Exception, good_pieces: int
) -> None:
    operation = kinds.module(f"{kinds.NAME}.api.bodies.put_blob")
    answer = reply(200, b"x", "Content-Type: application/octet-stream")
    with (
        serving(keeps(answer)) as server,
        driver.client(server.url, package, max_retries=2) as client,
    ):
        source = Failing(error, good_pieces)
        with pytest.raises(type(error)) as caught:
            driver.wait(client.call(operation, body=source))
        assert caught.value is error
        assert driver.wait(client.call(operation, body=b"next")) == b"x"
    assert driver.slept == []


REFUSAL = reply(413, b'{"message": "too large"}')


@pytest.mark.parametrize("closes", [False, True])
@pytest.mark.parametrize("tls", [False, True], ids=["plain", "TLS"])
def test_a_refusal_while_sending_is_read_at_once(
    driver: Driver,
    package: Any,
    release: threading.Event,
    closes: bool,
    tls: bool,
    tmp_path: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whether the service then reads on, closes the connection or does nothing at all."""
    context = None
    if tls:
        authority, context = certificate("localhost")
        authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))

    def refuses(connection: Connection, number: int) -> None:
        connection.sock.recv(100)
        connection.sock.sendall(REFUSAL)
        if not closes:
            release.wait(20)
        connection.sock.close()

    operation = kinds.module(f"{kinds.NAME}.api.bodies.put_blob")
    watch = Stopwatch()
    with serving(refuses, context=context, early=True) as server:
        scheme = "https" if tls else "http"
        url = f"{scheme}://localhost:{server.port}"
        options: Any = {"timeout": 15.0, "total_timeout": 30}
        with (
            driver.client(url, package, **options) as client,
            pytest.raises(package.APIStatusError) as caught,
        ):
            driver.wait(client.call(operation, body=b"x" * 30_000_000))
        release.set()
    assert caught.value.status_code == 413
    assert not caught.value.may_have_been_applied
    assert watch.seconds() < SOON


def test_informational_answers_while_sending_do_not_stop_an_upload(
    driver: Driver, package: Any
) -> None:
    size = 3_000_000
    received: list[int] = []

    def serve(connection: Connection, number: int) -> None:
        received.append(len(connection.sock.recv(100)))
        for _ in range(3):
            connection.sock.sendall(b"HTTP/1.1 102 Processing\r\n\r\n")
        steadily(received, 100_000_000, size)(connection, number)

    operation = kinds.module(f"{kinds.NAME}.api.bodies.put_blob")
    with (
        serving(serve, early=True) as server,
        driver.client(server.url, package) as client,
    ):
        assert driver.wait(client.call(operation, body=b"x" * size)) == b"done"


HANDSHAKES = {
    "closed at once": lambda sock: None,
    "closed after the hello": lambda sock: sock.recv(10_000),
    "reset": lambda sock: Connection(sock).reset(),
}


@pytest.mark.parametrize("behaviour", HANDSHAKES.values(), ids=HANDSHAKES)
def test_a_handshake_that_the_service_ends_is_tried_again(
    driver: Driver, behaviour: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority, context = certificate("localhost")
    authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    connections = []

    class Restarting(Server):
        """Ends its first connection before TLS is there."""

        def _talk(self, sock: socket.socket) -> None:
            connections.append(sock)
            if len(connections) > 1:
                super()._talk(sock)
                return
            with contextlib.suppress(OSError), sock:
                behaviour(sock)

    with contextlib.closing(Restarting(ANSWERS, context=context)) as server:
        url = f"https://localhost:{server.port}"
        outcome = driver.call(url, max_retries=2)
    assert outcome.error is None
    assert len(connections) == 2
    assert len(outcome.slept) == 1


@pytest.mark.parametrize("closure", [True, False], ids=["closed", "cut"])
def test_content_without_a_length_ends_with_the_closure_of_tls_and_not_before(
    driver: Driver, closure: bool, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A connection that is cut may be the work of whoever wants the end of an answer to be missing (RFC 9112, section 9.8)."""
    authority, context = certificate("localhost")
    authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    content = gzip.compress(DONE)

    def serve(connection: Connection, number: int) -> None:
        head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n"
        connection.sock.sendall(head + content)
        if closure:
            with contextlib.suppress(OSError):
                connection.sock.unwrap()  # type: ignore[attr-defined]

    with serving(serve, context=context) as server:
        outcome = driver.call(f"https://localhost:{server.port}")
    if closure:
        assert outcome.error is None
    else:
        assert "ends early" in str(outcome.error)
        assert outcome.error.may_have_been_applied


def test_a_dripping_head_and_a_dripping_body_end_with_the_total_time(
    driver: Driver, release: threading.Event
) -> None:
    for start in (b"HTTP/1.1 200 OK\r\nX-Drip: ", reply(200, b"{", length=9999)):

        def drip(connection: Connection, number: int, start: bytes = start) -> None:
            connection.sock.sendall(start)
            with contextlib.suppress(OSError):
                while not release.wait(0.02):
                    connection.sock.sendall(b" ")

        watch = Stopwatch()
        with serving(drip) as server:
            outcome = driver.call(server.url, total_timeout=1)
        assert type(outcome.error) is APITimeoutError
        assert watch.seconds() < SOON


def test_many_event_loops_share_the_idle_connections_of_a_client(
    server: Server,
) -> None:
    client = AsyncEnkryptClient("key", base_url=server.url)

    async def call() -> None:
        assert (await client.modify_model(REQUEST)).message == "done"

    for _ in range(5):
        asyncio.run(call())
        with contextlib.closing(asyncio.new_event_loop()) as loop:
            loop.run_until_complete(call())
    asyncio.run(client.aclose())
    assert len(server.requests) == 10
    assert len(server.sockets) == 1


def test_a_connection_that_is_idle_for_long_is_not_used_again(
    server: Server, driver: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.serve = then(ANSWERS)
    with driver.client(server.url) as client:
        driver.wait(client.modify_model(REQUEST))
        now = time.monotonic()
        monkeypatch.setattr(time, "monotonic", lambda: now + 60)
        driver.wait(client.modify_model(REQUEST))
    assert len(server.sockets) == 2


def test_the_limit_of_a_head_is_the_same_however_its_bytes_arrive(
    driver: Driver,
) -> None:
    limit = 100 * 1024
    outcomes = []
    for size in (limit - 200, limit + 200):
        for piece in (1000, 60_000, 1_000_000):
            filling = b"X-Filling: " + b"x" * (size - len(DONE) - 100)
            head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n" % len(DONE)
            whole = head + filling + b"\r\n\r\n" + DONE

            def serve(
                connection: Connection,
                number: int,
                whole: bytes = whole,
                piece: int = piece,
            ) -> None:
                for start in range(0, len(whole), piece):
                    connection.sock.sendall(whole[start : start + piece])

            with serving(serve) as server:
                outcomes.append(driver.call(server.url).error is None)
    assert outcomes == [True] * 3 + [False] * 3


def test_an_answer_that_ends_the_connection_is_read_to_its_end(driver: Driver) -> None:
    with serving(says(b"HTTP/1.1 200 OK\r\n\r\n" + DONE)) as server:
        timeout = httpx.Timeout(5.0)
        assert driver.call(server.url, timeout=timeout).error is None
