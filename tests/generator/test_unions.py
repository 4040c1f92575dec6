"""What a union is read as: its discriminator says, else the shape of what came; what fits nothing stays as it is."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import httpx
import pytest
import yaml

from tests.generator.packages import (
    Json,
    Service,
    answer,
    document,
    generated,
    part,
    ref,
)

SCHEMAS = """
Circle: {type: object, required: [kind], properties: {kind: {type: string, enum: [circle]}, radius: {type: number}}}
Square: {type: object, required: [kind], properties: {kind: {type: string, enum: [square]}, radius: {type: string}}}
Closed: {type: object, properties: {side: {type: integer}}, additionalProperties: false}
Cat: {type: object, required: [petType], properties: {petType: {type: string}, name: {type: string}}}
Dog: {type: object, required: [petType], properties: {petType: {type: string}, name: {type: string}}}
AnyPet: &pet
  oneOf: [{$ref: "#/components/schemas/Cat"}, {$ref: "#/components/schemas/Dog"}]
  discriminator: &by {propertyName: petType, mapping: {kitty: "#/components/schemas/Cat"}}
ByWord: {type: object, required: [by], properties: {by: {type: string, pattern: "^word_"}, at: {type: integer}}}
ByCode: {type: object, required: [by], properties: {by: {type: string, enum: [mail, phone]}, at: {type: integer}}}
Inner: {type: object, required: [x], properties: {x: {type: integer}}}
OuterA: {type: object, required: [data], properties: {data: {$ref: "#/components/schemas/Inner"}}}
OuterB: {type: object, required: [data], properties: {data: {type: object, required: [y], properties: {y: {type: string}}}}}
Nothing: {type: object, required: [data], properties: {data: {type: [string, "null"]}}}
Count: {type: object, required: [v], properties: {v: {type: integer}}}
Flag: {type: object, required: [v], properties: {v: {type: boolean}}}
Narrow: {type: object, properties: {a: {type: string}}}
Wide: {type: object, properties: {a: {type: string}, b: {type: string}}}
Bird: {type: object, required: [petType], properties: {petType: {type: string}, wings: {type: integer}}}
Fish: {type: object, required: [petType], properties: {petType: {type: string}, fins: {type: integer}}}
Event:
  type: object
  required: [type]
  properties: {type: {type: string}}
  discriminator: {propertyName: type}
Login: {allOf: [{$ref: "#/components/schemas/Event"}, {properties: {type: {enum: [login]}, user: {type: string}}}]}
Logout: {allOf: [{$ref: "#/components/schemas/Event"}, {properties: {type: {enum: [logout]}, user: {type: string}}}]}
Holder:
  type: object
  properties:
    event: {$ref: "#/components/schemas/Event"}
    animal:
      oneOf: [{$ref: "#/components/schemas/Bird"}, {$ref: "#/components/schemas/Fish"}]
      discriminator: {propertyName: petType}
    mapped:
      oneOf: [{$ref: "#/components/schemas/Bird"}, {$ref: "#/components/schemas/Fish"}]
      discriminator: {propertyName: petType, mapping: {b: Bird, f: "#/components/schemas/Fish"}}
    shape: &shape {oneOf: [{$ref: "#/components/schemas/Circle"}, {$ref: "#/components/schemas/Square"}]}
    shapes: {type: array, items: *shape}
    pet: *pet
    pets: {type: array, items: *pet}
    maybe_pet: {oneOf: [{$ref: "#/components/schemas/Cat"}, {$ref: "#/components/schemas/Dog"}, {type: "null"}], discriminator: *by}
    outer: {oneOf: [{$ref: "#/components/schemas/OuterA"}, {$ref: "#/components/schemas/OuterB"}, {$ref: "#/components/schemas/Nothing"}]}
    either: {anyOf: [{$ref: "#/components/schemas/Narrow"}, {$ref: "#/components/schemas/Wide"}]}
    deep:
      oneOf: [{$ref: "#/components/schemas/AnyPet"}, {$ref: "#/components/schemas/Circle"}]
      discriminator: {propertyName: petType}
    by: {oneOf: [{$ref: "#/components/schemas/ByWord"}, {$ref: "#/components/schemas/ByCode"}]}
    value: {oneOf: [{$ref: "#/components/schemas/Count"}, {$ref: "#/components/schemas/Flag"}]}
    maybe: &maybe {anyOf: [{$ref: "#/components/schemas/Closed"}, {type: "null"}]}
    maybes: {type: array, items: *maybe}
    loose: {oneOf: [{type: string, format: date-time}, {type: string, format: uuid}, {type: integer}]}
    many: {oneOf: [{$ref: "#/components/schemas/Closed"}, {type: array, items: {$ref: "#/components/schemas/Closed"}}]}
    lists: {type: array, items: {type: array, items: {$ref: "#/components/schemas/Closed"}}}
    itself: {$ref: "#/components/schemas/Holder"}
  additionalProperties: {$ref: "#/components/schemas/Closed"}
"""


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    schemas = yaml.safe_load(SCHEMAS)
    returned = {**schemas["Holder"]["properties"], "holder": ref("Holder")}
    paths = {
        f"/{name}": {
            "get": {"operationId": f"get_{name}", "responses": answer(returned[name])}
        }
        for name in ("shapes", "pet", "holder")
    }
    folder = tmp_path_factory.mktemp("unions")
    with generated(document(paths, **schemas), folder) as module:
        yield module


VALUES: list[tuple[str, Json, str]] = [
    ("shape", {"kind": "circle", "radius": 1.5}, "Circle"),
    ("shape", {"kind": "square", "radius": "wide"}, "Square"),
    ("shape", {"kind": "square", "more": 1}, "Square"),
    ("shape", {"kind": "hexagon"}, "dict"),
    ("shape", "round", "str"),
    ("pet", {"petType": "kitty"}, "Cat"),
    ("pet", {"petType": "Dog"}, "Dog"),
    ("pet", {"petType": "bird", "name": "Ara"}, "dict"),
    ("animal", {"petType": "Bird"}, "Bird"),
    ("animal", {"petType": "bird", "wings": 2}, "Bird"),
    ("animal", {"petType": "fish", "fins": 7}, "Fish"),
    ("animal", {"petType": "snail"}, "dict"),
    ("mapped", {"petType": "b", "fins": 1}, "Bird"),
    ("mapped", {"petType": "bird", "wings": 2}, "dict"),
    ("event", {"type": "login", "user": "me"}, "Login"),
    ("event", {"type": "logout", "user": "me"}, "Logout"),
    ("event", {"type": "timeout", "user": "me"}, "Event"),
    ("maybe_pet", {"petType": "kitty"}, "Cat"),
    ("maybe_pet", None, "NoneType"),
    ("outer", {"data": {"x": 1}}, "OuterA"),
    ("outer", {"data": {"y": "1"}}, "OuterB"),
    ("outer", {"data": None}, "Nothing"),
    ("either", {"a": "1"}, "Narrow"),
    ("either", {"a": "1", "b": "2"}, "Wide"),
    ("deep", {"petType": "Dog"}, "Dog"),
    ("deep", {"kind": "circle"}, "Circle"),
    ("by", {"by": "phone", "at": 1}, "ByCode"),
    ("by", {"by": "word_of_mouth", "at": 1}, "ByWord"),
    ("value", {"v": True}, "Flag"),
    ("value", {"v": 1}, "Count"),
    ("maybe", None, "NoneType"),
    ("maybe", {"side": 1}, "Closed"),
    ("loose", "2024-10-15T17:22:47+00:00", "datetime"),
    ("loose", "11111111-2222-4333-8444-555555555555", "UUID"),
    ("loose", "neither", "str"),
    ("loose", 7, "int"),
    ("many", {"side": 1}, "Closed"),
    ("many", [{"side": 1}], "list[Closed]"),
    ("pets", [{"petType": "kitty"}, {"petType": "bird"}], "list[Cat]"),
    ("lists", [[{"side": 1}], []], "list[list]"),
    ("maybes", [None, {"side": 1}], "list[NoneType]"),
    ("itself", {"many": {"side": 1}}, "Holder"),
    ("another", {"side": 1}, "Closed"),
]


@pytest.mark.parametrize(("name", "value", "kind"), VALUES)
def test_each_value_is_read_as_what_it_is_and_written_as_it_came(
    package: ModuleType, name: str, value: Json, kind: str
) -> None:
    holder = part(package, "models").Holder.from_dict({name: value})
    held = holder[name] if name == "another" else getattr(holder, name)
    assert named(held) == kind
    assert holder.to_dict() == {name: value}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("shape", {"kind": "hexagon", "sides": [1, 2]}),
        ("animal", {"petType": "snail", "houses": {"own": [1]}}),
        ("deep", {"petType": "none", "tags": ["a"]}),
        ("loose", ["neither"]),
    ],
)
def test_what_fits_no_variant_is_copied(
    package: ModuleType, name: str, value: Json
) -> None:
    before = copy.deepcopy(value)
    holder = part(package, "models").Holder.from_dict({name: value})
    written = holder.to_dict()[name]
    for copied in (getattr(holder, name), written):
        assert copied == value
        inner = copied
        while isinstance(inner, dict):
            *_, inner = inner.values()
        inner.append("changed")
    assert value == before


def named(value: Any) -> str:
    """The type of a value, or of the first item of a list."""
    name = type(value).__name__
    return f"list[{type(value[0]).__name__}]" if isinstance(value, list) else name


@pytest.mark.parametrize(
    ("operation", "content", "kind"),
    [
        ("get_shapes", [{"kind": "square"}, {"kind": "circle"}], "list[Square]"),
        ("get_shapes", [{"kind": "hexagon"}, {"kind": "circle"}], "list[dict]"),
        ("get_pet", {"petType": "kitty", "name": "Tom"}, "Cat"),
        ("get_pet", {"petType": "bird"}, "dict"),
    ],
)
def test_an_answer_is_read_as_fields_are(
    package: ModuleType, operation: str, content: Json, kind: str
) -> None:
    service = Service(package)
    service.answer = httpx.Response(200, json=content)
    parsed = part(package, f"api.default.{operation}").sync(client=service.client)
    assert named(parsed) == kind


def test_null_where_a_variant_has_none_is_absent_and_does_not_hide_the_variant(
    package: ModuleType,
) -> None:
    holder = part(package, "models").Holder.from_dict(
        {"shape": {"kind": "circle", "radius": None}}
    )
    assert type(holder.shape).__name__ == "Circle"
    assert holder.shape.radius is part(package, "types").UNSET
