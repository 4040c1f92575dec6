"""This package: models in, models out, with checks, retries, deadline and typed errors."""

from __future__ import annotations

import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

from enkrypt_api_client import AsyncEnkryptClient, EnkryptClient
from enkrypt_api_client.models import ModelRequestObject
from scripts.bench import contenders


@contextlib.contextmanager
def session(url: str, body: Any) -> Iterator[Callable[[], Any]]:
    request = ModelRequestObject.from_dict(body)
    with EnkryptClient(contenders.API_KEY, base_url=url) as client:
        yield lambda: client.modify_model(request)


@contextlib.asynccontextmanager
async def async_session(
    url: str, body: Any, **options: Any
) -> AsyncIterator[Callable[[], Awaitable[Any]]]:
    request = ModelRequestObject.from_dict(body)
    async with AsyncEnkryptClient(
        contenders.API_KEY, base_url=url, **options
    ) as client:

        async def call() -> Any:
            return await client.modify_model(request)

        yield call


def work(body: Any, answer: Any) -> dict[str, Callable[[], Any]]:
    from enkrypt_api_client.models import ModifyModelResponseObject
    from scripts.bench import construction

    text = json.dumps(answer)
    request = ModelRequestObject.from_dict(body)
    return {
        "build": construction.rebuild(request),
        "encode": lambda: json.dumps(request.to_dict()),
        "decode": lambda: ModifyModelResponseObject.from_dict(json.loads(text)),
    }
