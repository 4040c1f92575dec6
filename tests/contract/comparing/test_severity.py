"""Who breaks follows from the direction in which a value travels and the effect of the change, whatever the construct."""

from __future__ import annotations

from typing import Any

import pytest

from scripts.contract.comparing.changes import (
    Change,
    Direction,
    Effect,
    Severity,
    severity,
)
from scripts.contract.comparing.operations import compare
from scripts.contract.reading.contract import read

Json = Any
SENT, RECEIVED = "sent", "received"


@pytest.mark.parametrize(
    ("effect", "sent", "received"),
    [
        (Effect.NARROWED, True, False),
        (Effect.WIDENED, False, True),
        (Effect.REMOVED, True, True),
        (Effect.REPLACED, True, True),
        (Effect.ADDED, False, False),
        (Effect.NOTED, False, False),
    ],
)
def test_severity_follows_from_direction_and_effect(
    effect: Effect, sent: bool, received: bool
) -> None:
    broken = Severity.BREAKING
    assert (severity(Direction.SENT, effect) is broken) is sent
    assert (severity(Direction.RECEIVED, effect) is broken) is received
    assert (severity(Direction.BOTH, effect) is broken) is (sent or received)


def document(way: str, schema: Json, **components: Json) -> Json:
    """A document with one operation, which sends or receives an object whose field `it` has the schema."""
    body = {
        "content": {
            "application/json": {
                "schema": {"type": "object", "properties": {"it": schema}}
            }
        }
    }
    operation: Json = {"operationId": "go", "responses": {"204": {"description": "d"}}}
    if way == SENT:
        operation["requestBody"] = body
    else:
        operation["responses"] = {"200": {"description": "d", **body}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1"},
        "paths": {"/go": {"post": operation}},
        "components": {"schemas": components},
    }


def changes(way: str, old: Json, new: Json, **components: Json) -> list[Change]:
    ones = read(document(way, old, **components))
    return compare(ones, read(document(way, new, **components)))


def breaks(way: str, old: Json, new: Json, **components: Json) -> bool:
    return any(c.breaking for c in changes(way, old, new, **components))


TEXT = {"type": "string"}
NUMBER = {"type": "number"}
INTEGER = {"type": "integer"}
PART = {"type": "object", "properties": {"a": TEXT}}
LEVEL = {"type": "string", "enum": ["low", "high"]}


def nullable(schema: Json) -> Json:
    return {"anyOf": [schema, {"type": "null"}]}


NARROWINGS = {
    "null dropped": ({"type": ["string", "null"]}, TEXT),
    "null dropped beside a reference": (nullable({"$ref": "#/components/schemas/Level"}), {"$ref": "#/components/schemas/Level"}),
    "number to integer": (NUMBER, INTEGER),
    "any to string": ({}, TEXT),
    "maximum lowered": ({**INTEGER, "maximum": 9}, {**INTEGER, "maximum": 5}),
    "pattern added": (TEXT, {**TEXT, "pattern": "^x"}),
    "fewer items": ({"type": "array", "items": TEXT}, {"type": "array", "items": TEXT, "maxItems": 3}),
    "made required": (PART, {**PART, "required": ["a"]}),
}  # fmt: skip


@pytest.mark.parametrize(("wide", "narrow"), NARROWINGS.values(), ids=NARROWINGS)
def test_what_is_narrowed_breaks_who_sends_it_and_what_is_widened_who_receives_it(
    wide: Json, narrow: Json
) -> None:
    assert breaks(SENT, wide, narrow, Level=LEVEL)
    assert breaks(RECEIVED, narrow, wide, Level=LEVEL)
    assert changes(RECEIVED, wide, narrow, Level=LEVEL)
    assert not breaks(RECEIVED, wide, narrow, Level=LEVEL)
    assert not breaks(SENT, narrow, wide, Level=LEVEL)


def test_an_added_enum_value_breaks_nobody_because_the_reader_keeps_unknown_ones() -> (
    None
):
    few = {**TEXT, "enum": ["a"]}
    more = {**TEXT, "enum": ["a", "b"]}
    assert breaks(SENT, more, few)
    assert not breaks(RECEIVED, more, few)
    assert not breaks(SENT, few, more)
    assert not breaks(RECEIVED, few, more)


@pytest.mark.parametrize("way", [SENT, RECEIVED])
@pytest.mark.parametrize(
    ("name", "breaking"),
    [("hostname", False), ("x-own", False), ("uri", False), ("date", True), ("uuid", True)],
)  # fmt: skip
def test_a_format_breaks_only_where_python_has_a_type_for_it(
    way: str, name: str, breaking: bool
) -> None:
    found = changes(way, TEXT, {**TEXT, "format": name})
    assert [c.rule for c in found] == ["format-changed"]
    assert found[0].breaking is breaking


def test_a_format_that_comes_with_another_type_has_no_row_of_its_own() -> None:
    (change,) = changes(RECEIVED, INTEGER, {**NUMBER, "format": "double"})
    assert (change.before, change.after) == ("integer", "number (double)")


@pytest.mark.parametrize("required", [True, False])
@pytest.mark.parametrize(
    ("flag", "concerned"), [("readOnly", SENT), ("writeOnly", RECEIVED)]
)
def test_a_field_that_travels_again_breaks_only_callers_who_must_send_it(
    flag: str, concerned: str, required: bool
) -> None:
    plain = {**PART, "required": ["a"] if required else []}
    flagged = {**plain, "properties": {"a": {**TEXT, flag: True}}}
    for way in (SENT, RECEIVED):
        assert breaks(way, plain, flagged) is (way == concerned)
        must_send = required and way == SENT and flag == "readOnly"
        assert breaks(way, flagged, plain) is must_send


def test_a_required_field_that_is_no_longer_write_only_is_added_to_what_is_received() -> (
    None
):
    plain = {**PART, "required": ["a"]}
    flagged = {**plain, "properties": {"a": {**TEXT, "writeOnly": True}}}
    (change,) = changes(RECEIVED, flagged, plain)
    assert change.effect is Effect.ADDED


def test_values_of_an_extensible_enum_are_compared_like_those_of_an_enum() -> None:
    few = {**TEXT, "x-extensible-enum": ["a"]}
    more = {**TEXT, "x-extensible-enum": ["b", "a"]}
    assert [c.rule for c in changes(SENT, more, few)] == ["enum-value-removed"]
    assert [c.rule for c in changes(SENT, few, more)] == ["enum-value-added"]
    assert breaks(SENT, more, few)
    assert not breaks(RECEIVED, more, few)
    assert not breaks(RECEIVED, few, more)
    turned = {**TEXT, "x-extensible-enum": ["a", "b"]}
    assert changes(SENT, more, turned) == []


JSON, CSV, BYTES = "application/json", "text/csv", "application/zip"
OTHER_JSON = "application/other+json"
CONTENT: dict[str, Json] = {
    JSON: {"schema": {"type": "integer"}},
    OTHER_JSON: {"schema": {"type": "boolean"}},
    CSV: {"schema": TEXT},
    BYTES: {},
}


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        # The client asks for JSON before text before bytes; of two alike for the first. Another type of the result breaks who uses it.
        ([JSON], [JSON, CSV], {"content-type-added": False}),
        ([JSON], [JSON, OTHER_JSON], {"content-type-added": False}),
        ([JSON], [OTHER_JSON, JSON], {"content-type-added": True}),
        ([CSV], [CSV, JSON], {"content-type-added": True}),
        ([CSV], [CSV, BYTES], {"content-type-added": False}),
        ([JSON, CSV], [JSON], {"content-type-removed": True}),
        ([JSON, CSV], [CSV, JSON], {}),
        ([JSON, OTHER_JSON], [OTHER_JSON, JSON], {"content-type-order-changed": True}),
    ],
)
def test_a_content_type_of_an_answer_breaks_callers_if_calls_return_another_type(
    before: list[str], after: list[str], expected: dict[str, bool]
) -> None:
    versions = []
    for content_types in (before, after):
        whole = document(RECEIVED, TEXT)
        answer = whole["paths"]["/go"]["post"]["responses"]["200"]
        answer["content"] = {name: CONTENT[name] for name in content_types}
        versions.append(read(whole))
    rows = compare(*versions)
    assert {row.rule: row.breaking for row in rows} == expected


def test_a_value_added_to_a_base_type_has_one_row_where_a_use_is_written_otherwise() -> (
    None
):
    level = {"$ref": "#/components/schemas/Level"}
    repeated = {"allOf": [level, {"type": "string"}]}
    more = {"type": "string", "enum": ["low", "high", "top"]}
    there = compare(
        read(document(RECEIVED, repeated, Level=LEVEL)),
        read(document(RECEIVED, level, Level=more)),
    )
    back = compare(
        read(document(RECEIVED, level, Level=more)),
        read(document(RECEIVED, repeated, Level=LEVEL)),
    )
    for rows, rule in (there, "enum-value-added"), (back, "enum-value-removed"):
        assert [row.where for row in rows if row.rule == rule] == ["Level"]
