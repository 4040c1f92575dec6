"""Rewrites before generation keep what the schemas accept."""

from __future__ import annotations

import copy
from typing import Any

import jsonschema_rs
import pytest

from scripts import json_schema
from scripts.normalise import normalise


def accepts(document: Any, name: str, value: Any) -> bool:
    schema = {"$ref": f"#/components/schemas/{name}"}
    return bool(
        jsonschema_rs.validator_for(json_schema.strict(document, schema)).is_valid(
            value
        )
    )


def test_the_document_given_is_left_alone(document: Any) -> None:
    before = copy.deepcopy(document)
    normalise(document)
    assert document == before


def test_siblings_of_a_single_all_of_reference_get_a_second_member(
    document: Any,
) -> None:
    schema = normalise(document)["components"]["schemas"]["ModelRequestObject"]
    assert len(schema["allOf"]) == 2
    assert schema["required"] == ["model_saved_name", "model_version"]


@pytest.mark.parametrize(
    "change",
    [
        lambda r: None,
        lambda r: r.pop("model_saved_name"),
        lambda r: r.pop("model_config"),
        lambda r: r.update(model_version=1),
        lambda r: r["model_config"].update(hosting_type="Elsewhere"),
        lambda r: r["model_config"].update(apikeys=[1]),
        lambda r: r["model_config"]["endpoint"].pop("port"),
        lambda r: r.update(unknown={"a": 1}),
    ],
)
def test_original_and_normalised_document_accept_the_same(
    document: Any, request_example: Any, change: Any
) -> None:
    value = copy.deepcopy(request_example)
    change(value)
    for name in ("ModelRequestObject", "GetModelResponseObject"):
        assert accepts(document, name, value) == accepts(
            normalise(document), name, value
        )


def test_a_title_becomes_the_description_where_there_is_none(document: Any) -> None:
    config = normalise(document)["components"]["schemas"]["ModelCustomRequestObject"][
        "properties"
    ]["model_config"]
    assert "title" not in config["properties"]["apikeys"]
    assert config["properties"]["apikeys"]["description"] == "API Keys"
    assert config["properties"]["model_source"]["description"] == "Source of the model"


def test_a_property_called_title_stays() -> None:
    schema = {
        "type": "object",
        "properties": {"title": {"type": "string", "title": "T"}},
    }
    document = {"components": {"schemas": {"A": schema}}}
    kept = normalise(document)["components"]["schemas"]["A"]["properties"]
    assert kept == {"title": {"type": "string", "description": "T"}}
