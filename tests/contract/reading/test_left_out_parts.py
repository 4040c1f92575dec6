"""Operations of which a parameter or a response is left out, and the rest is read."""

from __future__ import annotations

from typing import Any

import pytest

from scripts.contract.reading.contract import read
from scripts.intake.document import parse

KEY = "GET /things"
BROKEN = "#/components/schemas/Broken"


def document(operation: str) -> Any:
    """A document with one operation, and a type that cannot be read."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "Things", "version": "1"},
        "paths": {"/things": {"get": {"responses": {}, **parse(operation)}}},
        "components": {"schemas": {"Broken": {"$ref": "#/nowhere"}}},
    }


@pytest.mark.parametrize("where", ["header", "cookie"])
def test_an_optional_parameter_that_http_cannot_carry_is_left_out_alone(
    where: str,
) -> None:
    operation = f"parameters: [{{in: {where}, name: My Name}}, {{in: query, name: q}}]"
    read_operation = read(document(operation)).operations[KEY]
    assert [parameter.name for parameter in read_operation.parameters] == ["q"]
    (part,) = read_operation.left_out_parts
    assert part.name == f"{where} parameter My Name"
    assert f"'My Name' is not a valid {where}" in part.reason


def test_a_required_header_that_http_cannot_carry_stays() -> None:
    operation = "parameters: [{in: header, name: My Name, required: true}]"
    read_operation = read(document(operation)).operations[KEY]
    assert [parameter.name for parameter in read_operation.parameters] == ["My Name"]
    assert read_operation.left_out_parts == ()


@pytest.mark.parametrize(
    ("operation", "part"),
    [
        ("parameters: [{in: query, name: q, style: odd}]", "query parameter q"),
        ("parameters: [{in: header, name: X-A, style: odd}]", "header parameter X-A"),
        ("responses: {200: {}, 404: {$ref: '#/nowhere'}}", "response 404"),
        (
            f"responses: {{default: {{content: {{application/json: {{schema: {{$ref: '{BROKEN}'}}}}}}}}}}",
            "response default",
        ),
    ],
)
def test_the_only_part_that_stands_in_the_way_is_named_and_can_be_left_out(
    operation: str, part: str
) -> None:
    whole = document(operation)
    reason = read(whole).left_out[KEY].reason
    assert f"only the {part} stands in the way" in reason
    assert f"leave_out: {{'{KEY}': {{'{part}': our reason}}}}" in reason
    contract = read(whole, leave_out_parts={KEY: {part: "nobody needs it"}})
    assert contract.left_out == {}
    (left_out,) = contract.operations[KEY].left_out_parts
    assert (left_out.name, left_out.reason) == (part, "nobody needs it")


@pytest.mark.parametrize(
    "operation",
    [
        "parameters: [{in: query, name: q, style: odd, required: true}]",
        "parameters: [{in: query, name: q, style: odd}, {in: query, name: r, style: odd}]",
        "responses: {404: {$ref: '#/nowhere'}, 200: {$ref: '#/nowhere'}}",
        "responses: []",
    ],
)
def test_no_part_is_named_where_leaving_out_one_would_not_do(operation: str) -> None:
    assert "stands in the way" not in read(document(operation)).left_out[KEY].reason


def test_a_required_parameter_cannot_be_left_out() -> None:
    whole = document("parameters: [{in: query, name: q, style: odd, required: true}]")
    parts = {KEY: {"query parameter q": "nobody needs it"}}
    assert KEY in read(whole, leave_out_parts=parts).left_out
