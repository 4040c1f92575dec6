"""This package with the extra `aiohttp`: the same policy on another connection pool. Async only."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

from scripts.bench.contenders import ours


@contextlib.asynccontextmanager
async def async_session(
    url: str, body: Any
) -> AsyncIterator[Callable[[], Awaitable[Any]]]:
    async with ours.async_session(url, body, transport="aiohttp") as call:
        yield call


@contextlib.contextmanager
def session(url: str, body: Any) -> Iterator[Callable[[], Any]]:
    """For the cold start alone: one call in an event loop of its own."""

    async def once() -> Any:
        async with async_session(url, body) as call:
            return await call()

    yield lambda: asyncio.run(once())
