"""How often schemas are looked at: what is known of two of them is not found out again."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from scripts.contract.comparing.operations import compare
from scripts.contract.comparing.schemas import SchemaComparison
from scripts.contract.reading.contract import read

LEVELS = 6


def document() -> dict[str, Any]:
    """Types with fields beside variants, each of which is one of two types of the next level."""
    schemas: dict[str, Any] = {}
    for level in range(LEVELS):
        following = [{"$ref": f"#/components/schemas/{s}{level + 1}"} for s in "AB"]
        for side in "AB":
            field = {f"{side.lower()}{level}": {"type": "string"}}
            schemas[f"{side}{level}"] = {"properties": field, "oneOf": following}
    for side in "AB":
        schemas[f"{side}{LEVELS}"] = {"properties": {side: {"type": "string"}}}
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/A0"}}}
    answer = {"200": {"description": "", "content": content}}
    return {
        "openapi": "3.0.3",
        "info": {"title": "Levels", "version": "1"},
        "paths": {"/top": {"get": {"responses": answer}}},
        "components": {"schemas": schemas},
    }


def test_a_change_below_many_unions_is_not_looked_for_from_each_of_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    old = document()
    new = copy.deepcopy(old)
    new["components"]["schemas"][f"A{LEVELS}"]["properties"]["A"]["type"] = "integer"
    walks = 0
    compare_two = SchemaComparison.compare

    def counted(self: SchemaComparison, *arguments: Any) -> None:
        nonlocal walks
        walks += 1
        compare_two(self, *arguments)

    monkeypatch.setattr(SchemaComparison, "compare", counted)
    rows = compare(read(old), read(new))
    assert "type-changed" in {row.rule for row in rows}
    assert walks < 3_000
