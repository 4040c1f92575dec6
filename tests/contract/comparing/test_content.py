"""What is compared of operations that are left out, and of callbacks: references are followed, each pair once."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from scripts.contract import lock
from scripts.contract.comparing.changes import Change
from scripts.contract.comparing.operations import compare
from scripts.contract.reading.contract import read

Json = Any
LEVELS = 60


def ladder() -> Json:
    """Schemas each of which refers to the next one three times."""
    schemas: Json = {"Rung0": {"type": "object", "properties": {"end": {}}}}
    for level in range(1, LEVELS):
        ref = {"$ref": f"#/components/schemas/Rung{level - 1}"}
        fields = {"left": ref, "right": ref, "more": {"type": "array", "items": ref}}
        schemas[f"Rung{level}"] = {"type": "object", "properties": fields}
    return schemas


def document(operation: Json, schemas: Json) -> Json:
    paths = {"/orders": {"post": {"operationId": "order", "responses": {}}}}
    paths["/orders"]["post"] |= operation
    return {
        "openapi": "3.0.3",
        "info": {"title": "Orders", "version": "1"},
        "paths": paths,
        "components": {"schemas": schemas},
    }


TOP = {"schema": {"$ref": f"#/components/schemas/Rung{LEVELS - 1}"}}
BODY = {"content": {"application/json": TOP}}
CALLED_BACK = {"{$request.query.url}": {"post": {"requestBody": BODY, "responses": {}}}}
PLACES: dict[str, Json] = {
    "left out": {"security": [{"nobody": []}], "requestBody": BODY},
    "callback": {"callbacks": {"done": CALLED_BACK}},
}


def changes(old: Json, new: Json) -> list[Change]:
    return compare(read(old), read(new))


@pytest.mark.timeout(30)
@pytest.mark.parametrize("place", PLACES)
def test_references_that_branch_at_each_level_cost_no_more_than_the_document(
    place: str,
) -> None:
    old = document(PLACES[place], ladder())
    assert changes(old, copy.deepcopy(old)) == []
    assert len(lock.text(read(old), "1.0.0")) < 200 * LEVELS * 4


@pytest.mark.timeout(30)
@pytest.mark.parametrize("place", PLACES)
def test_a_change_behind_many_references_is_one_row(place: str) -> None:
    old = document(PLACES[place], ladder())
    new = copy.deepcopy(old)
    new["components"]["schemas"]["Rung0"]["properties"]["end"] = {"type": "string"}
    (row,) = changes(old, new)
    assert row.rule.endswith("changed")
    assert str(row.after).count("string") == 1


@pytest.mark.parametrize("place", PLACES)
def test_what_a_reference_stands_for_may_as_well_stand_there_itself(
    place: str,
) -> None:
    schemas: Json = {f"Rung{LEVELS - 1}": {"type": "object", "title": "prose"}}
    old = document(PLACES[place], schemas)
    new = copy.deepcopy(old)
    operation = new["paths"]["/orders"]["post"]
    if "callbacks" in operation:
        operation = operation["callbacks"]["done"]["{$request.query.url}"]["post"]
    operation["requestBody"]["content"]["application/json"]["schema"] = {
        "type": "object"
    }
    assert changes(old, new) == []
    assert changes(new, old) == []


def test_a_type_that_refers_to_itself_is_compared_to_its_end() -> None:
    node = {"properties": {"next": {"$ref": "#/components/schemas/Node"}, "v": {}}}
    body = {"schema": {"$ref": "#/components/schemas/Node"}}
    operation = {
        "security": [{"nobody": []}],
        "requestBody": {"content": {"application/json": body}},
    }
    old = document(operation, {"Node": node})
    new = copy.deepcopy(old)
    assert changes(old, new) == []
    new["components"]["schemas"]["Node"]["properties"]["v"] = {"type": "integer"}
    (row,) = changes(old, new)
    assert row.rule == "left-out-operation-changed"


def left_out_twice(note: Json, *, generated: bool) -> Json:
    """Two operations that are left out and have one schema in common, which a generated one may have, too."""
    schemas = {"Note": note}
    whole = document({"security": [{"nobody": []}]}, schemas)
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Note"}}}
    answer = {"200": {"description": "d", "content": content}}
    whole["paths"]["/orders"]["post"]["responses"] = answer
    whole["paths"]["/notes"] = copy.deepcopy(whole["paths"]["/orders"])
    if generated:
        whole["paths"]["/all"] = {"get": {"operationId": "all", "responses": answer}}
    return whole


NOTE: Json = {"type": "object", "properties": {"text": {"type": "string"}}}
LONGER: Json = {"type": "object", "properties": {"text": {"type": "integer"}}}


def test_what_operations_that_are_left_out_have_in_common_is_one_row() -> None:
    (row,) = changes(
        left_out_twice(NOTE, generated=False), left_out_twice(LONGER, generated=False)
    )
    assert (row.rule, row.where) == ("left-out-operation-changed", "Note")
    assert row.operations == ("POST /notes", "POST /orders")
    assert row.before == {"properties": {"text": {"type": "string"}}}
    assert row.after == {"properties": {"text": {"type": "integer"}}}


def test_what_generated_operations_have_as_well_has_the_row_of_its_type_alone() -> None:
    (row,) = changes(
        left_out_twice(NOTE, generated=True), left_out_twice(LONGER, generated=True)
    )
    assert (row.rule, row.where) == ("type-changed", "Note.text")


@pytest.mark.parametrize(
    "media_type",
    ["application/json", "application/x+json", "application/json.x", "text/x-json"],
)
def test_a_parameter_whose_text_becomes_json_is_written_in_another_way(
    media_type: str,
) -> None:
    where = {"name": "by", "in": "query"}
    text = {"type": "string"}
    plain = document({"parameters": [{**where, "schema": text}]}, {})
    content = {media_type: {"schema": text}}
    json = document({"parameters": [{**where, "content": content}]}, {})
    (change,) = changes(plain, json)
    assert change.breaking
    assert (change.before, change.after) == ("plain", media_type)
    assert changes(plain, plain) == []
