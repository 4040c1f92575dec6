"""The same call made in different ways; a process that makes it and prints the CPU microseconds that one takes.

python contenders.py CONTENDER MODE URL EXCHANGE

MODE is once (one call and no more, nothing is printed), sync, 1 or 50 (asynchronous calls in flight), decode or encode. EXCHANGE is a JSON
file with the request and its answer. Every function imports only what its contender needs, so that a cold start is its own.
"""

from __future__ import annotations

import importlib
import json
import sys
import time
from collections.abc import Callable
from typing import Any

Call = Callable[[], Any]  # gives the answer, or something that is awaited for it
KEY, PATH = "bench-key", "/models/modify-model"
NAME, VERSION = "Test Model", "v1"
HEADERS = {"apikey": KEY, "X-Enkrypt-Model": NAME, "X-Enkrypt-Model-Version": VERSION}


def httpx(url: str, body: Any, asynchronous: bool) -> Call:
    import httpx

    request: Any = {"headers": HEADERS, "json": body}
    if not asynchronous:
        client = httpx.Client()
        return lambda: client.patch(url + PATH, **request).raise_for_status().json()
    async_client = httpx.AsyncClient()

    async def call() -> Any:
        answer = await async_client.patch(url + PATH, **request)
        return answer.raise_for_status().json()

    return call


def aiohttp(url: str, body: Any, asynchronous: bool) -> Call:
    import aiohttp

    client = aiohttp.ClientSession(raise_for_status=True)
    request: Any = {"headers": HEADERS, "json": body}

    async def call() -> Any:
        async with client.patch(url + PATH, **request) as answer:
            return await answer.json()

    return call


def plain(url: str, body: Any, asynchronous: bool) -> Call:
    operation: Any = importlib.import_module("plain_client.api.endpoints.modify_model")
    make: Any = importlib.import_module("plain_client.client").AuthenticatedClient
    arguments = {
        "client": make(url, KEY, prefix="", auth_header_name="apikey"),
        "body": operation.ModelRequestObject.from_dict(body),
        "x_enkrypt_model": NAME,
        "x_enkrypt_model_version": VERSION,
    }
    function = operation.asyncio if asynchronous else operation.sync
    return lambda: function(**arguments)


def ours(url: str, body: Any, asynchronous: bool) -> Call:
    from enkrypt_api_client import AsyncEnkryptClient, EnkryptClient, models

    request: Any = models.ModelRequestObject.from_dict(body)
    make: Any = AsyncEnkryptClient if asynchronous else EnkryptClient
    client = make(KEY, base_url=url)
    return lambda: client.modify_model(request)


def sdk(url: str, body: Any, asynchronous: bool) -> Call:
    """It takes a dictionary of its own shape: the endpoint as one URL, one API key. What it sends is smaller."""
    make: Any = importlib.import_module("enkryptai_sdk").ModelClient
    client = make(api_key=KEY, base_url=url)
    kept = {k: v for k, v in body["model_config"].items() if k != "endpoint"}
    kept |= {"endpoint_url": "https://service.example/v1/chat", "apikey": "one"}
    text = json.dumps({**body, "model_config": kept})
    # It takes keys out of what it is given, so every call needs a copy.
    return lambda: client.modify_model(json.loads(text))


# By the names that the report gives them.
CONTENDERS = {
    "httpx by hand": httpx,
    "plain generated": plain,
    "this client": ours,
    "aiohttp by hand": aiohttp,
    "enkryptai-sdk": sdk,
}
MODELS = {plain: "plain_client.models", ours: "enkrypt_api_client.models"}


def work(contender: Any, mode: str, body: Any, answer: str) -> Call:
    """Decoding an answer or encoding a request, by hand or with models."""
    if contender is httpx:
        return lambda: json.dumps(body) if mode == "encode" else json.loads(answer)
    models: Any = importlib.import_module(MODELS[contender])
    sent, received = models.ModelRequestObject, models.ModifyModelResponseObject
    if mode == "encode":
        request = sent.from_dict(body)
        return lambda: json.dumps(request.to_dict())
    return lambda: received.from_dict(json.loads(answer))


def repeat(call: Call, times: int) -> None:
    """Print the CPU microseconds of one call of many, after as many to warm up."""
    for _warm_up in range(2):
        started = time.process_time()
        for _ in range(times):
            call()
        spent = time.process_time() - started
    print(spent / times * 1e6)


async def repeat_async(make: Callable[[], Call], in_flight: int, times: int) -> None:
    """The same for calls in flight at the same time; with 0 in flight, one call and no more."""
    import asyncio

    call = make()
    assert "success" in str(await call())

    async def share() -> None:
        for _ in range(times // in_flight):
            await call()

    for warm_up in (True, False) if in_flight else ():
        started = time.process_time()
        await asyncio.gather(*(share() for _ in range(in_flight)))
        if not warm_up:  # printed before anybody warns of what is not closed
            print((time.process_time() - started) / times * 1e6, flush=True)


def main(name: str, mode: str, url: str, exchange: str) -> None:
    with open(exchange) as file:  # noqa: PTH123  # pathlib would be part of the cold start
        body, answer = json.load(file)
    contender = CONTENDERS[name]
    if mode in ("encode", "decode"):
        repeat(work(contender, mode, body, json.dumps(answer)), 3000)
    elif mode.isdecimal() or contender is aiohttp:
        import asyncio

        in_flight = int(mode) if mode.isdecimal() else 0
        asyncio.run(repeat_async(lambda: contender(url, body, True), in_flight, 600))
    else:
        call = contender(url, body, False)
        assert "success" in str(call())
        if mode == "sync":
            repeat(call, 600)


if __name__ == "__main__":
    main(*sys.argv[1:])
