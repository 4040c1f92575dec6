"""Reading takes no longer than its document is long, however often schemas lead to each other."""

from __future__ import annotations

from typing import Any

import pytest

from scripts.contract.comparing.operations import compare
from scripts.contract.reading.contract import read

Json = Any
LEVELS = 25  # a step that visits each way would visit 2 ** 25


def ref(level: int) -> Json:
    return {"$ref": f"#/components/schemas/Step{level}"}


FIELD: Json = {"type": "string"}
SHAPES: dict[str, Any] = {
    "all of the same twice": lambda n: {"allOf": [ref(n), ref(n)]},
    "a union beside fields": lambda n: {
        "properties": {"own": FIELD},
        "oneOf": [ref(n), {"allOf": [ref(n)], "properties": {"more": FIELD}}],
    },
    "a union beside fields in a list": lambda n: {
        "properties": {"own": {"type": "array", "items": ref(n)}},
        "anyOf": [ref(n), ref(n)],
    },
    "a field that two parts declare": lambda n: {
        "allOf": [
            {"properties": {"inner": ref(n)}},
            {"properties": {"inner": {"allOf": [ref(n)], "properties": {"x": FIELD}}}},
        ]
    },
    "three ways to the next": lambda n: {
        "properties": {"a": ref(n), "b": {"items": ref(n)}},
        "additionalProperties": ref(n),
    },
}


@pytest.mark.timeout(60)
@pytest.mark.parametrize("shape", SHAPES)
def test_schemas_that_lead_to_the_next_in_several_ways_are_read_once(
    shape: str,
) -> None:
    schemas: Json = {"Step0": {"type": "object", "properties": {"end": FIELD}}}
    for level in range(1, LEVELS):
        schemas[f"Step{level}"] = SHAPES[shape](level - 1)
    content = {"application/json": {"schema": ref(LEVELS - 1)}}
    operation = {"requestBody": {"content": content}, "responses": {}}
    contract = read(
        {
            "openapi": "3.1.0",
            "info": {"title": "Steps", "version": "1"},
            "paths": {"/steps": {"post": operation}},
            "components": {"schemas": schemas},
        }
    )
    assert not contract.left_out
    assert len(contract.types) == LEVELS


@pytest.mark.timeout(60)
def test_limits_that_lead_to_the_next_in_several_ways_are_compared_once() -> None:
    schemas: Json = {"Step0": {"type": "object", "properties": {"end": FIELD}}}
    for level in range(1, LEVELS):
        inner = {"anyOf": [ref(level - 1), {"not": ref(level - 1)}]}
        schemas[f"Step{level}"] = {"type": "string", "not": inner, "if": inner}
    content = {"application/json": {"schema": ref(LEVELS - 1)}}
    operation = {"requestBody": {"content": content}, "responses": {}}
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Steps", "version": "1"},
        "paths": {"/steps": {"post": operation}},
        "components": {"schemas": schemas},
    }
    assert compare(read(document), read(document)) == []
    changed = {**document, "components": {"schemas": {**schemas, "Step0": False}}}
    assert compare(read(document), read(changed))
