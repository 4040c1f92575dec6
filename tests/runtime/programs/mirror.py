"""A service of raw sockets in threads, which answers each call with the name of the model that it is about."""

from __future__ import annotations

import json
import os
import socket
import ssl
import threading
from pathlib import Path
from typing import Any

import trustme

from tests.required import request_with

REQUEST = request_with(model_version="v1", model_config={"model_provider": "openai"})


def request_about(name: str) -> dict[str, Any]:
    """A request for a model of that name."""
    return {**REQUEST, "model_saved_name": name}


def trusted_context(folder: str) -> ssl.SSLContext:
    """A context for a service on loopback. From now on, clients of this process trust its certificate."""
    authority = trustme.CA()
    path = Path(folder) / "authority.pem"
    authority.cert_pem.write_to_path(str(path))
    os.environ["SSL_CERT_FILE"] = str(path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost", "127.0.0.1").configure_cert(context)
    return context


class Mirror:
    """Serves on a free port of loopback. While `wanted` is set, answers are held back until so many requests wait for one."""

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self.context = context
        self.wanted = 0
        self.waiting = 0
        self.changed = threading.Condition()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=500)
        self.port: int = self.listener.getsockname()[1]
        scheme = "http" if context is None else "https"
        self.url = f"{scheme}://127.0.0.1:{self.port}"
        self.url_by_name = f"{scheme}://localhost:{self.port}"
        threading.Thread(target=self._accept, daemon=True).start()

    def gather(self, count: int) -> None:
        """Hold the answers back from now on, until so many requests are here at the same time."""
        with self.changed:
            self.wanted = count
            self.waiting = 0

    def _accept(self) -> None:
        while True:
            connection, _ = self.listener.accept()
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            thread = threading.Thread(
                target=self._serve, args=(connection,), daemon=True
            )
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            with connection:
                if self.context is not None:
                    connection = self.context.wrap_socket(connection, server_side=True)
                with connection, connection.makefile("rb") as reader:
                    while self._answer(connection, reader):
                        pass
        except (OSError, ValueError):
            return  # the client has gone

    def _answer(self, connection: socket.socket, reader: Any) -> bool:
        length = 0
        line = reader.readline()
        if not line:
            return False
        while line not in (b"\r\n", b""):
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
            line = reader.readline()
        name = json.loads(reader.read(length))["model_saved_name"]
        self._hold()
        content = json.dumps({"message": name}).encode()
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
        connection.sendall(head + b"Content-Length: %d\r\n\r\n" % len(content))
        connection.sendall(content)
        return True

    def _hold(self) -> None:
        with self.changed:
            if not self.wanted:
                return
            self.waiting += 1
            if self.waiting >= self.wanted:
                self.wanted = 0
                self.changed.notify_all()
            self.changed.wait_for(lambda: not self.wanted)
