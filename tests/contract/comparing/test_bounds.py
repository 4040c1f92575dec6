"""Which way a limit moved, in words of any depth; what means the same limit is silent."""

from __future__ import annotations

from typing import Any

import pytest

from scripts.contract.comparing.operations import compare
from scripts.contract.reading.contract import read
from tests.contract.comparing.test_severity import (
    RECEIVED,
    SENT,
    breaks,
    changes,
    document,
)

Json = Any
OBJECT: Json = {"type": "object", "properties": {"a": {"type": "string"}}}
LIST: Json = {"type": "array", "items": {"type": "string"}}
TEXT: Json = {"type": "string"}


def others(**rule: Json) -> Json:
    return {**OBJECT, "patternProperties": {"^x-": {"type": "string", **rule}}}


TIGHTER = {
    "in a pattern property": (others(maxLength=9), others(maxLength=3)),
    "two in a pattern property": (
        others(maxLength=9, minLength=1),
        others(maxLength=3, minLength=2),
    ),
    "in the names of fields": (
        {**OBJECT, "propertyNames": {"maxLength": 9}},
        {**OBJECT, "propertyNames": {"maxLength": 3}},
    ),
    "a field more in what is required": (
        {**OBJECT, "dependentRequired": {"a": ["b"]}},
        {**OBJECT, "dependentRequired": {"a": ["b", "c"]}},
    ),
    "in what a list must contain": (
        {**LIST, "contains": {"minLength": 1}},
        {**LIST, "contains": {"minLength": 2}},
    ),
    "less in what is ruled out": (
        {**TEXT, "not": {"maxLength": 3}},
        {**TEXT, "not": {"maxLength": 9}},
    ),
    "fewer values in a pattern property": (
        others(enum=["a", "b"]),
        others(enum=["a"]),
    ),
}


@pytest.mark.parametrize(("wide", "narrow"), TIGHTER.values(), ids=TIGHTER)
def test_a_limit_inside_a_limit_moves_in_one_direction(
    wide: Json, narrow: Json
) -> None:
    assert [c.rule for c in changes(SENT, wide, narrow)] == ["limit-tightened"]
    assert [c.rule for c in changes(SENT, narrow, wide)] == ["limit-loosened"]
    assert breaks(SENT, wide, narrow)
    assert not breaks(SENT, narrow, wide)
    assert breaks(RECEIVED, narrow, wide)


def test_a_limit_beside_a_reference_in_a_limit_moves_as_well() -> None:
    name = {"$ref": "#/components/schemas/Name"}
    wide = {**OBJECT, "propertyNames": {**name, "minLength": 3}}
    narrow = {**OBJECT, "propertyNames": {**name, "minLength": 4}}
    assert [c.rule for c in changes(SENT, wide, narrow, Name=TEXT)] == ["limit-tightened"]  # fmt: skip


def test_a_limit_beside_a_reference_means_what_all_of_both_means() -> None:
    name = {"$ref": "#/components/schemas/Name"}
    beside = {**OBJECT, "propertyNames": {**name, "minLength": 3}}
    all_of = {**OBJECT, "propertyNames": {"allOf": [name, {"minLength": 3}]}}
    assert changes(SENT, beside, all_of, Name=TEXT) == []


def test_a_row_about_a_large_limit_shows_what_differs_in_it() -> None:
    def levels(innermost: Json) -> Json:
        types = {"Level9": innermost}
        for level in range(9):
            below = {"$ref": f"#/components/schemas/Level{level + 1}"}
            types[f"Level{level}"] = {"properties": {"left": below, "right": below}}
        return types

    limited = {**OBJECT, "not": {"$ref": "#/components/schemas/Level0"}}
    old = read(document(SENT, limited, **levels(TEXT)))
    new = read(document(SENT, limited, **levels({"type": "integer"})))
    (change,) = compare(old, new)
    assert (change.rule, change.breaking) == ("limit-changed", True)
    assert str(change.before) == str(change.after).replace("integer", "string")
    assert str(change.after).count("integer") == 1


def test_a_limit_that_moves_both_ways_breaks_both_ways() -> None:
    first = others(maxLength=9, minLength=3)
    second = others(maxLength=5, minLength=1)
    for way in (SENT, RECEIVED):
        assert breaks(way, first, second)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"minimum": 1}, {"exclusiveMinimum": 0}),
        ({"maximum": 9}, {"exclusiveMaximum": 10}),
        ({"minimum": 0.5}, {"minimum": 1}),
        ({"exclusiveMaximum": 9.5}, {"maximum": 9}),
    ],
)
def test_bounds_that_allow_the_same_integers_are_the_same(
    one: Json, other: Json
) -> None:
    integer = {"type": "integer"}
    assert changes(SENT, {**integer, **one}, {**integer, **other}) == []
    nested_one = {**OBJECT, "patternProperties": {"^x": {**integer, **one}}}
    nested_other = {**OBJECT, "patternProperties": {"^x": {**integer, **other}}}
    assert changes(SENT, nested_one, nested_other) == []


def test_bounds_of_numbers_that_are_not_integers_differ_by_what_they_exclude() -> None:
    number = {"type": "number"}
    assert breaks(SENT, {**number, "minimum": 0}, {**number, "exclusiveMinimum": 0})
