"""A class that travels in both documents is compared, whichever places it stands at."""

from __future__ import annotations

from typing import Any

import pytest

from scripts.contract.comparing.changes import Change
from scripts.contract.comparing.operations import compare
from scripts.contract.reading.contract import read

Json = Any
RESULT = {"$ref": "#/components/schemas/Result"}


def result(step: str) -> Json:
    """A type with one field."""
    return {
        "type": "object",
        "required": ["step"],
        "properties": {"step": {"type": step}},
    }


def document(
    result_type: Json, *, sent: Json | None = None, received: Json | None = None
) -> Json:
    """A document with one operation, whose body and answer have these fields."""
    content = {
        way: {
            "content": {
                "application/json": {
                    "schema": {"type": "object", "properties": fields or {}}
                }
            }
        }
        for way, fields in (("sent", sent), ("received", received))
    }
    operation = {
        "operationId": "go",
        "requestBody": content["sent"],
        "responses": {"200": {"description": "d", **content["received"]}},
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1"},
        "paths": {"/go": {"post": operation}},
        "components": {"schemas": {"Result": result_type}},
    }


def rows_of(old: Json, new: Json, rule: str) -> list[Change]:
    return [row for row in compare(read(old), read(new)) if row.rule == rule]


def test_a_class_is_compared_that_only_a_removed_and_an_added_field_have() -> None:
    old = document(result("integer"), received={"data": RESULT})
    new = document(result("string"), received={"output": RESULT})
    there = rows_of(old, new, "type-changed")
    back = rows_of(new, old, "type-changed")
    for rows, sides in (there, ("integer", "string")), (back, ("string", "integer")):
        assert [(row.where, row.breaking) for row in rows] == [("Result.step", True)]
        assert (rows[0].before, rows[0].after) == sides


@pytest.mark.parametrize(
    ("way", "widened_breaks"), [("sent", False), ("received", True)]
)
def test_such_a_class_breaks_by_the_way_that_it_travels(
    way: str, widened_breaks: bool
) -> None:
    old = document(result("integer"), **{way: {"data": RESULT}})
    new = document(result("number"), **{way: {"output": RESULT}})
    widened = rows_of(old, new, "type-changed")
    narrowed = rows_of(new, old, "type-changed")
    assert [row.breaking for row in widened] == [widened_breaks]
    assert [row.breaking for row in narrowed] == [not widened_breaks]


def test_a_class_that_is_also_sent_through_other_fields_has_one_row_that_breaks() -> (
    None
):
    old = document(result("number"), received={"same": RESULT}, sent={"a": RESULT})
    new = document(result("integer"), received={"same": RESULT}, sent={"b": RESULT})
    rows = rows_of(old, new, "type-changed")
    assert [(row.where, row.breaking) for row in rows] == [("Result.step", True)]


def test_a_class_at_a_common_place_and_others_has_its_row_once() -> None:
    old = document(result("integer"), received={"same": RESULT, "data": RESULT})
    new = document(result("string"), received={"same": RESULT, "output": RESULT})
    assert len(rows_of(old, new, "type-changed")) == 1


def test_a_class_that_is_no_longer_sent_because_its_field_is_only_read_has_no_row() -> (
    None
):
    old = document(result("integer"), sent={"data": RESULT})
    new = document(result("string"), sent={"output": {**RESULT, "readOnly": True}})
    assert rows_of(old, new, "type-changed") == []


def test_a_class_that_was_sent_and_now_is_received_has_no_row() -> None:
    old = document(result("integer"), sent={"data": RESULT})
    new = document(result("string"), received={"output": RESULT})
    assert rows_of(old, new, "type-changed") == []


def listed(step: str, most: int) -> Json:
    """A type without a class, which is made of one with a class."""
    return {"type": "array", "maxItems": most, "items": result(step)}


def test_a_class_inside_a_component_without_one_is_compared_wherever_it_stands() -> (
    None
):
    old = document(listed("integer", 9), received={"data": RESULT})
    new = document(listed("string", 99), received={"output": RESULT})
    rows = compare(read(old), read(new))
    # A program gets at the array itself only through the field that is gone, which has a row.
    assert {(row.rule, row.where) for row in rows} == {
        ("field-removed", "response 200.data of go"),
        ("field-added", "response 200.output of go"),
        ("type-changed", "Result[].step"),
    }
