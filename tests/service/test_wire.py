"""What reaches the service, seen on a real loopback socket: the documented request, nothing added, nothing lost."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from enkrypt_api_client import AsyncEnkryptClient, EnkryptClient
from enkrypt_api_client.models import ModelRequestObject, ModifyModelResponseObject
from scripts import document as oas
from scripts.mock_service import API_KEY, MockService, Reply, running

Seen = list[tuple[str, str, dict[str, str], Any]]
Call = Callable[..., ModifyModelResponseObject]


class RecordingService(MockService):
    """Remembers method, path, headers and body of every request."""

    def __init__(self, document: Any) -> None:
        super().__init__(document)
        self.seen: Seen = []

    def answer(self, scope: Any, body: bytes) -> Reply:
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        self.seen.append((scope["method"], scope["path"], headers, json.loads(body)))
        return super().answer(scope, body)


@pytest.fixture
def service(document: Any) -> Iterator[tuple[RecordingService, str]]:
    recording = RecordingService(document)
    with running(recording) as url:
        yield recording, url


def call_sync(url: str, request: Any, **more: Any) -> ModifyModelResponseObject:
    with EnkryptClient(API_KEY, base_url=url) as client:
        return client.modify_model(request, **more)


def call_async(url: str, request: Any, **more: Any) -> ModifyModelResponseObject:
    async def call() -> ModifyModelResponseObject:
        async with AsyncEnkryptClient(API_KEY, base_url=url) as client:
            return await client.modify_model(request, **more)

    return asyncio.run(call())


both = pytest.mark.parametrize("call", [call_sync, call_async])


@both
@pytest.mark.parametrize("typed", [True, False])
def test_the_documents_example_arrives_as_it_is(
    service: tuple[RecordingService, str], request_example: Any, call: Call, typed: bool
) -> None:
    recording, url = service
    request = (
        ModelRequestObject.from_dict(request_example) if typed else request_example
    )
    result = call(url, request)
    ((method, path, headers, body),) = recording.seen
    assert (method, path) == ("PATCH", "/models/modify-model")
    assert headers["apikey"] == API_KEY
    assert headers["x-enkrypt-model"] == "Test Model"
    assert headers["x-enkrypt-model-version"] == "v1"
    assert headers["content-type"] == "application/json"
    assert body == request_example
    assert result.message == "Model details updated successfully"


@both
def test_a_rename_sends_the_current_name_in_the_headers_and_the_new_one_in_the_body(
    service: tuple[RecordingService, str], request_example: Any, call: Call
) -> None:
    recording, url = service
    renamed = {**request_example, "model_saved_name": "New", "model_version": "v2"}
    call(url, renamed, current_name="Test Model", current_version="v1")
    ((_method, _path, headers, body),) = recording.seen
    assert (headers["x-enkrypt-model"], headers["x-enkrypt-model-version"]) == (
        "Test Model",
        "v1",
    )
    assert (body["model_saved_name"], body["model_version"]) == ("New", "v2")


def populated(document: Any, schema: Any, numbers: Iterator[int]) -> Any:
    """A value with every declared field, each leaf different from every other where its type allows."""
    schema = oas.resolved(document, schema)
    value: dict[str, Any] = {}
    for member in schema.get("allOf", ()):
        value |= populated(document, member, numbers)
    for name, inner in schema.get("properties", {}).items():
        value[name] = populated(document, inner, numbers)
    if value or schema.get("type") == "object":
        return value or {"free": {"form": [next(numbers)]}}
    if schema["type"] == "array":
        return [populated(document, schema["items"], numbers) for _ in range(2)]
    if "enum" in schema:
        return schema["enum"][next(numbers) % len(schema["enum"])]
    number = next(numbers)
    return {
        "string": f"text {number}",
        "integer": number,
        "number": number + 0.5,
        "boolean": True,
    }[schema["type"]]


def leaves(value: Any, place: str = "") -> set[str]:
    """Places of the leaf fields of a value; items of a list share one."""
    if isinstance(value, dict) and "free" not in value:
        return set().union(*(leaves(v, f"{place}.{k}") for k, v in value.items()))
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return set().union(*(leaves(item, f"{place}[]") for item in value))
    return {place}


@both
def test_every_one_of_the_71_leaf_fields_arrives_with_the_value_given(
    service: tuple[RecordingService, str], document: Any, call: Call
) -> None:
    recording, url = service
    schema = document["components"]["schemas"]["ModelRequestObject"]
    full = populated(document, schema, itertools.count(1))
    assert len(leaves(full)) == 71
    result = call(
        url,
        ModelRequestObject.from_dict(full),
        current_name="Test Model",
        current_version="v1",
    )
    assert recording.seen[0][3] == full
    assert result.data
    answered = result.data.to_dict()
    assert {name: answered[name] for name in full} == full
