"""The same call, made by each contender. Run as a process, it makes that call and prints how many microseconds of CPU time one takes.

python contenders.py CONTENDER MODE URL EXCHANGE

MODE is `once` (a single call; nothing is printed), `sync`, the number of asynchronous calls in flight, `decode` or `encode`. EXCHANGE is a
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
    """The vendor's SDK takes a dictionary of its own shape: the endpoint as one URL, one API key. What it sends is smaller."""
    make: Any = importlib.import_module("enkryptai_sdk").ModelClient
    client = make(api_key=KEY, base_url=url)
    settings = {k: v for k, v in body["model_config"].items() if k != "endpoint"}
    settings |= {"endpoint_url": "https://service.example/v1/chat", "apikey": "one"}
    text = json.dumps({**body, "model_config": settings})
    # It removes keys from its argument, so every call needs a copy.
    return lambda: client.modify_model(json.loads(text))


# The contenders, by their names in the report. To add one:
# - here: its name, and its function in SYNC, ASYNC or both;
# - in `__main__`: its import in IMPORTS, its package in `interpreters`, and its name in CLIENTS_MADE and in CALLS where it belongs.
#   Those entries of CALLS that say `contenders.SYNC` or `contenders.ASYNC` have it already.
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
    """Return a function that encodes the request, or decodes the answer, by hand or with models."""
    if name == HTTPX:
        return lambda: json.dumps(body) if mode == "encode" else json.loads(answer)
    models: Any = importlib.import_module(MODELS[name])
    if mode == "encode":
        request = models.ModelRequestObject.from_dict(body)
        return lambda: json.dumps(request.to_dict())
    read = models.ModifyModelResponseObject.from_dict
    return lambda: read(json.loads(answer))


def report(call: Call, times: int, calls: int = 1) -> None:
    """Run `call` so many times, twice, and print the CPU microseconds of one call in the second round; the first warms up.

    Args:
        call: The function to measure.
        times: How often to run it in a round.
        calls: How many calls of the contender one run makes.
    """
    spent = 0.0
    for _round in range(2):
        started = time.process_time()
        for _ in range(times):
            call()
        spent = time.process_time() - started
    # At once, before anybody warns of what is not closed.
    print(spent / times / calls * 1e6, flush=True)  # noqa: T201  # a process that imports nothing of ours


def call_async(make: Callable[[], Call], in_flight: int) -> None:
    """Make one call, which must succeed; then measure about 600, with `in_flight` of them at the same time, unless that is 0."""
    import asyncio

    async def make_call() -> Call:
        return make()  # inside the event loop, which clients look for

    calls_per_task = max(3, 600 // max(1, in_flight))

    async def call_in_a_row() -> None:
        for _ in range(calls_per_task):
            await call()

    async def call_at_once() -> None:
        await asyncio.gather(*(call_in_a_row() for _ in range(in_flight)))

    with asyncio.Runner() as runner:
        call = runner.run(make_call())
        assert "success" in str(runner.run(call()))
        if in_flight:
            calls = calls_per_task * in_flight
            report(lambda: runner.run(call_at_once()), 1, calls)


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
