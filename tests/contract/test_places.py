"""Where drift is said when parts are shared: at the place that changed, never at one that both documents hold unchanged."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from scripts import document as oas
from scripts import drift

DOCUMENT = oas.parse("""
openapi: 3.1.0
info: {title: T, version: "1"}
paths:
  /x:
    post:
      operationId: send
      requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/Thing"}}}}
      responses: {"200": {description: d, content: {application/json: {schema: {$ref: "#/components/schemas/Last"}}}}}
components:
  schemas:
    Long: {type: string, maxLength: 30}
    Short: {type: string, maxLength: 10}
    Null: {type: [string, "null"], maxLength: 30}
    Set: {type: string, maxLength: 30, default: d}
    Mood: {type: [string, "null"], enum: [good, bad, null]}
    Thing:
      type: object
      properties:
        a: {$ref: "#/components/schemas/Long"}
        b: {$ref: "#/components/schemas/Long"}
        mood: {$ref: "#/components/schemas/Mood"}
        c: {$ref: "#/components/schemas/Long", maxLength: 99}
    First: {type: object, required: [one], properties: {one: {type: string}}}
    Middle: {allOf: [{$ref: "#/components/schemas/First"}, {type: object, properties: {one: {type: string}}}]}
    Last: {allOf: [{$ref: "#/components/schemas/Middle"}, {type: object, properties: {two: {type: string}}}]}
""")


def schemas(document: Any) -> Any:
    return document["components"]["schemas"]


def point(field: str, component: str) -> Callable[[Any], object]:
    return lambda d: schemas(d)["Thing"]["properties"].update(
        {field: {"$ref": f"#/components/schemas/{component}"}}
    )


def rows(edit: Callable[[Any], object]) -> list[tuple[str, str]]:
    changed = copy.deepcopy(DOCUMENT)
    edit(changed)
    return [(c.where, c.what) for c in drift.between(DOCUMENT, changed)]


@pytest.mark.parametrize(
    ("component", "what"),
    [
        ("Short", "limit tightened"),
        ("Null", "type changed"),
        ("Set", "default changed"),
    ],
)
def test_a_reference_led_elsewhere_is_said_at_the_field_that_refers(
    component: str, what: str
) -> None:
    assert rows(point("a", component)) == [("Thing.a", what)]


def test_two_references_led_elsewhere_are_two_rows() -> None:
    def both(document: Any) -> None:
        point("a", "Short")(document)
        point("b", "Short")(document)

    assert [where for where, _what in rows(both)] == ["Thing.a", "Thing.b"]


def test_a_nullable_component_that_is_no_longer_used_has_not_changed() -> None:
    def flag(document: Any) -> None:
        schemas(document)["Thing"]["properties"]["mood"] = {"type": "boolean"}

    assert rows(flag) == [("Thing.mood", "type changed")]


def test_the_tighter_of_two_limits_is_the_one_that_holds() -> None:
    def loosen(document: Any) -> None:
        schemas(document)["Thing"]["properties"]["c"]["maxLength"] = 50

    def tighten(document: Any) -> None:
        schemas(document)["Long"]["maxLength"] = 20

    assert rows(loosen) == []
    assert rows(tighten) == [("Long", "limit tightened")]


def test_an_answer_without_its_schema_is_named() -> None:
    def untyped(document: Any) -> None:
        answer = document["paths"]["/x"]["post"]["responses"]["200"]
        answer["content"]["application/json"].pop("schema")

    assert rows(untyped) == [("response 200 of send", "type changed")]


def test_a_base_dropped_is_said_where_it_was_dropped_alone() -> None:
    def drop(document: Any) -> None:
        schemas(document)["Middle"]["allOf"].pop(0)

    assert [where for where, _what in rows(drop)] == ["Middle"]


def test_ruling_out_unevaluated_properties_is_drift() -> None:
    def close(document: Any) -> None:
        schemas(document)["Thing"]["unevaluatedProperties"] = False

    assert rows(close) == [("Thing", "unevaluatedProperties changed")]
