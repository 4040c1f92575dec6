"""What reaches the service, seen on a real loopback socket: the documented request, nothing added, nothing lost."""

from __future__ import annotations

import itertools
import json
import operator
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import Response

from enkrypt_api_client.models import ModelRequestObject
from scripts import document as oas
from scripts.loopback import running
from scripts.mock_service import API_KEY, MockService
from tests.policy.faults import use

Seen = list[tuple[str, str, dict[str, str], Any]]


class RecordingService(MockService):
    """Remembers method, path, headers and body of every request."""

    def __init__(self, document: Any) -> None:
        super().__init__(document)
        self.seen: Seen = []

    def answer(self, request: Request, body: bytes) -> Response:
        headers = dict(request.headers)
        self.seen.append((request.method, request.url.path, headers, json.loads(body)))
        return super().answer(request, body)


@pytest.fixture
def service(document: Any) -> Iterator[tuple[RecordingService, str]]:
    recording = RecordingService(document)
    with running(recording) as url:
        yield recording, url


@pytest.fixture(params=["sync", "async"])
def modify(request: Any, service: tuple[RecordingService, str]) -> Any:
    """`modify_model` of either client."""

    def call(body: Any, **more: Any) -> Any:
        work = operator.methodcaller("modify_model", body, **more)
        return use(request.param, service[1], work, api_key=API_KEY)

    return call


def test_a_rename_of_the_documents_example_arrives_as_it_is(
    service: tuple[RecordingService, str], request_example: Any, modify: Any
) -> None:
    renamed = {**request_example, "model_saved_name": "New", "model_version": "v2"}
    current = {"current_name": "Test Model", "current_version": "v1"}
    result = modify(renamed, **current)
    ((method, path, headers, body),) = service[0].seen
    assert (method, path) == ("PATCH", "/models/modify-model")
    assert headers["apikey"] == API_KEY
    assert headers["x-enkrypt-model"] == "Test Model"
    assert headers["x-enkrypt-model-version"] == "v1"
    assert headers["content-type"] == "application/json"
    assert body == renamed
    assert result.message == "Model details updated successfully"


def test_a_request_that_renames_nothing_names_its_own_model_in_the_headers(
    service: tuple[RecordingService, str], request_example: Any, modify: Any
) -> None:
    modify(request_example)
    ((_, _, headers, _),) = service[0].seen
    assert headers["x-enkrypt-model"] == request_example["model_saved_name"]
    assert headers["x-enkrypt-model-version"] == request_example["model_version"]


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


def test_every_one_of_the_71_leaf_fields_arrives_with_the_value_given(
    service: tuple[RecordingService, str], document: Any, modify: Any
) -> None:
    schema = document["components"]["schemas"]["ModelRequestObject"]
    full = populated(document, schema, itertools.count(1))
    assert len(leaves(full)) == 71
    current = {"current_name": "Test Model", "current_version": "v1"}
    result = modify(ModelRequestObject.from_dict(full), **current)
    assert service[0].seen[0][3] == full
    answered = result.data.to_dict()
    assert {name: answered[name] for name in full} == full
