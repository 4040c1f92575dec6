"""Decoding, encoding and a whole call do less than the plain generated client and httpx do. Steps are counted, not microseconds."""

from __future__ import annotations

import gc
import importlib
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import httpcore
import httpx
import pytest

from enkrypt_api_client import EnkryptClient
from enkrypt_api_client.models import ModelRequestObject, ModifyModelResponseObject
from scripts.bench import documents


def instructions(work: Callable[[], Any]) -> int:
    """How many bytecode instructions some work takes, the second time that it is done."""
    count = 0

    def trace(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal count
        frame.f_trace_opcodes = True
        count += event == "opcode"
        return trace

    work()
    return _watched(sys.settrace, trace, work, lambda: count)


def calls(work: Callable[[], Any]) -> int:
    """How many functions, of Python and of C, some work calls, the second time that it is done."""
    count = 0

    def profile(frame: FrameType, event: str, argument: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    work()
    return _watched(sys.setprofile, profile, work, lambda: count)


def _watched(
    start: Callable[[Any], None],
    watch: Any,
    work: Callable[[], Any],
    found: Callable[[], int],
) -> int:
    before = sys.gettrace() if start is sys.settrace else sys.getprofile()
    gc.disable()  # finalizers of others are not this work
    start(watch)
    try:
        work()
    finally:
        start(before)
        gc.enable()
    return found()


@pytest.fixture(scope="module")
def exchange(document: Any) -> tuple[Any, Any]:
    return documents.exchange(document)


@pytest.fixture(scope="module")
def plain(plain_folder: Path) -> Iterator[Any]:
    """The models of the plain generated client."""
    sys.path.insert(0, str(plain_folder))
    yield importlib.import_module("plain_client.models")
    sys.path.remove(str(plain_folder))


@pytest.mark.parametrize(
    ("count", "most"), [(instructions, 0.85), (calls, 0.75)], ids=["steps", "calls"]
)
def test_decoding_takes_much_less_than_in_the_plain_generated_client(
    exchange: tuple[Any, Any], plain: Any, count: Callable[..., int], most: float
) -> None:
    _, answer = exchange
    ours = count(lambda: ModifyModelResponseObject.from_dict(answer))
    theirs = count(lambda: plain.ModifyModelResponseObject.from_dict(answer))
    assert ours <= most * theirs, f"{ours} against {theirs}"


@pytest.mark.parametrize(
    ("count", "most"), [(instructions, 0.85), (calls, 0.3)], ids=["steps", "calls"]
)
def test_encoding_takes_much_less_than_in_the_plain_generated_client(
    exchange: tuple[Any, Any], plain: Any, count: Callable[..., int], most: float
) -> None:
    body, _ = exchange
    ours = count(ModelRequestObject.from_dict(body).to_dict)
    theirs = count(plain.ModelRequestObject.from_dict(body).to_dict)
    assert ours <= most * theirs, f"{ours} against {theirs}"


class AnsweringBackend(httpcore.NetworkBackend):
    """Sockets of no network: each whole request is answered at once, in one piece."""

    def __init__(self, answer: bytes) -> None:
        self.answer = answer

    def connect_tcp(self, *_: Any, **__: Any) -> httpcore.NetworkStream:
        return AnsweringStream(self.answer)


class AnsweringStream(httpcore.NetworkStream):
    def __init__(self, answer: bytes) -> None:
        self.answer = answer

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self.answer

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        pass

    def close(self) -> None:
        pass

    def get_extra_info(self, info: str) -> Any:
        return None


@pytest.fixture
def no_network(exchange: tuple[Any, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Every connection that is opened is answered with the success of the exchange."""
    content = json.dumps(exchange[1]).encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
    backend = AnsweringBackend(head.encode() + content)
    pool = httpcore.ConnectionPool
    made = pool.__init__

    def init(self: Any, *arguments: Any, **options: Any) -> None:
        made(self, *arguments, **options)
        self._network_backend = backend

    monkeypatch.setattr(pool, "__init__", init)


@pytest.mark.usefixtures("no_network")
def test_a_whole_call_takes_fewer_calls_than_httpx_by_hand(
    exchange: tuple[Any, Any],
) -> None:
    body, _ = exchange
    request = ModelRequestObject.from_dict(body)
    headers = {"apikey": "k", "X-Enkrypt-Model": "n", "X-Enkrypt-Model-Version": "v"}
    with (
        EnkryptClient("k", base_url="http://127.0.0.1:9") as client,
        httpx.Client() as raw,
    ):

        def by_hand() -> Any:
            response = raw.patch("http://127.0.0.1:9/x", headers=headers, json=body)
            return response.raise_for_status().json()

        assert client.modify_model(request).message == by_hand()["message"]
        ours, theirs = calls(lambda: client.modify_model(request)), calls(by_hand)
    assert ours <= theirs, f"{ours} against {theirs}"
