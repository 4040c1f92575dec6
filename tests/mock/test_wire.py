"""What reaches the service, seen on a real loopback socket: the documented request, nothing added, nothing lost."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from typing import Any

import pytest

from enkrypt_api_client.models import ModelRequestObject
from scripts.contract.reading.contract import read
from scripts.contract.schema import (
    Array,
    Enum,
    Object,
    Scalar,
    Schema,
    target,
)
from scripts.loopback.samples import Sampler
from scripts.loopback.server import running
from scripts.mock.service import API_KEY, MockService
from tests.required import PATH
from tests.runtime.drivers import Driver


@pytest.fixture(scope="module")
def running_service(document: Any) -> Iterator[tuple[MockService, str]]:
    mock = MockService(document)
    with running(mock) as url:
        yield mock, url


@pytest.fixture
def service(running_service: tuple[MockService, str]) -> tuple[MockService, str]:
    """A service that has the models of its own and has seen no request, whatever the test before did."""
    mock, _url = running_service
    mock.reset()
    mock.requests.clear()
    return running_service


@pytest.fixture
def modify(driver: Driver, service: tuple[MockService, str]) -> Iterator[Any]:
    """`modify_model` of either client."""
    with driver.client(service[1], api_key=API_KEY) as client:
        yield lambda body, **more: driver.wait(client.modify_model(body, **more))


def test_a_rename_of_the_documents_example_arrives_as_it_is(
    service: tuple[MockService, str], request_example: Any, modify: Any
) -> None:
    renamed = {**request_example, "model_saved_name": "New", "model_version": "v2"}
    current = {"current_name": "Test Model", "current_version": "v1"}
    result = modify(renamed, **current)
    ((method, path, headers, body),) = service[0].requests
    assert (method, path) == ("PATCH", PATH)
    assert headers["apikey"] == API_KEY
    assert headers["x-enkrypt-model"] == "Test Model"
    assert headers["x-enkrypt-model-version"] == "v1"
    assert headers["content-type"] == "application/json"
    assert json.loads(body) == renamed
    assert result.message == "Model details updated successfully"


def test_a_request_that_renames_nothing_names_its_own_model_in_the_headers(
    service: tuple[MockService, str], request_example: Any, modify: Any
) -> None:
    modify(request_example)
    ((_, _, headers, _),) = service[0].requests
    assert headers["x-enkrypt-model"] == request_example["model_saved_name"]
    assert headers["x-enkrypt-model-version"] == request_example["model_version"]


class Filled:
    """Makes values with every declared field, each leaf different from every other where its type allows."""

    def __init__(self, document: Any) -> None:
        self.contract = read(document)
        self._sampler = Sampler(self.contract)
        self._numbers = itertools.count(1)

    def value(self, schema: Schema) -> Any:
        resolved = target(schema, self.contract.types)[0]
        number = next(self._numbers)
        match resolved:
            case Object(additional=True) if not resolved.fields:
                return {"free": {"form": [number]}}
            case Object() if resolved.fields:
                return {name: self.value(f) for name, f in resolved.fields.items()}
            case Array(items=items) if items is not None and not resolved.limits:
                return [self.value(items) for _ in range(2)]
            case Enum():
                return resolved.values[number % len(resolved.values)]
            case Scalar() if not resolved.format and not resolved.limits:
                of_type = {"string": f"text {number}", "integer": number}
                return {**of_type, "number": number + 0.5, "boolean": True}[
                    resolved.type
                ]
            case _:
                return self._sampler.draw(resolved, number)

    def request(self) -> Any:
        return self.value(self.contract.types["ModelRequestObject"])


def leaves(value: Any, place: str = "") -> set[str]:
    """Places of the leaf fields of a value; items of a list share one."""
    if isinstance(value, dict) and "free" not in value:
        return set().union(*(leaves(v, f"{place}.{k}") for k, v in value.items()))
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return set().union(*(leaves(item, f"{place}[]") for item in value))
    return {place}


def test_every_leaf_field_arrives_with_the_value_given(
    service: tuple[MockService, str], document: Any, modify: Any
) -> None:
    full = Filled(document).request()
    current = {"current_name": "Test Model", "current_version": "v1"}
    result = modify(ModelRequestObject.from_dict(full), **current)
    assert json.loads(service[0].requests[0][3]) == full
    answered = result.data.to_dict()
    assert {name: answered[name] for name in full} == full


def test_a_request_with_all_that_the_saved_page_declares_has_71_leaf_fields(
    saved_document: Any,
) -> None:
    assert len(leaves(Filled(saved_document).request())) == 71
