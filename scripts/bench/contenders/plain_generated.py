"""What openapi-python-client makes of the same document with its own templates and defaults: models in, models out."""

from __future__ import annotations

import contextlib
import importlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

from scripts.bench import contenders

client_module: Any = importlib.import_module("plain_client")
modify_model: Any = importlib.import_module("plain_client.api.endpoints.modify_model")
models: Any = importlib.import_module("plain_client.models")


def _client(url: str) -> Any:
    return client_module.AuthenticatedClient(
        base_url=url,
        token=contenders.API_KEY,
        prefix="",
        auth_header_name="apikey",
    )


def _arguments(client: Any, body: Any) -> dict[str, Any]:
    return {
        "client": client,
        "body": models.ModelRequestObject.from_dict(body),
        "x_enkrypt_model": body["model_saved_name"],
        "x_enkrypt_model_version": body["model_version"],
    }


@contextlib.contextmanager
def session(url: str, body: Any) -> Iterator[Callable[[], Any]]:
    with _client(url) as client:
        arguments = _arguments(client, body)
        yield lambda: modify_model.sync(**arguments).data.model_id


@contextlib.asynccontextmanager
async def async_session(
    url: str, body: Any
) -> AsyncIterator[Callable[[], Awaitable[Any]]]:
    async with _client(url) as client:
        arguments = _arguments(client, body)

        async def call() -> Any:
            return (await modify_model.asyncio(**arguments)).data.model_id

        yield call


def work(body: Any, answer: Any) -> dict[str, Callable[[], Any]]:
    from scripts.bench import construction

    text = json.dumps(answer)
    request = models.ModelRequestObject.from_dict(body)
    return {
        "build": construction.rebuild(request),
        "encode": lambda: json.dumps(request.to_dict()),
        "decode": lambda: models.ModifyModelResponseObject.from_dict(json.loads(text)),
    }
