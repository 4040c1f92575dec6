"""A server on loopback that misbehaves on demand, and one way to call it with each client."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
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

import trustme

from enkrypt_api_client import AsyncEnkryptClient, EnkryptClient
from enkrypt_api_client.models import ModifyModelResponseObject

KINDS = ("sync", "async")
SENTINEL = "s3ntinel-Zq9"
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
        self.request = request

    @property
    def body(self) -> bytes:
        return self.request.partition(b"\r\n\r\n")[2]

    def send(self, *parts: bytes, pause: float = 0) -> None:
        for part in parts:
            self.sock.sendall(part)
            time.sleep(pause)

    def reset(self) -> None:
        """Close with RST, which loses what the client has not read yet."""
        self.sock.setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
        )
        self.sock.close()

    def hang(self) -> None:
        """Until the client goes away."""
        with contextlib.suppress(OSError):
            while self.sock.recv(65536):
                pass

    def drip(self, data: bytes) -> None:
        """For ever, a few bytes at a time, each well within the time to read."""
        with contextlib.suppress(OSError):
            while True:
                self.send(data, pause=0.03)


def reply(
    status: int = 200, body: bytes = b"{}", *headers: str, length: int = -1
) -> bytes:
    """An HTTP/1.1 answer as bytes."""
    size = len(body) if length < 0 else length
    head = [f"HTTP/1.1 {status} Whatever", f"Content-Length: {size}", *headers]
    return "\r\n".join([*head, "", ""]).encode("latin-1") + body


class Server:
    """Calls `serve(connection, number)` for each request; keeps the connection while that returns True."""

    def __init__(
        self, serve: Serve, context: ssl.SSLContext | None = None, early: bool = False
    ) -> None:
        self.serve = serve
        self.context = context
        self.early = early
        self.requests: list[bytes] = []
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port: int = self.listener.getsockname()[1]
        self.threads: list[threading.Thread] = []
        self.sockets: list[socket.socket] = []
        self._start(self._accept)

    def _start(self, target: Callable[..., None], *arguments: Any) -> None:
        thread = threading.Thread(target=target, args=arguments, daemon=True)
        self.threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                sock, _ = self.listener.accept()
            except OSError:
                return
            self._start(self._talk, sock)

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
            line = reader.readline()
            if not line:
                return b""
            head += line
        size = 0
        for line in head.lower().split(b"\r\n"):
            if line.startswith(b"content-length:"):
                size = int(line.partition(b":")[2])
        body = reader.read(size)
        return head + body if len(body) == size else b""

    def close(self) -> None:
        self.listener.close()
        for sock in self.sockets:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        for thread in self.threads[1:]:
            thread.join(5)


@contextlib.contextmanager
def serving(serve: Serve, **options: Any) -> Iterator[Server]:
    server = Server(serve, **options)
    try:
        yield server
    finally:
        with contextlib.suppress(OSError):
            server.listener.shutdown(socket.SHUT_RDWR)
        server.close()


def certificate(host: str) -> tuple[trustme.CA, ssl.SSLContext]:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(host).configure_cert(context)
    return authority, context


@dataclass
class Outcome:
    """All that a call left behind."""

    result: ModifyModelResponseObject | None = None
    error: BaseException | None = None
    elapsed: float = 0.0
    slept: list[float] = field(default_factory=list)
    records: list[str] = field(default_factory=list)
    warned: list[str] = field(default_factory=list)

    def words(self) -> str:
        """Everything that a log, a console or an error tracker could show of it."""
        told = [*self.records, *self.warned]
        error = self.error
        told += traceback.format_exception(error) if error else [repr(self.result)]
        while error is not None:
            told += [str(error), repr(error), repr(error.args), repr(vars(error))]
            error = error.__cause__ or error.__context__
        return "\n".join(told)


class _Recorder(logging.Handler):
    def __init__(self, records: list[str]) -> None:
        super().__init__(logging.DEBUG)
        self.records = records

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(f"{record.getMessage()} {record.args!r}")


@contextlib.contextmanager
def recorded(outcome: Outcome) -> Iterator[None]:
    root = logging.getLogger()
    handler, level = _Recorder(outcome.records), root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            yield
        outcome.warned = [str(w.message) for w in caught]
    finally:
        root.removeHandler(handler)
        root.setLevel(level)


def call(
    kind: str,
    url: str,
    request: Any = REQUEST,
    arguments: dict[str, Any] | None = None,
    **options: Any,
) -> Outcome:
    """One call, with pauses recorded instead of slept; whatever comes of it."""
    outcome = Outcome()
    options = {"max_retries": 0, "total_timeout": 20.0, **options}
    begin = time.monotonic()
    with recorded(outcome):
        try:
            if kind == "sync":
                with EnkryptClient(SENTINEL, base_url=url, **options) as client:
                    client._connection.sleep = lambda s: outcome.slept.append(float(s))
                    outcome.result = client.modify_model(request, **arguments or {})
            else:
                asyncio.run(_call(url, request, outcome, arguments or {}, options))
        except Exception as error:
            outcome.error = error
    outcome.elapsed = time.monotonic() - begin
    return outcome


async def _call(
    url: str,
    request: Any,
    outcome: Outcome,
    arguments: dict[str, Any],
    options: dict[str, Any],
) -> None:
    async def sleep(seconds: float) -> None:
        outcome.slept.append(seconds)

    async with AsyncEnkryptClient(SENTINEL, base_url=url, **options) as client:
        client._connection.sleep = sleep
        outcome.result = await client.modify_model(request, **arguments)
