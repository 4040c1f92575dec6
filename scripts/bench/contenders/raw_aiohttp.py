"""aiohttp by hand: a dictionary in, a dictionary out, a status that is an error raised. It has no sync client."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import aiohttp

from scripts.bench import contenders


@contextlib.asynccontextmanager
async def async_session(
    url: str, body: Any
) -> AsyncIterator[Callable[[], Awaitable[Any]]]:
    async with aiohttp.ClientSession(raise_for_status=True) as client:

        async def call() -> Any:
            async with client.patch(
                url + contenders.PATH, headers=contenders.headers(body), json=body
            ) as response:
                return await response.json()

        yield call


@contextlib.contextmanager
def session(url: str, body: Any) -> Iterator[Callable[[], Any]]:
    """For the cold start alone: one call in an event loop of its own."""

    async def once() -> Any:
        async with async_session(url, body) as call:
            return await call()

    yield lambda: asyncio.run(once())
