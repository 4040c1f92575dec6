"""Decoding, encoding and a whole call do less than the plain generated client and httpx do. Steps are counted, not microseconds."""

from __future__ import annotations

import gc
import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from enkrypt_api_client import EnkryptClient, models
from scripts.bench import documents
from scripts.bench.__main__ import serve


def calls(work: Callable[[], Any]) -> int:
    """How many functions, of Python and of C, some work calls, the second time that it is done."""
    count = 0

    def profile(frame: Any, event: str, argument: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    work()
    before = sys.getprofile()
    gc.disable()  # finalizers of others are not this work
    sys.setprofile(profile)
    try:
        work()
    finally:
        sys.setprofile(before)
        gc.enable()
    return count


@pytest.fixture(scope="module")
def exchange(document: Any) -> tuple[Any, Any]:
    return documents.exchange(document)


@pytest.fixture(scope="module")
def plain(plain_folder: Path) -> Iterator[Any]:
    """The models of the plain generated client."""
    sys.path.insert(0, str(plain_folder))
    yield importlib.import_module("plain_client.models")
    sys.path.remove(str(plain_folder))


def test_models_take_many_fewer_calls_than_those_of_the_plain_generated_client(
    exchange: tuple[Any, Any], plain: Any
) -> None:
    body, answer = exchange

    def decoding(package: Any) -> int:
        return calls(lambda: package.ModifyModelResponseObject.from_dict(answer))

    def encoding(package: Any) -> int:
        return calls(package.ModelRequestObject.from_dict(body).to_dict)

    assert decoding(models) <= 0.75 * decoding(plain)
    # Its imports within functions count as 57 to 85 calls, by what ran before in the process; ours are 20 always.
    assert encoding(models) <= 0.4 * encoding(plain)


def test_a_whole_call_takes_fewer_calls_than_httpx_by_hand(
    exchange: tuple[Any, Any],
) -> None:
    body, answer = exchange
    url = serve(answer)
    request = models.ModelRequestObject.from_dict(body)
    headers = {"apikey": "k", "X-Enkrypt-Model": "n", "X-Enkrypt-Model-Version": "v"}
    with EnkryptClient("k", base_url=url) as client, httpx.Client() as raw:

        def by_hand() -> Any:
            response = raw.patch(f"{url}/x", headers=headers, json=body)
            return response.raise_for_status().json()

        assert client.modify_model(request).message == by_hand()["message"]
        ours, theirs = calls(lambda: client.modify_model(request)), calls(by_hand)
    assert ours <= theirs, f"{ours} against {theirs}"
