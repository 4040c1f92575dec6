"""The judge knows which class a document names for a value, and which it leaves open."""

from __future__ import annotations

from typing import Any

import pytest

from scripts.conformance.classes import ClassReader
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
