"""Fork children while another thread makes the first call of the process; each child makes a call of its own.

    python -m tests.runtime.programs.forks ASYNC CHILDREN

ASYNC is 1 for AsyncEnkryptClient. The children are forked 6 ms apart, from before the thread's call until after it.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
import time
import traceback
from typing import Any

from enkrypt_api_client import AsyncEnkryptClient, EnkryptClient
from tests.runtime.programs.mirror import Mirror, request_about

BETWEEN = 0.006


def make(asynchronous: bool, url: str) -> Any:
    kind = AsyncEnkryptClient if asynchronous else EnkryptClient
    return kind("key", base_url=url, max_retries=0)


def call(client: Any, name: str) -> None:
    """Make a call and check that the answer is its own."""
    result = client.modify_model(request_about(name))
    if asyncio.iscoroutine(result):
        result = asyncio.run(result)
    assert result.message == name, (result.message, name)


def fork_child(client: Any, number: int) -> int:
    """Start a child that makes calls and ends with 0 if they succeed."""
    child = os.fork()
    if child:
        return child
    # Nobody else would end a child that hangs.
    signal.alarm(20)
    try:
        for n in range(3):
            call(client, f"child {number}-{n}")
        os._exit(0)
    except BaseException:
        traceback.print_exc()
        os._exit(1)


def main(asynchronous: bool, count: int) -> None:
    service = Mirror()
    client = make(asynchronous, service.url_by_name)
    # It goes on while the children are forked.
    stopped = threading.Event()
    failures: list[BaseException] = []

    def keep_calling() -> None:
        try:
            number = 0
            while not stopped.is_set():
                call(client, f"parent {number}")
                number += 1
        except BaseException as error:
            failures.append(error)

    thread = threading.Thread(target=keep_calling)
    thread.start()
    children = []
    for number in range(count):
        children.append(fork_child(client, number))
        time.sleep(BETWEEN)
    ends = [os.waitpid(child, 0)[1] for child in children]
    stopped.set()
    thread.join()
    assert not failures, failures
    assert ends == [0] * count, ends
    call(client, "parent at last")
    closed = client.aclose() if asynchronous else client.close()
    if closed is not None:
        asyncio.run(closed)


if __name__ == "__main__":
    main(sys.argv[1] == "1", int(sys.argv[2]))
