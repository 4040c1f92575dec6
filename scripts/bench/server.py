"""A service that answers every request with the same success as fast as Python can, in a process of its own.

python -m scripts.bench.server ANSWER [CERTIFICATE]

Prints its base URLs, http first, and stops when its standard input ends: it never outlives whoever started it.
"""

from __future__ import annotations

import asyncio
import re
import ssl
import sys
from pathlib import Path

_LENGTH = re.compile(rb"\r\ncontent-length: *([0-9]+)", re.IGNORECASE)


class _Service(asyncio.Protocol):
    """Reads requests only as far as needed to know where each ends."""

    def __init__(self, answer: bytes) -> None:
        self.answer = answer
        self.pending = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.pending += data
        while (end := self.pending.find(b"\r\n\r\n")) >= 0:
            length = _LENGTH.search(self.pending, 0, end)
            whole = end + 4 + (int(length[1]) if length else 0)
            if len(self.pending) < whole:
                return
            self.pending = self.pending[whole:]
            self.transport.write(self.answer)


def _answer(content: bytes) -> bytes:
    head = (
        "HTTP/1.1 200 OK\r\n"
        "Date: Tue, 15 Oct 2024 17:22:47 GMT\r\n"
        "Content-Type: application/json\r\n"
        f"Content-Length: {len(content)}\r\n"
        "X-Request-Id: 0123456789abcdef\r\n\r\n"
    )
    return head.encode() + content


async def _serve(content: bytes, certificate: str | None) -> None:
    loop = asyncio.get_running_loop()
    answer = _answer(content)
    contexts: dict[str, ssl.SSLContext | None] = {"http": None}
    if certificate:
        contexts["https"] = context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
    urls = []
    for scheme, tls in contexts.items():
        server = await loop.create_server(
            lambda: _Service(answer), "127.0.0.1", 0, ssl=tls, backlog=1024
        )
        urls.append(f"{scheme}://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    print(*urls, flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(
        _serve(
            Path(sys.argv[1]).read_bytes(),
            sys.argv[2] if len(sys.argv) > 2 else None,
        )
    )
