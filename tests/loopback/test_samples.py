"""Values drawn from schemas: valid, however limits are written, and refused where none can be drawn."""

from __future__ import annotations

import pytest

from scripts.contract.reading.contract import read
from scripts.loopback.samples import TURNS, NoSampleError, Sampler


def drawn(schema: dict[str, object]) -> list[object]:
    """The values of all turns for a schema of an answer."""
    content = {"application/json": {"schema": schema}}
    responses = {"200": {"description": "", "content": content}}
    contract = read(
        {
            "openapi": "3.1.0",
            "info": {"title": "Samples", "version": "1"},
            "paths": {"/things": {"get": {"responses": responses}}},
        }
    )
    (media,) = contract.operations["GET /things"].responses["200"].media
    assert media.schema is not None
    sampler = Sampler(contract)
    return [sampler.draw(media.schema, turn, sent=False) for turn in range(TURNS)]


@pytest.mark.parametrize(
    ("schema", "values"),
    [
        ({"type": "string", "minLength": 6.0}, ["textxx"]),
        ({"type": "string", "maxLength": 0}, [""]),
        ({"type": "array", "minItems": 1.0, "maxItems": 1.0}, [["text"], [1]]),
        ({"type": "object", "minProperties": 1.0}, [{"more0": "text"}, {"more0": 1}]),
    ],
)
def test_a_limit_written_as_a_decimal_and_a_limit_of_nothing_are_kept(
    schema: dict[str, object], values: list[object]
) -> None:
    assert drawn(schema)[: len(values)] == values


def test_a_value_is_completed_with_what_is_required_and_nothing_else() -> None:
    part = {
        "type": "object",
        "required": ["name", "size"],
        "properties": {
            "name": {"type": "string"},
            "size": {"enum": [1, 2]},
            "colour": {"type": "string"},
        },
    }
    parts = {"type": "array", "items": {"$ref": "#/components/schemas/Part"}}
    whole = {
        "type": "object",
        "required": ["parts"],
        "properties": {"parts": parts, "spare": parts, "note": {"type": "string"}},
    }
    contract = read(
        {
            "openapi": "3.1.0",
            "info": {"title": "Samples", "version": "1"},
            "paths": {
                "/things": {
                    "post": {
                        "requestBody": {
                            "content": {
                                "application/json": {
                                    "schema": {"$ref": "#/components/schemas/Whole"}
                                }
                            }
                        },
                        "responses": {"200": {"description": ""}},
                    }
                }
            },
            "components": {"schemas": {"Part": part, "Whole": whole}},
        }
    )
    sampler = Sampler(contract)

    completed = sampler.completed(
        {"spare": [{"name": "a"}, 5], "later": {}}, contract.types["Whole"]
    )

    assert completed["spare"] == [{"name": "a", "size": 2}, 5]
    assert completed["later"] == {}
    assert isinstance(completed["parts"], list)
    assert "note" not in completed


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string", "minLength": 10**10},
        {"type": "string", "minLength": float("inf")},
        {"type": "array", "minItems": 10**9},
        {"type": "number", "minimum": float("inf")},
    ],
)
def test_a_value_without_an_end_is_not_drawn(schema: dict[str, object]) -> None:
    with pytest.raises(NoSampleError):
        drawn(schema)
