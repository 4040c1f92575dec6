"""End an async call while it is suspended for the k-th time, for every k, and see that the next call is answered at once.

    python -m tests.runtime.programs.suspensions HOW

HOW is `cancel` (the task is cancelled), `close` (the coroutine is closed), `throw` (an exception is thrown into it), or `turns` (the
task is cancelled after k turns of the event loop). Each is tried with an idle connection and with one that the call makes, by name, with
TLS and without. Prints how many suspensions or turns were tried each time.
"""

from __future__ import annotations

import asyncio
import ssl
import sys
import tempfile
from collections.abc import Awaitable, Coroutine, Generator
from typing import Any

from enkrypt_api_client import AsyncEnkryptClient
from tests.runtime.programs.mirror import Mirror, request_about, trusted_context

AT_ONCE = 100
TURNS = 60


class Planted(Exception):
    """What is thrown into the coroutine."""


class Steps(Awaitable[Any]):
    """Runs a coroutine, and ends it while it is suspended for the k-th time."""

    def __init__(self, coroutine: Coroutine[Any, Any, Any], k: int, how: str) -> None:
        self.coroutine = coroutine
        self.k = k
        self.how = how
        self.suspensions = 0

    def __await__(self) -> Generator[Any, Any, Any]:
        inner = self.coroutine.__await__()
        step: Any = inner.send
        value: Any = None
        while True:
            try:
                future = step(value)
            except StopIteration as end:
                return end.value
            self.suspensions += 1
            if self.suspensions == self.k:
                if self.how == "close":
                    self.coroutine.close()
                    return None
                if self.how == "throw":
                    step, value = inner.throw, Planted()
                    continue
                task = asyncio.current_task()
                assert task is not None
                task.cancel()
            try:
                value = yield future
                step = inner.send
            except BaseException as error:
                step, value = inner.throw, error


async def call(client: AsyncEnkryptClient, name: str) -> None:
    """Make a call and check that the answer is its own."""
    async with asyncio.timeout(10):
        result = await client.modify_model(request_about(name))
    assert result.message == name, (result.message, name)


async def ended_call(client: AsyncEnkryptClient, k: int, how: str) -> bool:
    """Make a call that is ended at its k-th suspension, or in its k-th turn. Whether it got that far."""
    coroutine = client.modify_model(request_about("ended"))
    if how == "turns":
        task = asyncio.ensure_future(coroutine)
        for _ in range(k):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return k < TURNS
    steps = Steps(coroutine, k, how)

    async def run() -> None:
        await steps

    (outcome,) = await asyncio.gather(run(), return_exceptions=True)
    expected = {"cancel": asyncio.CancelledError, "throw": Planted}
    if steps.suspensions >= k and outcome is not None:
        assert type(outcome) is expected[how], outcome
    return steps.suspensions >= k


async def end_calls(how: str, *, fresh: bool, context: ssl.SSLContext | None) -> None:
    """End a call at every suspension, and make another after each."""
    print(f"{fresh=}, TLS: {context is not None}", flush=True)
    service = Mirror(context)
    url = service.url_by_name if fresh else service.url
    client = AsyncEnkryptClient("key", base_url=url, max_retries=0)
    await call(client, "before")
    k = 1
    # The service is as fast as it likes: a call may need fewer suspensions than the one before.
    unreached = 0
    while unreached < 3:
        if fresh:
            await client.aclose()
            client = AsyncEnkryptClient("key", base_url=url, max_retries=0)
        if not await ended_call(client, k, how):
            unreached += 1
        await call(client, f"after {k}")
        k += 1
    service.gather(AT_ONCE)
    names = [f"at once {number}" for number in range(AT_ONCE)]
    await asyncio.gather(*(call(client, name) for name in names))
    await client.aclose()
    print(k - 3)


def main(how: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for context in (None, trusted_context(folder)):
            for fresh in (False, True):
                asyncio.run(end_calls(how, fresh=fresh, context=context))


if __name__ == "__main__":
    main(sys.argv[1])
