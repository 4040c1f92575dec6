"""Files that misbehave while they are sent, and files whose size changes."""

from __future__ import annotations

import contextlib
import io
import os
import signal
import socket
import threading
from pathlib import Path
from typing import Any

import pytest

from tests.runtime.drivers import Driver
from tests.runtime.kinds import NAME, Service, module
from tests.runtime.loopback import DONE, Connection, reply, serving

BLOB, UPLOAD = "bodies.put_blob", "bodies.upload"
PIECE = 64 * 1024


@pytest.mark.skipif(not hasattr(socket, "MSG_NOSIGNAL"), reason="it has no such flag")
def test_a_service_that_closes_while_an_upload_is_sent_causes_no_signal(
    driver: Driver, package: Any
) -> None:
    """Command-line tools let SIGPIPE end the process, as shells expect."""

    def answers_and_closes(connection: Connection, number: int) -> None:
        connection.sock.recv(100)
        connection.sock.sendall(reply(200, DONE))
        connection.sock.shutdown(socket.SHUT_WR)

    signals: list[int] = []
    handler = signal.signal(signal.SIGPIPE, lambda number, _: signals.append(number))
    try:
        # After an early success, nobody looks any more whether the service has closed.
        with serving(answers_and_closes, early=True) as server:
            operation = module(f"{NAME}.api.{BLOB}")
            work = lambda c: c.call(operation, body=bytes(9_000_000))  # noqa: E731
            with contextlib.suppress(package.EnkryptError):
                driver.use(server.url, work, package=package)
    finally:
        signal.signal(signal.SIGPIPE, handler)
    assert signals == []


class Planted(Exception):
    """What a caller's file raises that is about nothing that we know."""


class Raising(io.BytesIO):
    """A file that raises at a read, by number from 1."""

    def __init__(self, error: BaseException, number: int) -> None:
        super().__init__(b"x" * 5 * PIECE)
        self.error = error
        self.number = number
        self.reads = 0

    def read(self, size: int | None = -1) -> bytes:
        self.reads += 1
        if self.reads == self.number:
            raise self.error
        return super().read(size)


def body_of(where: str, file: Any) -> Any:
    return {"file": file} if where == UPLOAD else file


@pytest.fixture(params=[False, True], ids=["pooled", "own client"])
def own(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.mark.parametrize("where", [BLOB, UPLOAD])
@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize(
    "error",
    [
        OSError(5, "the disk is gone"),
        TimeoutError("the share does not answer"),
        UnicodeDecodeError("utf-8", b"\xff", 0, 1, "no text"),
        ValueError("closed"),
        Planted("own"),
        KeyboardInterrupt(),
        EOFError(),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_a_callers_file_raises_passes_unchanged_and_nothing_is_repeated(
    service: Service,
    driver: Driver,
    own: bool,
    where: str,
    number: int,
    error: BaseException,
    package: Any,
) -> None:
    operation = module(f"{NAME}.api.{where}")
    file = Raising(error, number)
    own_client = driver.http_client() if own else None
    options = {"max_retries": 3, "http_client": own_client}
    with driver.client(service.url, package, **options) as client:
        with pytest.raises(type(error)) as caught:
            driver.wait(
                client.call(operation, body=body_of(where, file), retry_ambiguous=True)
            )
        assert caught.value is error
        assert file.reads == number
        # The client is as good as before.
        good = client.call(operation, body=body_of(where, b"good"))
        driver.wait(good)
    assert len(service.seen) == 1


def test_a_binary_body_given_as_name_content_and_type_sends_the_content_as_that_type(
    service: Service, driver: Driver, own: bool, package: Any
) -> None:
    operation = module(f"{NAME}.api.{BLOB}")
    own_client = driver.http_client() if own else None
    with driver.client(service.url, package, http_client=own_client) as client:
        body = ("photo.png", b"\x89PNG", "image/png")
        driver.wait(client.call(operation, body=body))
    (seen,) = service.seen
    assert seen["body"] == b"\x89PNG"
    assert seen["headers"]["content-type"] == "image/png"


class Growing(io.BytesIO):
    """A file that somebody else appends to while it is read."""

    def read(self, size: int | None = -1) -> bytes:
        position = self.tell()
        self.seek(0, io.SEEK_END)
        self.write(b"more")
        self.seek(position)
        return super().read(size)


@pytest.mark.parametrize("where", [BLOB, UPLOAD])
def test_of_a_file_that_grows_what_was_there_is_sent(
    service: Service, driver: Driver, own: bool, where: str, package: Any
) -> None:
    operation = module(f"{NAME}.api.{where}")
    content = b"x" * (PIECE + 7)
    own_client = driver.http_client() if own else None
    with driver.client(service.url, package, http_client=own_client) as client:
        body = body_of(where, Growing(content))
        driver.wait(client.call(operation, body=body))
    (seen,) = service.seen
    if where == BLOB:
        assert seen["body"] == content
    else:
        assert seen["form"][0][2] == content


class Shrinking(io.BytesIO):
    """A file that somebody else truncates while it is read."""

    def read(self, size: int | None = -1) -> bytes:
        self.truncate(min(len(self.getvalue()), PIECE + 7))
        return super().read(size)


@pytest.mark.parametrize("where", [BLOB, UPLOAD])
def test_a_file_that_shrinks_is_an_error_that_is_not_repeated(
    service: Service, driver: Driver, own: bool, where: str, package: Any
) -> None:
    operation = module(f"{NAME}.api.{where}")
    own_client = driver.http_client() if own else None
    options = {"max_retries": 3, "http_client": own_client}
    with driver.client(service.url, package, **options) as client:
        body = body_of(where, Shrinking(b"x" * 5 * PIECE))
        with pytest.raises(package.EnkryptError) as caught:
            driver.wait(client.call(operation, body=body))
        assert caught.value.attempts == 1
        driver.wait(client.call(operation, body=body_of(where, b"good")))
    assert len(service.seen) == 1


def test_a_pipe_that_has_nothing_yet_is_waited_for(
    service: Service, driver: Driver, own: bool, package: Any
) -> None:
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    operation = module(f"{NAME}.api.{BLOB}")

    def write() -> None:
        for piece in (b"first,", b"second"):
            waited.wait(0.1)
            os.write(writing, piece)
        os.close(writing)

    waited = threading.Event()
    thread = threading.Thread(target=write)
    thread.start()
    own_client = driver.http_client() if own else None
    with (
        open(reading, "rb", buffering=0) as file,  # noqa: PTH123  # a descriptor
        driver.client(service.url, package, http_client=own_client) as client,
    ):
        driver.wait(client.call(operation, body=file))
    thread.join()
    (seen,) = service.seen
    assert seen["body"] == b"first,second"


@pytest.mark.parametrize("piece", ["text", 5, [1]])
def test_a_file_that_returns_no_bytes_is_the_callers_mistake(
    service: Service, driver: Driver, piece: Any, package: Any
) -> None:
    class Odd:
        def read(self, size: int) -> Any:
            return piece

    operation = module(f"{NAME}.api.{BLOB}")
    with (
        driver.client(service.url, package) as client,
        pytest.raises(TypeError, match="not bytes"),
    ):
        driver.wait(client.call(operation, body=Odd()))
    assert service.seen == []


def test_a_path_that_is_not_there_is_named_before_anything_is_sent(
    service: Service, driver: Driver, tmp_path: Path, package: Any
) -> None:
    operation = module(f"{NAME}.api.{BLOB}")
    with (
        driver.client(service.url, package) as client,
        pytest.raises(package.InvalidRequestError, match="No such file"),
    ):
        driver.wait(client.call(operation, body=tmp_path / "absent"))
    assert service.seen == []
