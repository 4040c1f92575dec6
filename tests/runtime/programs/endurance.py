"""Thousands of calls with mixed faults: each gets its own answer or an error of ours, and nothing grows.

    python -m tests.runtime.programs.endurance ASYNC CALLS

ASYNC is 1 for AsyncEnkryptClient, of which some calls are cancelled on their way. The service is a process of its own. Memory, file
descriptors, threads and tasks are counted after a quarter of the calls and at the end. Prints both counts.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import os
import random
import signal
import socket
import struct
import sys
import threading
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from enkrypt_api_client import AsyncEnkryptClient, EnkryptClient, EnkryptError
from tests.runtime.programs.mirror import request_about

AT_ONCE = 20
OPTIONS: Any = {
    "max_retries": 0,
    "max_connections": AT_ONCE // 2,
    "timeout": httpx.Timeout(30.0, read=5.0),
}
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
# How often each behaviour of the service is tried, of a thousand calls.
BEHAVIOURS = {
    "good": 700,
    "chunked": 50,
    "with-more-behind": 50,
    "refused": 50,
    "no-content": 20,
    "closed": 40,
    "reset": 30,
    "cut": 30,
    "garbage": 20,
    "silent": 1,
}
MOST_GROWTH = 400_000  # bytes of memory


def answer(sock: socket.socket, behaviour: str, name: str) -> bool:
    """Do what a request asks for. Returns whether the connection goes on."""
    content = json.dumps({"message": name}).encode()
    length = b"Content-Length: %d\r\n\r\n" % len(content)
    match behaviour:
        case "good":
            sock.sendall(HEAD + length + content)
            return True
        case "chunked":
            chunk = b"%x\r\n%s\r\n0\r\n\r\n" % (len(content), content)
            sock.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + chunk)
            return True
        case "with-more-behind":
            stranger = HEAD + b'Content-Length: 23\r\n\r\n{"message": "stranger"}'
            sock.sendall(HEAD + length + content + stranger)
            return True
        case "refused":
            sock.sendall(b"HTTP/1.1 404 Not Found\r\n" + length + content)
            return True
        case "no-content":
            sock.sendall(b"HTTP/1.1 204 No Content\r\n" + length + content)
            return True
        case "reset":
            sock.setsockopt(
                socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
            )
        case "cut":
            sock.sendall(HEAD + length + content[:5])
        case "garbage":
            sock.sendall(b"\x00\x01 not HTTP\r\n\r\n")
        case "silent":
            sock.settimeout(20)
            sock.recv(1)
    return False


def talk(sock: socket.socket) -> None:
    with contextlib.suppress(OSError, ValueError), sock, sock.makefile("rb") as reader:
        while line := reader.readline():
            length = 0
            while line not in (b"\r\n", b""):
                if line.lower().startswith(b"content-length"):
                    length = int(line.partition(b":")[2])
                line = reader.readline()
            name = json.loads(reader.read(length))["model_saved_name"]
            if not answer(sock, name.partition(" ")[0], name):
                return


def serve(listener: socket.socket) -> None:
    """Serve for as long as this process lives."""
    while True:
        connection = listener.accept()[0]
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=talk, args=(connection,), daemon=True).start()


def start_service() -> tuple[str, int]:
    """Start the service in a process of its own. Returns its address and the process."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=500)
    child = os.fork()
    if not child:
        try:
            serve(listener)
        finally:
            os._exit(0)
    url = f"http://localhost:{listener.getsockname()[1]}"
    listener.close()
    return url, child


@dataclass(frozen=True)
class Count:
    """What a process has."""

    memory: int
    descriptors: int
    threads: int
    tasks: int

    @classmethod
    def now(cls, tasks: int = 0) -> Count:
        gc.collect()
        descriptors = len(list(Path("/proc/self/fd").iterdir()))
        threads = len(list(Path("/proc/self/task").iterdir()))
        return cls(tracemalloc.get_traced_memory()[0], descriptors, threads, tasks)

    def check(self, later: Count) -> None:
        """See that nothing has grown."""
        assert later.memory - self.memory < MOST_GROWTH, (self, later)
        # Idle connections come and go.
        assert later.descriptors <= self.descriptors + AT_ONCE // 2, (self, later)
        assert later.threads <= self.threads + 2, (self, later)
        assert later.tasks <= self.tasks, (self, later)


def names(count: int) -> list[str]:
    """Names that begin with the behaviour that they ask for."""
    chosen = random.choices(list(BEHAVIOURS), list(BEHAVIOURS.values()), k=count)
    return [f"{behaviour} {number}" for number, behaviour in enumerate(chosen)]


def check(name: str, outcome: Any) -> None:
    """See that a call got its own answer, or an error where one is due."""
    succeeds = name.startswith(("good", "chunked", "with-more"))
    if isinstance(outcome, EnkryptError):
        assert not succeeds, (name, outcome)
    else:
        assert succeeds, (name, outcome)
        assert outcome.message == name, (name, outcome.message)


def call_all(client: EnkryptClient, count: int) -> None:
    def call(name: str) -> None:
        outcome: Any
        try:
            outcome = client.modify_model(request_about(name))
        except EnkryptError as error:
            outcome = error
        check(name, outcome)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(call, names(count)))


async def call_all_async(client: AsyncEnkryptClient, count: int) -> None:
    async def call(name: str) -> None:
        outcome: Any
        try:
            outcome = await client.modify_model(request_about(name))
        except EnkryptError as error:
            outcome = error
        check(name, outcome)

    pending = names(count)

    async def work() -> None:
        while pending:
            task = asyncio.ensure_future(call(pending.pop()))
            if random.random() < 0.05:
                for _ in range(random.randrange(12)):
                    await asyncio.sleep(0)
                task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    await asyncio.gather(*(work() for _ in range(AT_ONCE)))


def main(url: str, count: int) -> None:
    with EnkryptClient("key", base_url=url, **OPTIONS) as client:
        call_all(client, count // 4)
        before = Count.now()
        call_all(client, count - count // 4)
        after = Count.now()
        print(before, after)
        before.check(after)


async def main_async(url: str, count: int) -> None:
    async with AsyncEnkryptClient("key", base_url=url, **OPTIONS) as client:
        await call_all_async(client, count // 4)
        before = Count.now(len(asyncio.all_tasks()))
        await call_all_async(client, count - count // 4)
        after = Count.now(len(asyncio.all_tasks()))
        print(before, after)
        before.check(after)


if __name__ == "__main__":
    random.seed(7)
    address, process = start_service()
    try:
        tracemalloc.start()
        if sys.argv[1] == "1":
            asyncio.run(main_async(address, int(sys.argv[2])))
        else:
            main(address, int(sys.argv[2]))
    finally:
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
