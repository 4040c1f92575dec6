"""A service on loopback that answers every request with the same success.

python -m scripts.bench.server ANSWER CERTIFICATE

Prints its base URLs, http and https, and stops when its standard input ends: it never outlives whoever started it.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import ssl
import sys
from pathlib import Path


async def serve(content: bytes, certificate: str) -> None:
    head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
    whole = f"{head}Content-Length: {len(content)}\r\n\r\n".encode() + content

    async def answer(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                asked = await reader.readuntil(b"\r\n\r\n")
                length = re.search(rb"(?i)\ncontent-length: *(\d+)", asked)
                await reader.readexactly(int(length[1]) if length else 0)
                writer.write(whole)
        writer.close()

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    for scheme, tls in (("http", None), ("https", context)):
        server = await asyncio.start_server(
            answer, "127.0.0.1", 0, ssl=tls, backlog=1024
        )
        print(f"{scheme}://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]).read_bytes(), sys.argv[2]))
