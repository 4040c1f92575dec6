"""The same call made in different ways; a process that makes it and prints the CPU microseconds that one takes.

python contenders.py CONTENDER MODE URL EXCHANGE

MODE is once (one call and no more, nothing is printed), sync, the number of asynchronous calls in flight, decode or encode. EXCHANGE is a
JSON file with the request and its answer. Every function imports only what its contender needs, so that a cold start is its own.
"""

from __future__ import annotations

import importlib
import json
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any, TypeAlias

Call = Callable[[], Any]  # gives the answer, or something that is awaited for it
Json: TypeAlias = "dict[str, Any]"
Contenders = dict[str, Callable[[str, Json], Call]]
KEY = "bench-key"
PATH = "/models/modify-model"
NAME = "Test Model"
VERSION = "v1"
HEADERS = {"apikey": KEY, "X-Enkrypt-Model": NAME, "X-Enkrypt-Model-Version": VERSION}


def httpx(url: str, body: Json, library: str = "httpx") -> Call:
    client: Any = importlib.import_module(library).Client()

    def call() -> object:
        answer = client.patch(url + PATH, headers=HEADERS, json=body)
        return answer.raise_for_status().json()

    return call


def httpx_async(url: str, body: Json, library: str = "httpx") -> Call:
    client: Any = importlib.import_module(library).AsyncClient()

    async def call() -> object:
        answer = await client.patch(url + PATH, headers=HEADERS, json=body)
        return answer.raise_for_status().json()

    return call


def aiohttp_async(url: str, body: Json) -> Call:
    import aiohttp

    client = aiohttp.ClientSession(raise_for_status=True)

    async def call() -> object:
        async with client.patch(url + PATH, headers=HEADERS, json=body) as answer:
            return await answer.json()

    return call


def plain(url: str, body: Json, function: str = "sync") -> Call:
    operation: Any = importlib.import_module("plain_client.api.endpoints.modify_model")
    make: Any = importlib.import_module("plain_client.client").AuthenticatedClient
    return partial(
        getattr(operation, function),
        client=make(url, KEY, prefix="", auth_header_name="apikey"),
        body=operation.ModelRequestObject.from_dict(body),
        x_enkrypt_model=NAME,
        x_enkrypt_model_version=VERSION,
    )


def ours(url: str, body: Json, client: str = "EnkryptClient") -> Call:
    import enkrypt_api_client as package
    from enkrypt_api_client.models import ModelRequestObject

    call: Any = getattr(package, client)(KEY, base_url=url).modify_model
    return partial(call, ModelRequestObject.from_dict(body))


def sdk(url: str, body: Json) -> Call:
    """It takes a dictionary of its own shape: the endpoint as one URL, one API key. What it sends is smaller."""
    make: Any = importlib.import_module("enkryptai_sdk").ModelClient
    client = make(api_key=KEY, base_url=url)
    settings = {k: v for k, v in body["model_config"].items() if k != "endpoint"}
    settings |= {"endpoint_url": "https://service.example/v1/chat", "apikey": "one"}
    text = json.dumps({**body, "model_config": settings})
    # It takes keys out of what it is given, so every call needs a copy.
    return lambda: client.modify_model(json.loads(text))


# The contenders, by their names in the report. A new one needs a line in SYNC or ASYNC, and in `__main__` one in `IMPORTS`, the package in
# `interpreters`, and its name in those of CALLS that list names.
HTTPX = "httpx by hand"
HTTPX2 = "httpx2 by hand"
PLAIN = "plain generated"
OURS = "this client"
BEFORE = "this client before"
AIOHTTP = "aiohttp by hand"
SDK = "enkryptai-sdk"
SYNC: Contenders = {
    HTTPX: httpx,
    HTTPX2: partial(httpx, library="httpx2"),
    PLAIN: plain,
    OURS: ours,
    BEFORE: ours,
    SDK: sdk,
}
ASYNC: Contenders = {
    HTTPX: httpx_async,
    HTTPX2: partial(httpx_async, library="httpx2"),
    PLAIN: partial(plain, function="asyncio"),
    OURS: partial(ours, client="AsyncEnkryptClient"),
    BEFORE: partial(ours, client="AsyncEnkryptClient"),
    AIOHTTP: aiohttp_async,
}
MODELS = {PLAIN: "plain_client.models", OURS: "enkrypt_api_client.models"}


def work(name: str, mode: str, body: Json, answer: str) -> Call:
    """Decoding an answer or encoding a request, by hand or with models."""
    if name == HTTPX:
        return lambda: json.dumps(body) if mode == "encode" else json.loads(answer)
    models: Any = importlib.import_module(MODELS[name])
    if mode == "encode":
        request = models.ModelRequestObject.from_dict(body)
        return lambda: json.dumps(request.to_dict())
    read = models.ModifyModelResponseObject.from_dict
    return lambda: read(json.loads(answer))


def report(call: Call, times: int, calls: int = 1) -> None:
    """Print the CPU microseconds of one of many calls, after as many to warm up; `call` makes `each` of them."""
    for _warm_up in range(2):
        started = time.process_time()
        for _ in range(times):
            call()
        spent = time.process_time() - started
    # At once, before anybody warns of what is not closed.
    print(spent / times / calls * 1e6, flush=True)  # noqa: T201  # a process that imports nothing of ours


def call_async(make: Callable[[], Call], in_flight: int) -> None:
    """One call; then many, so many in flight at the same time, if any."""
    import asyncio

    async def ready() -> Call:
        return make()

    calls_each = max(3, 600 // max(1, in_flight))

    async def share() -> None:
        for _ in range(calls_each):
            await call()

    async def shares() -> None:
        await asyncio.gather(*(share() for _ in range(in_flight)))

    with asyncio.Runner() as runner:
        call = runner.run(ready())
        assert "success" in str(runner.run(call()))
        if in_flight:
            report(lambda: runner.run(shares()), 1, calls_each * in_flight)


def main(name: str, mode: str, url: str, exchange: str) -> None:
    with open(exchange) as file:  # noqa: PTH123  # pathlib would be part of the cold start
        body, answer = json.load(file)
    if mode in ("encode", "decode"):
        report(work(name, mode, body, json.dumps(answer)), 3000)
    elif mode.isdecimal() or name not in SYNC:
        in_flight = int(mode) if mode.isdecimal() else 0
        call_async(partial(ASYNC[name], url, body), in_flight)
    else:
        call = SYNC[name](url, body)
        assert "success" in str(call())
        if mode == "sync":
            report(call, 600)


if __name__ == "__main__":
    main(*sys.argv[1:])
