"""The operations that manage models work on the models that the mock service keeps, once their pages are taken in."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from scripts.intake import document as oas
from scripts.loopback.server import running
from scripts.mock.service import API_KEY, NAMES, MockService
from tests.conftest import PAGE

KEY = {"apikey": API_KEY}
MODEL = {**KEY, "X-Enkrypt-Model": "Test Model", "X-Enkrypt-Model-Version": "v1"}
NEW = {"model_saved_name": "New", "model_version": "v2"}


def with_sibling_pages(saved_document: Any) -> Any:
    """The saved document with the operations of the four sibling pages."""
    whole = copy.deepcopy(saved_document)
    for name in ("get-model", "list-models", "add-model", "delete-model"):
        page = oas.read(PAGE.with_name(f"{name}.md"))
        whole["paths"] |= page["paths"]
        whole["components"]["schemas"] |= page["components"]["schemas"]
    return whole


@pytest.fixture(scope="module")
def running_http(saved_document: Any) -> Iterator[httpx.Client]:
    with (
        running(MockService(with_sibling_pages(saved_document))) as url,
        httpx.Client(base_url=url, headers=KEY, trust_env=False) as client,
    ):
        yield client


@pytest.fixture
def http(running_http: httpx.Client) -> httpx.Client:
    """A client of a service that has the models of its own, whatever the test before did."""
    running_http.post("/_mock/reset")
    return running_http


def names(http: httpx.Client, **query: int) -> list[str]:
    answer = http.get("/models/list-models", params=query)
    assert answer.status_code == 200
    assert answer.json()["total"] >= len(answer.json()["models"])
    return [model["model_saved_name"] for model in answer.json()["models"]]


def test_a_model_that_is_added_is_listed_read_and_deleted(http: httpx.Client) -> None:
    added = http.post("/models/add-model", json=NEW)
    assert added.status_code == 201
    assert names(http) == [*NAMES, "New"]

    here = {"X-Enkrypt-Model": "New", "X-Enkrypt-Model-Version": "v2"}
    read = http.get("/models/get-model", headers=here)
    assert read.json() == added.json()["data"]

    assert http.delete("/models/delete-model", headers=here).status_code == 200
    assert names(http) == [*NAMES]
    assert http.get("/models/get-model", headers=here).status_code == 404
    assert http.delete("/models/delete-model", headers=here).status_code == 404


def test_what_modify_model_stores_is_what_get_model_answers(
    http: httpx.Client, saved_request: Any
) -> None:
    changed = {**saved_request, "model_saved_name": "Renamed"}
    stored = http.patch("/models/modify-model", headers=MODEL, json=changed)
    here = {"X-Enkrypt-Model": "Renamed", "X-Enkrypt-Model-Version": "v1"}
    assert http.get("/models/get-model", headers=here).json() == stored.json()["data"]
    assert http.get("/models/get-model", headers=MODEL).status_code == 404


def test_a_model_is_added_only_once(http: httpx.Client) -> None:
    again = {"model_saved_name": NAMES[0], "model_version": "v1"}
    assert http.post("/models/add-model", json=again).status_code == 409


def test_models_are_listed_by_pages(http: httpx.Client) -> None:
    assert names(http, page=1, per_page=3) == [*NAMES[:3]]
    assert names(http, page=2, per_page=3) == [*NAMES[3:]]
    assert names(http, page=3, per_page=3) == []


def test_reset_forgets_what_was_added_and_deleted(http: httpx.Client) -> None:
    http.post("/models/add-model", json=NEW)
    http.delete("/models/delete-model", headers=MODEL)
    http.post("/_mock/reset")
    assert names(http) == [*NAMES]


def test_an_operation_whose_page_describes_another_answer_is_answered_by_its_example(
    saved_document: Any,
) -> None:
    whole = with_sibling_pages(saved_document)
    answer = whole["paths"]["/models/list-models"]["get"]["responses"]["200"]
    answer["content"]["application/json"]["schema"] = {
        "type": "object",
        "properties": {"found": {"type": "integer", "example": 7}},
    }
    with running(MockService(whole)) as url:
        listed = httpx.get(f"{url}/models/list-models", headers=KEY, trust_env=False)
    assert listed.json() == {"found": 7}
