"""Texts and numbers that are drawn for the judge."""

from __future__ import annotations

import pytest

from scripts.conformance.judge import Judge


def drawn_bodies(schema: object) -> list[object]:
    """The values that the judge draws for a body of a schema."""
    content = {"application/json": {"schema": schema}}
    operation = {"requestBody": {"content": content}, "responses": {}}
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Scalars", "version": "1"},
        "paths": {"/scalars": {"post": operation}},
    }
    judge = Judge(document)
    body = judge.operations.operation("POST /scalars").body
    assert body is not None
    return judge.body_values(body.media_types[0])


def test_no_number_is_drawn_from_a_range_without_an_end() -> None:
    assert drawn_bodies({"type": "number", "minimum": float("inf")}) == []


@pytest.mark.parametrize("pattern", ["^(0|[1-9][0-9]*)$", "^text[0-9]*$"])
def test_items_that_must_differ_may_have_a_pattern(pattern: str) -> None:
    items = {"type": "string", "pattern": pattern}
    schema = {"type": "array", "items": items, "minItems": 2, "uniqueItems": True}
    assert drawn_bodies(schema)


def test_an_enum_chooses_the_variant_of_a_union_of_constants() -> None:
    kinds = {"oneOf": [{"const": 1}, {"const": 2}]}
    first = {"enum": [1], "allOf": [kinds]}
    second = {"enum": [2], "allOf": [kinds]}
    schema = {
        "type": "object",
        "properties": {"first": first, "second": second},
        "required": ["first", "second"],
    }
    assert drawn_bodies(schema) == [{"first": 1, "second": 2}]
