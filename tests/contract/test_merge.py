"""Several pages become one document, the same in any order, or stop with the first difference."""

from __future__ import annotations

import copy
import itertools
from typing import Any

import pytest

from scripts import document as oas
from scripts import drift, mutations
from scripts.document import DocumentError
from scripts.merge import Source, merge


def source(name: str, document: Any) -> Source:
    return Source(name, mutations.to_text(document), document)


@pytest.fixture
def pages(document: Any) -> list[Source]:
    """The vendor's page, one with another operation on the same types, and one with another method on the same path."""
    answer = document["components"]["schemas"]["GetModelResponseObject"]
    listing = copy.deepcopy(document)
    listing["paths"] = {
        "/models": {
            "get": {
                "operationId": "list_models",
                "tags": ["Endpoints"],
                "responses": {
                    "200": {
                        "description": "models",
                        "content": {
                            "application/json": {
                                "schema": {"type": "array", "items": {"$ref": "#/components/schemas/GetModelResponseObject"}}
                            }
                        },
                    }
                },
            }
        }
    }  # fmt: skip
    listing["components"]["schemas"].pop("ModifyModelResponseObject")
    listing["components"]["schemas"]["GetModelResponseObject"] = {
        **answer,
        "description": "in other words",
    }
    listing["tags"] = [{"name": "More"}]
    removal = copy.deepcopy(document)
    removal["paths"] = {
        "/models/modify-model": {
            "delete": {
                "operationId": "remove_model",
                "tags": ["Endpoints"],
                "responses": {"204": {"description": "gone"}},
            }
        }
    }
    removal["components"]["schemas"] = {}
    return [
        source("a.md", document),
        source("b.md", listing),
        source("c.md", removal),
    ]


def test_a_single_page_is_taken_byte_for_byte(document: Any) -> None:
    assert merge([Source("a.md", "the text", document)]) == "the text"


def test_pages_in_any_order_give_the_same_file(pages: list[Source]) -> None:
    texts = {merge(list(order)) for order in itertools.permutations(pages)}
    assert len(texts) == 1


def test_the_union_holds_all_of_every_page(pages: list[Source]) -> None:
    merged = oas.parse(merge(pages))
    called = {(path, method) for path, method, *_ in oas.operations(merged)}
    assert called == {
        ("/models", "get"),
        ("/models/modify-model", "patch"),
        ("/models/modify-model", "delete"),
    }
    assert "More" in {tag["name"] for tag in merged["tags"]}
    changes = drift.between(pages[0].document, merged)
    assert {(c.what, c.breaking) for c in changes} == {("operation added", False)}


def test_the_same_page_twice_adds_nothing(pages: list[Source]) -> None:
    merged = oas.parse(merge([pages[0], pages[0]._replace(name="copy.md")]))
    assert drift.between(pages[0].document, merged) == []


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_one_component_of_two_meanings_stops_with_pages_and_difference(
    pages: list[Source], order: tuple[int, int]
) -> None:
    other = copy.deepcopy(pages[1].document)
    other["components"]["schemas"]["GetModelResponseObject"]["properties"]["model_id"] = {"type": "string"}  # fmt: skip
    both = [pages[0], source("b.md", other)]
    with pytest.raises(DocumentError) as caught:
        merge([both[i] for i in order])
    said = str(caught.value)
    assert "#/components/schemas/GetModelResponseObject" in said
    assert "a.md and b.md" in said
    assert '#/properties/model_id/type is "integer" and "string"' in said


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("servers", [{"url": "https://other.example"}]),
        ("security", []),
        ("openapi", "3.1.0"),
    ],
)
def test_what_holds_for_the_whole_document_must_be_the_same(
    pages: list[Source], key: str, value: Any
) -> None:
    other = pages[1].document | {key: value}
    with pytest.raises(DocumentError, match=key):
        merge([pages[0], source("b.md", other)])


def test_one_operation_of_two_meanings_stops(pages: list[Source]) -> None:
    other = copy.deepcopy(pages[0].document)
    other["paths"]["/models/modify-model"]["patch"]["operationId"] = "another"
    with pytest.raises(DocumentError, match=r"modify-model/patch .*#/operationId"):
        merge([pages[0], source("b.md", other)])
