"""The judge knows which class a document names for a value, and which it leaves open."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from scripts.conformance.classes import ClassReader, attribute
from scripts.conformance.drawing import Sampler
from scripts.conformance.raw import RawDocument
from tests.conformance.clients import document

ROAD = {"type": "object", "properties": {"lanes": {"type": "integer"}}}
MEMBERS = [{"$ref": "#/components/schemas/Road"}]


class Lane:
    """A result of a class that the document does not name."""

    def to_dict(self) -> dict[str, object]:
        return {"lanes": 2}


@pytest.mark.parametrize(
    ("union", "complaints"),
    [
        ({"oneOf": MEMBERS}, ["the answer is a Lane, not Road"]),
        ({"oneOf": MEMBERS, "properties": {"length": {"type": "integer"}}}, []),
    ],
)
def test_a_union_with_fields_of_its_own_has_classes_of_its_own(
    union: Any, complaints: list[str]
) -> None:
    schemas = {"Road": ROAD, "Way": union}
    raw = RawDocument(document({}, components={"schemas": schemas}))
    reader = ClassReader(raw, Sampler(raw))
    way = raw.at(("components", "schemas", "Way"))
    assert list(reader.faults(way, {"lanes": 2}, Lane())) == complaints


@pytest.mark.parametrize(
    ("class_name", "complaints"),
    [
        ("PageOf" + "SomethingWithAVeryLongName" * 4, 0),
        ("PageOf" + "SomethingWithAVeryLongName" * 4 + "2", 0),
        ("PageOf", 1),
        ("PageOf" + "SomethingWithAnotherLongName" * 4, 1),
    ],
)
def test_a_class_of_a_long_name_is_known_by_the_beginning_of_it(
    class_name: str, complaints: int
) -> None:
    component = "PageOf" + "SomethingWithAVeryLongName" * 12 + "OfRows"
    page = {"$ref": f"#/components/schemas/{component}"}
    raw = RawDocument(
        document({}, components={"schemas": {component: ROAD, "Answer": page}})
    )
    reader = ClassReader(raw, Sampler(raw))
    schema = raw.at(("components", "schemas", "Answer"))
    answer = type(class_name, (Lane,), {})()
    assert len(list(reader.faults(schema, {"lanes": 2}, answer))) == complaints


def test_the_class_that_the_discriminator_names_is_meant_where_it_may_be() -> None:
    both = [{"required": ["lanes"]}, {"required": ["kind"]}]
    fields = {"lanes": {"type": "integer"}, "kind": {"type": "string"}}
    road: Any = {"type": "object", "properties": fields}
    mapping = {"road": "#/components/schemas/Road", "way": "#/components/schemas/Way"}
    either = {
        "oneOf": [{"$ref": place} for place in mapping.values()],
        "discriminator": {"propertyName": "kind", "mapping": mapping},
    }
    # Taken literally, a road has lanes or a kind; the value, which has both, is surely a way.
    schemas = {"Road": {**road, "oneOf": both}, "Way": road, "Either": either}
    raw = RawDocument(document({}, components={"schemas": schemas}))
    reader = ClassReader(raw, Sampler(raw))
    schema = raw.at(("components", "schemas", "Either"))
    answer = type("Road", (Lane,), {})()
    assert not list(reader.faults(schema, {"lanes": 2, "kind": "road"}, answer))


@attrs.define
class Rules(Lane):
    """A result with a field of the name of the attribute that holds what is not declared."""

    additional_properties_2: str
    additional_properties: dict[str, object]


def test_a_field_named_as_the_attribute_for_undeclared_fields_is_not_that_one() -> None:
    rules = Rules("declared", {"more": "undeclared"})
    assert attribute(rules, "additionalProperties") == "declared"
    assert attribute(rules, "more") == "undeclared"
