"""Names that schemas give themselves, and what references to them lead to."""

from __future__ import annotations

from typing import Any

import pytest

from scripts.common.errors import DocumentError
from scripts.contract.reading.contract import read
from scripts.intake.document import parse
from scripts.intake.references import References

Json = Any

DOCUMENT = parse("""
openapi: 3.1.0
components:
  schemas:
    Shelf:
      $id: https://things.example/shelf
      $anchor: shelf
      properties:
        lamp: {$ref: '#lamp'}
        book: {$ref: book}
      $defs:
        Lamp: {$anchor: lamp, type: string}
        Box: {$anchor: box, type: object}
    Book: {$id: https://things.example/book, $defs: {Page: {$anchor: page, type: integer}}}
    Loose: {$anchor: lamp, type: boolean, example: {$anchor: nothing}}
""")
SCHEMAS = ("components", "schemas")
INSIDE = (*SCHEMAS, "Shelf", "properties", "lamp")
OUTSIDE = ("paths", "/a")


@pytest.mark.parametrize(
    ("ref", "place", "target"),
    [
        ("#lamp", INSIDE, (*SCHEMAS, "Shelf", "$defs", "Lamp")),
        ("#lamp", OUTSIDE, (*SCHEMAS, "Loose")),
        ("#", INSIDE, (*SCHEMAS, "Shelf")),
        ("#", OUTSIDE, ()),
        ("book", INSIDE, (*SCHEMAS, "Book")),
        ("book#page", INSIDE, (*SCHEMAS, "Book", "$defs", "Page")),
        ("https://things.example/shelf#/$defs/Box", OUTSIDE, (*SCHEMAS, "Shelf", "$defs", "Box")),
        ("#/$defs/Box", INSIDE, (*SCHEMAS, "Shelf", "$defs", "Box")),
        ("#/components/schemas/Book", INSIDE, (*SCHEMAS, "Book")),
    ],
)  # fmt: skip
def test_a_name_is_that_of_the_schema_around(
    ref: str, place: tuple[str, ...], target: tuple[str, ...]
) -> None:
    assert References(DOCUMENT).locate(ref, place)[0] == target


@pytest.mark.parametrize(
    ("ref", "problem"),
    [
        ("#nothing", "points to no $anchor"),
        ("https://elsewhere.example/book", "points outside the document"),
        ("book.yaml#page", "points outside the document"),
        ("#/$defs/Box", "points to nothing"),
        ("http://[x#page", "points outside the document"),
    ],
)
def test_a_reference_to_nothing_is_named_for_what_it_is(ref: str, problem: str) -> None:
    with pytest.raises(DocumentError) as refusal:
        References(DOCUMENT).locate(ref, OUTSIDE)
    assert problem in str(refusal.value)


def test_an_id_that_is_no_address_does_no_harm() -> None:
    schema = {"$id": "http://[x", "properties": {"a": {"$ref": "book"}}}
    references = References({"components": {"schemas": {"Odd": schema}}})
    with pytest.raises(DocumentError, match="points outside the document"):
        references.locate("book", (*SCHEMAS, "Odd", "properties", "a"))


def test_a_dynamic_reference_that_may_mean_several_schemas_is_named() -> None:
    trees: Json = {
        name: {
            "$dynamicAnchor": "node",
            "properties": {"more": {"$dynamicRef": "#node"}},
        }
        for name in ("Tree", "Bush")
    }
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Tree"}}}
    operation = {"requestBody": {"content": content}, "responses": {}}
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Trees", "version": "1"},
        "paths": {"/trees": {"post": operation}},
        "components": {"schemas": trees},
    }
    reason = read(document).left_out["POST /trees"].reason
    assert "$dynamicRef '#node' may mean several schemas" in reason
    del trees["Bush"]
    assert not read(document).left_out
