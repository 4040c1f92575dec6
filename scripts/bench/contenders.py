"""The same call made in different ways; a process that makes it and prints the CPU microseconds that one takes.

python contenders.py CONTENDER MODE URL EXCHANGE

MODE is once (one call and no more, nothing is printed; async-0 for who has no sync client), sync, async-1 or async-50 (calls in flight),
decode or encode. EXCHANGE is a JSON file with the request and its answer. Every function imports only what its contender needs, so that a
cold start is its own.
"""

from __future__ import annotations

import importlib
import json
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any

KEY, PATH = "bench-key", "/models/modify-model"


def _headers(body: Any) -> dict[str, str]:
    names = {"X-Enkrypt-Model": body["model_saved_name"]}
    return {"apikey": KEY, **names, "X-Enkrypt-Model-Version": body["model_version"]}


def httpx_sync(url: str, body: Any) -> Callable[[], Any]:
    import httpx

    client = httpx.Client()

    def call() -> Any:
        answer = client.patch(url + PATH, headers=_headers(body), json=body)
        return answer.raise_for_status().json()["message"]

    return call


def httpx_async(url: str, body: Any) -> Callable[[], Awaitable[Any]]:
    import httpx

    client = httpx.AsyncClient()

    async def call() -> Any:
        answer = await client.patch(url + PATH, headers=_headers(body), json=body)
        return answer.raise_for_status().json()["message"]

    return call


def aiohttp_async(url: str, body: Any) -> Callable[[], Awaitable[Any]]:
    import aiohttp

    client = aiohttp.ClientSession(raise_for_status=True)

    async def call() -> Any:
        request = client.patch(url + PATH, headers=_headers(body), json=body)
        async with request as answer:
            return (await answer.json())["message"]

    return call


def _plain(url: str, body: Any) -> tuple[Any, dict[str, Any]]:
    """The operation of the plain generated client, and its arguments."""
    operation: Any = importlib.import_module("plain_client.api.endpoints.modify_model")
    client: Any = importlib.import_module("plain_client.client")
    models: Any = importlib.import_module("plain_client.models")
    return operation, {
        "client": client.AuthenticatedClient(
            base_url=url, token=KEY, prefix="", auth_header_name="apikey"
        ),
        "body": models.ModelRequestObject.from_dict(body),
        "x_enkrypt_model": body["model_saved_name"],
        "x_enkrypt_model_version": body["model_version"],
    }


def plain_sync(url: str, body: Any) -> Callable[[], Any]:
    operation, arguments = _plain(url, body)
    return lambda: operation.sync(**arguments).message


def plain_async(url: str, body: Any) -> Callable[[], Awaitable[Any]]:
    operation, arguments = _plain(url, body)

    async def call() -> Any:
        return (await operation.asyncio(**arguments)).message

    return call


def ours_sync(url: str, body: Any) -> Callable[[], Any]:
    from enkrypt_api_client import EnkryptClient
    from enkrypt_api_client.models import ModelRequestObject

    client = EnkryptClient(KEY, base_url=url)
    request = ModelRequestObject.from_dict(body)
    return lambda: client.modify_model(request).message


def ours_async(url: str, body: Any) -> Callable[[], Awaitable[Any]]:
    from enkrypt_api_client import AsyncEnkryptClient
    from enkrypt_api_client.models import ModelRequestObject

    client = AsyncEnkryptClient(KEY, base_url=url)
    request = ModelRequestObject.from_dict(body)

    async def call() -> Any:
        return (await client.modify_model(request)).message

    return call


def sdk_sync(url: str, body: Any) -> Callable[[], Any]:
    """It takes a dictionary of its own shape: the endpoint as one URL, one API key. What it sends is smaller."""
    sdk: Any = importlib.import_module("enkryptai_sdk")
    client = sdk.ModelClient(api_key=KEY, base_url=url)
    settings = {**body["model_config"]}
    place = settings.pop("endpoint", {})
    origin = f"{place.get('scheme')}://{place.get('host')}:{place.get('port')}"
    settings["endpoint_url"] = f"{origin}{place.get('base_path', '')}/chat"
    settings["apikey"] = settings.pop("apikeys", [None])[0]
    text = json.dumps({**body, "model_config": settings})
    # It takes keys out of what it is given, so every call needs a copy.
    return lambda: client.modify_model(json.loads(text)).message


def httpx_work(body: Any, answer: str) -> dict[str, Callable[[], Any]]:
    return {"encode": lambda: json.dumps(body), "decode": lambda: json.loads(answer)}


def _models_work(package: str, body: Any, answer: str) -> dict[str, Callable[[], Any]]:
    models: Any = importlib.import_module(f"{package}.models")
    request, read = models.ModelRequestObject, models.ModifyModelResponseObject
    sent = request.from_dict(body)
    return {
        "encode": lambda: json.dumps(sent.to_dict()),
        "decode": lambda: read.from_dict(json.loads(answer)),
    }


def plain_work(body: Any, answer: str) -> dict[str, Callable[[], Any]]:
    return _models_work("plain_client", body, answer)


def ours_work(body: Any, answer: str) -> dict[str, Callable[[], Any]]:
    return _models_work("enkrypt_api_client", body, answer)


def _print_cpu(call: Callable[[], Any], times: int) -> None:
    """Print the CPU microseconds of one call of many, after some to warm up."""
    for _ in range(times // 5):
        call()
    started = time.process_time()
    for _ in range(times):
        call()
    print((time.process_time() - started) / times * 1e6)


async def _several(make: Callable[[], Any], in_flight: int, times: int) -> None:
    """The same for calls in flight at the same time; with 0 in flight, one call and no more."""
    import asyncio

    call = make()
    assert "success" in str(await call())

    async def repeat(share: int) -> None:
        for _ in range(share):
            await call()

    for share in (times // 5, times) if in_flight else ():
        started = time.process_time()
        each = max(1, share // in_flight)
        await asyncio.gather(*(repeat(each) for _ in range(in_flight)))
        spent = time.process_time() - started
    if in_flight:
        print(spent / (each * in_flight) * 1e6)


def main(name: str, mode: str, url: str, exchange: str) -> None:
    with open(exchange) as file:  # noqa: PTH123  # pathlib would be part of the cold start
        body, answer = json.load(file)
    if mode in ("encode", "decode"):
        parts = globals()[f"{name}_work"](body, json.dumps(answer))
        _print_cpu(parts[mode], 3000)
    elif mode.startswith("async-"):
        import asyncio

        make = globals()[f"{name}_async"]
        in_flight = int(mode.removeprefix("async-"))
        asyncio.run(_several(lambda: make(url, body), in_flight, 600))
    else:
        call = globals()[f"{name}_sync"](url, body)
        assert "success" in str(call())
        if mode == "sync":
            _print_cpu(call, 600)


if __name__ == "__main__":
    main(*sys.argv[1:])
