"""A server on loopback that misbehaves on demand, and the clock of the clients that it can put forward."""

from __future__ import annotations

import contextlib
import json
import re
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import trustme

DONE = b'{"message": "done", "data": {"model_saved_name": "Test Model"}}'
HEAD = b"HTTP/1.1 200 OK\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
PATIENCE = 20.0  # seconds after which the server gives up, so that a client without time limits fails

Serve = Callable[["Connection", int], bool | None]


class Clock:
    """The time of the clients, which a server can put forward, so that no test depends on how busy the machine is."""

    ahead = 0.0

    def __call__(self) -> float:
        return time.monotonic() + self.ahead


CLOCK = Clock()


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

    def headers(self) -> dict[str, str]:
        """Those of the request, under lower-case names."""
        lines = (line.partition(": ") for line in self.head.decode().split("\r\n")[1:])
        return {name.lower(): value for name, _, value in lines}


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
    start: bytes, again: bytes, pause: float = 0.03, passing: float = 99_999.0
) -> Serve:
    """A few bytes at a time, each well within the time to read, while so many seconds pass between them for the client."""

    def drip(connection: Connection) -> None:
        for _ in range(int(PATIENCE / pause)):
            time.sleep(pause)
            CLOCK.ahead += passing
            connection.sock.sendall(again)

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


def echoes(status: int, form: str) -> Serve:
    """Tell the client what it said, as some services do."""

    def serve(connection: Connection, number: int) -> None:
        head, body = connection.head, connection.body
        bodies = {
            "json": body,
            "nested": json.dumps({"error": {"received": body.decode()}}).encode(),
            "text": b"<pre>" + head + b"\n" + body + b"</pre>",
            "pretty": json.dumps(json.loads(body), indent=2).encode(),
        }
        connection.sock.sendall(reply(status, bodies[form]))

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

    def sent(self, number: int = 0) -> Connection:
        """A request that arrived."""
        return Connection(self.sockets[0], self.requests[number])

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
