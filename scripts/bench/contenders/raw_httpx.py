"""httpx by hand: a dictionary in, a dictionary out, a status that is an error raised."""

from __future__ import annotations

import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import httpx

from scripts.bench import contenders


@contextlib.contextmanager
def session(url: str, body: Any) -> Iterator[Callable[[], Any]]:
    with httpx.Client() as client:

        def call() -> Any:
            response = client.patch(
                url + contenders.PATH, headers=contenders.headers(body), json=body
            )
            response.raise_for_status()
            return response.json()

        yield call


@contextlib.asynccontextmanager
async def async_session(
    url: str, body: Any
) -> AsyncIterator[Callable[[], Awaitable[Any]]]:
    async with httpx.AsyncClient() as client:

        async def call() -> Any:
            response = await client.patch(
                url + contenders.PATH, headers=contenders.headers(body), json=body
            )
            response.raise_for_status()
            return response.json()

        yield call


def work(body: Any, answer: Any) -> dict[str, Callable[[], Any]]:
    text = json.dumps(answer)
    return {
        "encode": lambda: json.dumps(body),
        "decode": lambda: json.loads(text),
    }
