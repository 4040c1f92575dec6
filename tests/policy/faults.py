"""A server on loopback that misbehaves on demand, and one way to call it with each client."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import json
import logging
import re
import socket
import ssl
import struct
import threading
import time
import traceback
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import trustme

import enkrypt_api_client

SENTINEL = "s3ntinel-Zq9"
DONE = b'{"message": "done", "data": {"model_saved_name": "Test Model"}}'
HEAD = b"HTTP/1.1 200 OK\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
SLOW: dict[str, Any] = {"timeout": httpx.Timeout(5.0, read=0.5)}
PATIENCE = 20.0  # seconds after which the server gives up, so that a client without time limits fails
REQUEST: dict[str, Any] = {
    "model_saved_name": "Test Model",
    "model_version": "v1",
    "undocumented": {"token": SENTINEL},
    "model_config": {
        "model_provider": "custom",
        "apikeys": [SENTINEL],
        "auth_data": {
            "azure_client_secret": SENTINEL,
            "gcp_service_account_json": json.dumps({"private_key": SENTINEL}),
            "aws_access_key_id": SENTINEL,
            "aws_secret_access_key": SENTINEL,
            "boxai_client_secret": SENTINEL,
            "nutanix_user_session_id": SENTINEL,
            "xactly_password": SENTINEL,
        },
        "model_jwt_config": {
            "jwt_headers": [{"key": "Authorization", "value": SENTINEL}],
            "jwt_body": f"client_secret={SENTINEL}",
        },
        "custom_curl_command": f"curl -H 'Authorization: {SENTINEL}'",
        "custom_headers": [{"key": "X-Custom", "value": SENTINEL}],
        "custom_payload": {"messages": [{"content": SENTINEL}], "prompt": "{prompt}"},
    },
}

Serve = Callable[["Connection", int], bool | None]


class Connection:
    """A connection that the server has accepted, after a request has come."""

    def __init__(self, sock: socket.socket, request: bytes = b"") -> None:
        self.sock = sock
        self.head, _, self.body = request.partition(b"\r\n\r\n")

    def reset(self) -> None:
        """Close with RST."""
        linger = struct.pack("ii", 1, 0)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.sock.close()

    def hang(self) -> None:
        """Until the client goes away."""
        self.sock.settimeout(PATIENCE)
        while self.sock.recv(65536):
            pass


def reply(
    status: int = 200, body: bytes = b"{}", *headers: str, length: int = -1
) -> bytes:
    """An HTTP/1.1 answer as bytes."""
    size = len(body) if length < 0 else length
    head = [f"HTTP/1.1 {status} Whatever", f"Content-Length: {size}", *headers]
    return "\r\n".join([*head, "", ""]).encode("latin-1") + body


def says(answer: bytes = b"", then: Callable[[Connection], object] = bool) -> Serve:
    """Send an answer, do something else, and close the connection."""

    def serve(connection: Connection, number: int) -> None:
        connection.sock.sendall(answer)
        then(connection)

    return serve


def resets(answer: bytes = b"") -> Serve:
    return says(answer, Connection.reset)


def hangs(answer: bytes = b"") -> Serve:
    return says(answer, Connection.hang)


def drips(
    start: bytes, again: bytes, pause: float = 0.03, seconds: float = PATIENCE
) -> Serve:
    """A few bytes at a time, each well within the time to read."""

    def drip(connection: Connection) -> None:
        for _ in range(int(seconds / pause)):
            connection.sock.sendall(again)
            time.sleep(pause)

    return says(start, drip)


def keeps(answer: bytes) -> Serve:
    """Answer, and keep the connection for the next request."""

    def serve(connection: Connection, number: int) -> bool:
        connection.sock.sendall(answer)
        return True

    return serve


def then(*serves: Serve) -> Serve:
    """A different behaviour for each request; the last one goes on."""

    def serve(connection: Connection, number: int) -> bool | None:
        return serves[min(number, len(serves)) - 1](connection, number)

    return serve


def echoes(status: int, kind: str) -> Serve:
    """Tell the client what it said, as some services do."""

    def serve(connection: Connection, number: int) -> None:
        head, body = connection.head, connection.body
        bodies = {
            "json": body,
            "nested": json.dumps({"error": {"received": body.decode()}}).encode(),
            "text": b"<pre>" + head + b"\n" + body + b"</pre>",
            "pretty": json.dumps(json.loads(body), indent=2).encode(),
        }
        connection.sock.sendall(reply(status, bodies[kind]))

    return serve


class Server:
    """Calls `serve(connection, number)` for each request; keeps the connection while that returns True."""

    def __init__(
        self, serve: Serve, context: ssl.SSLContext | None = None, early: bool = False
    ) -> None:
        self.serve, self.context = serve, context
        self.early = early  # serve once, before a request is read
        self.requests: list[bytes] = []
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port: int = self.listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.threads: list[threading.Thread] = []
        self.sockets: list[socket.socket] = []
        self._start(self._accept)

    def _start(self, target: Callable[..., None], *arguments: Any) -> None:
        thread = threading.Thread(target=target, args=arguments, daemon=True)
        self.threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                self._start(self._talk, self.listener.accept()[0])

    def _talk(self, sock: socket.socket) -> None:
        with contextlib.suppress(OSError, ValueError), sock:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self.context:
                sock = self.context.wrap_socket(sock, server_side=True)
            self.sockets.append(sock)
            if self.early:
                self.serve(Connection(sock), 0)
                return
            with sock, sock.makefile("rb") as reader:
                while request := self._read(reader):
                    self.requests.append(request)
                    connection = Connection(sock, request)
                    if not self.serve(connection, len(self.requests)):
                        return

    def _read(self, reader: Any) -> bytes:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            if not (line := reader.readline()):
                return b""
            head += line
        lengths = re.findall(rb"(?i)\r\ncontent-length: *(\d+)", head)
        size = int(lengths[0]) if lengths else 0
        body = reader.read(size)
        return head + body if len(body) == size else b""

    def stop_listening(self) -> None:
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def close(self) -> None:
        self.stop_listening()
        for sock in self.sockets:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        for thread in self.threads:
            thread.join(PATIENCE)


@contextlib.contextmanager
def serving(serve: Serve, **options: Any) -> Iterator[Server]:
    with contextlib.closing(Server(serve, **options)) as server:
        yield server


def certificate(host: str) -> tuple[trustme.CA, ssl.SSLContext]:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(host).configure_cert(context)
    return authority, context


@dataclass
class Outcome:
    """All that a call left behind."""

    result: Any = None
    error: Any = None
    slept: list[float] = field(default_factory=list)
    said: list[str] = field(default_factory=list)  # log records and warnings

    def words(self) -> str:
        """Everything that a log, a console or an error tracker could show of it."""
        error, told = self.error, list(self.said)
        told += traceback.format_exception(error) if error else [repr(self.result)]
        while error is not None:
            told += [str(error), repr(error), repr(error.args), repr(vars(error))]
            error = error.__cause__ or error.__context__
        return "\n".join(told)


class Recorder(logging.Handler):
    """Keeps what is logged, with the arguments."""

    def __init__(self, said: list[str]) -> None:
        super().__init__()
        self.said = said

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(f"{record.getMessage()} {record.args!r}")


@contextlib.contextmanager
def recorded(said: list[str]) -> Iterator[None]:
    """Collect all log records and warnings."""
    root, handler = logging.getLogger(), Recorder(said)
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            yield
        said += [str(w.message) for w in caught]
    finally:
        root.removeHandler(handler)
        root.setLevel(level)


def use(
    kind: str,
    url: str,
    work: Callable[[Any], Any],
    package: Any = enkrypt_api_client,
    slept: list[float] | None = None,
    **options: Any,
) -> Any:
    """What `work(client)` returns with a client of this kind, awaited if need be. Pauses are recorded, not slept."""
    options = {"api_key": SENTINEL, "base_url": url, "max_retries": 0, **options}
    slept = [] if slept is None else slept

    async def pause(seconds: float) -> None:
        slept.append(seconds)

    async def run() -> Any:
        async with package.AsyncEnkryptClient(**options) as client:
            client._connection.sleep = pause
            result = work(client)
            return await result if inspect.isawaitable(result) else result

    if kind == "async":
        return asyncio.run(run())
    with package.EnkryptClient(**options) as client:
        client._connection.sleep = slept.append
        return work(client)


def call(
    kind: str, url: str, request: Any = REQUEST, arguments: Any = None, **options: Any
) -> Outcome:
    """One call of `modify_model`; whatever comes of it."""
    outcome, arguments = Outcome(), arguments or {}

    def work(client: Any) -> Any:
        return client.modify_model(request, **arguments)

    with recorded(outcome.said):
        try:
            outcome.result = use(kind, url, work, slept=outcome.slept, **options)
        except Exception as error:
            outcome.error = error
    return outcome
