"""Unions: the order and the place of variants name nothing; a type that stands alone is a union of one; constants are an enum."""

from __future__ import annotations

from typing import Any

import pytest

from scripts.contract.comparing.operations import compare
from scripts.contract.reading.contract import read
from tests.contract.comparing.test_severity import (
    INTEGER,
    RECEIVED,
    SENT,
    TEXT,
    breaks,
    changes,
    document,
)

Json = Any


def shape(*names: str, **more: Json) -> Json:
    return {"type": "object", "properties": dict.fromkeys(names, TEXT), **more}


def rules(way: str, old: Json, new: Json, **components: Json) -> set[str]:
    return {change.rule for change in changes(way, old, new, **components)}


CIRCLE, LINE, NOTE = (
    shape("radius"),
    shape("start", "end"),
    shape("text", required=["text"]),
)
KINDS = ("oneOf", "anyOf")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("way", [SENT, RECEIVED])
def test_inline_variants_in_another_order_are_at_most_renamed(
    way: str, kind: str
) -> None:
    old, new = {kind: [CIRCLE, LINE, NOTE]}, {kind: [NOTE, CIRCLE, LINE]}
    assert rules(way, old, new) <= {"class-renamed"}


def test_a_variant_that_is_changed_and_moved_is_still_the_same_one() -> None:
    longer = shape("start", "end", "colour")
    found = rules(RECEIVED, {"oneOf": [CIRCLE, LINE]}, {"oneOf": [longer, CIRCLE]})
    assert found == {"class-renamed", "field-added"}


@pytest.mark.parametrize("kind", KINDS)
def test_inline_variants_that_move_to_components_are_only_renamed(kind: str) -> None:
    named = [
        {"$ref": "#/components/schemas/Circle"},
        {"$ref": "#/components/schemas/Line"},
    ]
    found = changes(
        RECEIVED, {kind: [LINE, CIRCLE]}, {kind: named}, Circle=CIRCLE, Line=LINE
    )
    assert {c.rule for c in found} == {"class-renamed"}
    assert {(c.before, c.after) for c in found} == {("GoResponse200ItType0", "Line"), ("GoResponse200ItType1", "Circle")}  # fmt: skip


NULLABLE_VARIANTS = {
    "inline": {"anyOf": [INTEGER, {"type": ["string", "null"]}]},
    "beside a reference": {
        "anyOf": [INTEGER, {"anyOf": [{"$ref": "#/components/schemas/Text"}, {"type": "null"}]}]
    },
}  # fmt: skip


@pytest.mark.parametrize("nullable", NULLABLE_VARIANTS.values(), ids=NULLABLE_VARIANTS)
def test_null_in_a_variant_is_null_in_the_union(nullable: Json) -> None:
    plain = {"anyOf": [INTEGER, TEXT]}
    if "string" not in str(nullable):
        plain = {"anyOf": [INTEGER, {"$ref": "#/components/schemas/Text"}]}
    named = {"Text": {"type": "string", "maxLength": 4}}
    assert rules(RECEIVED, plain, nullable, **named) == {"nullable-changed"}
    assert breaks(RECEIVED, plain, nullable, **named)
    assert not breaks(RECEIVED, nullable, plain, **named)
    assert breaks(SENT, nullable, plain, **named)
    assert not breaks(SENT, plain, nullable, **named)


def test_null_in_one_variant_or_in_another_is_the_same() -> None:
    first = {"anyOf": [{"type": ["string", "null"]}, shape("a")]}
    second = {"anyOf": [TEXT, {**shape("a"), "type": ["object", "null"]}]}
    assert rules(RECEIVED, first, second) == set()


@pytest.mark.parametrize("alone", [INTEGER, TEXT, {"type": "array", "items": TEXT}])
def test_a_type_that_becomes_one_of_several_is_widened(alone: Json) -> None:
    several = {"oneOf": [{"type": "boolean"}, alone]}
    assert rules(SENT, alone, several) == {"type-changed"}
    assert breaks(RECEIVED, alone, several)
    assert not breaks(SENT, alone, several)
    assert breaks(SENT, several, alone)
    assert not breaks(RECEIVED, several, alone)


def test_a_change_inside_a_type_that_becomes_one_of_several_is_named_by_the_type() -> (
    None
):
    reference = {"$ref": "#/components/schemas/Circle"}
    several = {"oneOf": [reference, LINE]}
    old = document(RECEIVED, reference, Circle=CIRCLE)
    new = document(RECEIVED, several, Circle=shape("radius", "colour"))
    there = compare(read(old), read(new))
    back = compare(read(new), read(old))
    assert ("field-added", "Circle.colour") in {(c.rule, c.where) for c in there}
    assert ("field-removed", "Circle.colour") in {(c.rule, c.where) for c in back}


def test_a_type_that_becomes_another_one_of_several_is_replaced() -> None:
    for way in (SENT, RECEIVED):
        assert breaks(way, TEXT, {"oneOf": [{"type": "boolean"}, INTEGER]})


def test_a_limit_that_is_tightened_on_the_way_into_a_union_is_seen() -> None:
    several = {"oneOf": [{"type": "boolean"}, {**TEXT, "maxLength": 3}]}
    assert breaks(SENT, TEXT, several)


@pytest.mark.parametrize("way", [SENT, RECEIVED])
def test_a_default_that_moves_from_a_type_to_the_union_around_it_is_the_same(
    way: str,
) -> None:
    alone = {**TEXT, "default": "0", "format": "uint64"}
    several = {"oneOf": [INTEGER, TEXT], "default": "0"}
    assert rules(way, alone, several) == {"type-changed"}
    assert rules(way, several, alone) == {"type-changed"}
    other = {**several, "default": "1"}
    assert rules(way, alone, other) == {"type-changed", "default-changed"}


@pytest.mark.parametrize("way", [SENT, RECEIVED])
@pytest.mark.parametrize("others", [[], [INTEGER]])
def test_an_enum_beside_the_type_of_its_values_allows_nothing_more(
    way: str, others: list[Json]
) -> None:
    enum = {"type": "string", "const": "auto"}
    plain = {"anyOf": [TEXT, *others]}
    with_enum = {"anyOf": [enum, TEXT, *others]}
    assert not breaks(way, plain, with_enum)
    assert not breaks(way, with_enum, plain)
    limited = {"anyOf": [{**TEXT, "maxLength": 2}, INTEGER]}
    assert breaks(SENT, {"anyOf": [enum, *limited["anyOf"]]}, limited)


def constants(*values: Json) -> Json:
    return {"oneOf": [{"const": value, "title": f"T{value}"} for value in values]}


def test_constants_and_an_enum_of_the_same_values_are_the_same() -> None:
    enum = {"enum": [1, 2, 3]}
    assert rules(RECEIVED, constants(1, 2, 3), enum) <= {"class-added"}
    assert rules(SENT, constants(3, 1, 2), constants(1, 2, 3)) == set()


def test_a_constant_that_is_added_is_an_enum_value_that_is_added() -> None:
    assert rules(RECEIVED, constants("a", "b"), constants("a", "b", "c")) == {"enum-value-added"}  # fmt: skip
    assert not breaks(RECEIVED, constants("a", "b"), constants("a", "b", "c"))
    assert breaks(SENT, constants("a", "b", "c"), constants("a", "b"))


def test_a_constant_beside_other_types_that_is_added_breaks_nobody() -> None:
    old = {"oneOf": [*constants("a", "b")["oneOf"], INTEGER]}
    new = {"oneOf": [*constants("a", "b", "c")["oneOf"], INTEGER]}
    assert rules(RECEIVED, old, new) == {"variant-added"}
    assert not breaks(RECEIVED, old, new)


def test_unions_of_types_that_are_made_of_themselves_end() -> None:
    def tree(leaf: Json) -> Json:
        node = {"$ref": "#/components/schemas/Node"}
        return {
            "Node": {
                "anyOf": [
                    leaf,
                    {"type": "object", "additionalProperties": node},
                    {"type": "array", "items": node},
                    {"type": "object", "properties": {"next": node}},
                ]
            }
        }

    reference = {"$ref": "#/components/schemas/Node"}
    assert rules(SENT, reference, reference, **tree(TEXT)) == set()
    old = read(document(SENT, reference, **tree(TEXT)))
    new = read(document(SENT, reference, **tree(INTEGER)))
    assert {c.rule for c in compare(old, new)} == {"variant-added", "variant-removed"}


def test_a_union_inside_a_union_is_the_union_of_all() -> None:
    inner = {"anyOf": [INTEGER, {"type": "boolean"}]}
    flat = {"anyOf": [TEXT, INTEGER, {"type": "boolean"}]}
    assert rules(RECEIVED, {"anyOf": [TEXT, inner]}, flat) == set()
    named = {"anyOf": [TEXT, {"$ref": "#/components/schemas/Inner"}]}
    assert rules(RECEIVED, flat, named, Inner=inner) == set()
    more = {"anyOf": [TEXT, {"anyOf": [INTEGER, {"type": "boolean"}, NOTE]}]}
    assert rules(RECEIVED, flat, more) == {"variant-added"}


def test_a_format_that_goes_on_the_way_into_a_union_does_not_hide_that_it_is_wider() -> (
    None
):
    alone = {"type": "string", "format": "int64"}
    several = {"anyOf": [INTEGER, TEXT]}
    assert not breaks(SENT, alone, several)
    assert breaks(RECEIVED, alone, several)


def test_an_enum_that_takes_the_name_of_another_with_the_same_values_breaks_nobody_who_keeps_the_name() -> (
    None
):
    level = {"type": "string", "enum": ["low", "high"]}

    def made(used: str) -> Json:
        fields = {"level": {"$ref": f"#/components/schemas/{used}"}}
        both = {"first": {"$ref": "#/components/schemas/First"}, "second": {"$ref": "#/components/schemas/Second"}}  # fmt: skip
        return {"type": "object", "properties": {**fields, **both}}

    components = {"First": level, "Second": level}
    assert rules(RECEIVED, made("First"), made("Second"), **components) == set()


def test_variants_of_a_large_union_are_told_apart_by_what_few_of_them_have() -> None:
    count = 250
    old = [shape("text", f"part{number}") for number in range(count)]
    new = [shape("text", f"part{number}", "more") for number in range(count)]
    found = changes(RECEIVED, {"oneOf": old}, {"oneOf": new[::-1]})
    added = [change for change in found if change.rule == "field-added"]
    assert len(added) == count
    assert {change.rule for change in found} <= {"class-renamed", "field-added"}


def test_a_variant_of_an_inner_union_is_added_where_the_document_declares_it() -> None:
    inner = {"oneOf": [LINE, NOTE]}
    (added,) = [
        change
        for change in changes(
            RECEIVED, {"oneOf": [CIRCLE, LINE]}, {"oneOf": [CIRCLE, inner]}
        )
        if change.rule == "variant-added"
    ]
    assert added.new_at[-4:] == ("oneOf", "1", "oneOf", "1")


def test_a_variant_beside_one_that_allows_anything_breaks_nobody() -> None:
    few = {"anyOf": [{}, TEXT]}
    more = {"anyOf": [{}, TEXT, INTEGER]}
    assert rules(RECEIVED, few, more) == {"variant-added"}
    assert not breaks(RECEIVED, few, more)
    assert not breaks(SENT, more, few)
    assert breaks(RECEIVED, {"anyOf": [INTEGER, TEXT]}, few)
