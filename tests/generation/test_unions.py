"""What a union is read as: its discriminator says, else the shape of what came; what fits nothing stays as it is."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType
from typing import Any

import httpx
import pytest

from tests.generation.packages import (
    Json,
    Service,
    answer,
    document,
    generated,
    part,
)


def ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def fields(*required: str, **properties: Json) -> Json:
    return {"type": "object", "required": list(required), "properties": properties}


TEXT, NUMBER = {"type": "string"}, {"type": "number"}
PETS = {
    "oneOf": [ref("Cat"), ref("Dog")],
    "discriminator": {
        "propertyName": "petType",
        "mapping": {"kitty": "#/components/schemas/Cat"},
    },
}
SCHEMAS = {
    "Circle": fields(
        "kind", kind={"type": "string", "enum": ["circle"]}, radius=NUMBER
    ),
    "Square": fields("kind", kind={"type": "string", "enum": ["square"]}, radius=TEXT),
    "Closed": {**fields(side={"type": "integer"}), "additionalProperties": False},
    "Cat": fields("petType", petType=TEXT, name=TEXT),
    "Dog": fields("petType", petType=TEXT, name=TEXT),
    "Inner": fields("x", x={"type": "integer"}),
    "OuterA": fields("data", data=ref("Inner")),
    "OuterB": fields("data", data=fields("y", y=TEXT)),
    "Nothing": fields("data", data={"type": ["string", "null"]}),
    "AnyPet": PETS,
    "Count": fields("v", v={"type": "integer"}),
    "Flag": fields("v", v={"type": "boolean"}),
    "Narrow": fields(a=TEXT),
    "Wide": fields(a=TEXT, b=TEXT),
    "Holder": {
        **fields(
            shape={"oneOf": [ref("Circle"), ref("Square")]},
            pet=PETS,
            pets={"type": "array", "items": PETS},
            maybePet={
                "oneOf": [*PETS["oneOf"], {"type": "null"}],
                "discriminator": PETS["discriminator"],
            },
            outer={"oneOf": [ref("OuterA"), ref("OuterB"), ref("Nothing")]},
            either={"anyOf": [ref("Narrow"), ref("Wide")]},
            deep={
                "oneOf": [ref("AnyPet"), ref("Circle")],
                "discriminator": {"propertyName": "petType"},
            },
            value={"oneOf": [ref("Count"), ref("Flag")]},
            maybe={"anyOf": [ref("Closed"), {"type": "null"}]},
            loose={
                "oneOf": [
                    {"type": "string", "format": "date-time"},
                    {"type": "string", "format": "uuid"},
                    {"type": "integer"},
                ]
            },
            many={"oneOf": [ref("Closed"), {"type": "array", "items": ref("Closed")}]},
            lists={"type": "array", "items": {"type": "array", "items": ref("Closed")}},
            maybes={
                "type": "array",
                "items": {"oneOf": [ref("Closed"), {"type": "null"}]},
            },
            itself=ref("Holder"),
        ),
        "additionalProperties": ref("Closed"),
    },
}


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    paths = {
        "/shapes": {
            "get": {
                "operationId": "get_shapes",
                "responses": answer(
                    {
                        "type": "array",
                        "items": {"oneOf": [ref("Circle"), ref("Square")]},
                    }
                ),
            }
        },
        "/pet": {"get": {"operationId": "get_pet", "responses": answer(PETS)}},
        "/holder": {
            "get": {"operationId": "get_holder", "responses": answer(ref("Holder"))}
        },
    }
    with generated(
        document(paths, **SCHEMAS), tmp_path_factory.mktemp("unions")
    ) as module:
        yield module


ID = "11111111-2222-4333-8444-555555555555"


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ({"shape": {"kind": "circle", "radius": 1.5}}, "Circle"),
        ({"shape": {"kind": "square", "radius": "wide"}}, "Square"),
        ({"shape": {"kind": "square", "more": 1}}, "Square"),
        ({"shape": {"kind": "hexagon"}}, "dict"),
        ({"shape": "round"}, "str"),
        ({"pet": {"petType": "kitty"}}, "Cat"),
        ({"pet": {"petType": "Dog"}}, "Dog"),
        ({"pet": {"petType": "bird", "name": "Ara"}}, "dict"),
        ({"maybePet": {"petType": "kitty"}}, "Cat"),
        ({"maybePet": None}, "NoneType"),
        ({"outer": {"data": {"x": 1}}}, "OuterA"),
        ({"outer": {"data": {"y": "1"}}}, "OuterB"),
        ({"outer": {"data": None}}, "Nothing"),
        ({"either": {"a": "1"}}, "Narrow"),
        ({"either": {"a": "1", "b": "2"}}, "Wide"),
        ({"deep": {"petType": "Dog"}}, "Dog"),
        ({"deep": {"kind": "circle"}}, "Circle"),
        ({"value": {"v": True}}, "Flag"),
        ({"value": {"v": 1}}, "Count"),
        ({"maybe": None}, "NoneType"),
        ({"maybe": {"side": 1}}, "Closed"),
        ({"loose": "2024-10-15T17:22:47+00:00"}, "datetime"),
        ({"loose": ID}, "UUID"),
        ({"loose": "neither"}, "str"),
        ({"loose": 7}, "int"),
        ({"many": {"side": 1}}, "Closed"),
        ({"many": [{"side": 1}]}, "list[Closed]"),
        ({"pets": [{"petType": "kitty"}, {"petType": "bird"}]}, "list[Cat]"),
        ({"lists": [[{"side": 1}], []]}, "list[list]"),
        ({"maybes": [None, {"side": 1}]}, "list[NoneType]"),
        ({"itself": {"many": {"side": 1}}}, "Holder"),
        ({"another": {"side": 1}}, "Closed"),
    ],
)
def test_each_value_is_read_as_what_it_is_and_written_as_it_came(
    package: ModuleType, value: Json, kind: str
) -> None:
    holder = part(package, "models").Holder.from_dict(value)
    (name,) = value
    wire = {"maybePet": "maybe_pet"}
    held = (
        holder["another"]
        if name == "another"
        else getattr(holder, wire.get(name, name))
    )
    found = type(held).__name__
    if isinstance(held, list):
        found = f"list[{type(held[0]).__name__}]"
    assert found == kind
    assert holder.to_dict() == value


@pytest.mark.parametrize(
    ("operation", "content", "kinds"),
    [
        (
            "get_shapes",
            [{"kind": "square"}, {"kind": "circle"}, {"kind": "hexagon"}],
            ["Square", "Circle", "dict"],
        ),
        ("get_pet", {"petType": "kitty", "name": "Tom"}, ["Cat"]),
        ("get_pet", {"petType": "bird"}, ["dict"]),
    ],
)
def test_an_answer_is_read_as_fields_are(
    package: ModuleType, operation: str, content: Json, kinds: list[str]
) -> None:
    service = Service(package)
    service.answer = httpx.Response(200, json=content)
    parsed: Any = part(package, f"api.default.{operation}").sync(client=service.client)
    items = parsed if isinstance(parsed, list) else [parsed]
    assert [type(item).__name__ for item in items] == kinds


def test_null_where_a_variant_has_none_is_absent_and_does_not_hide_the_variant(
    package: ModuleType,
) -> None:
    holder = part(package, "models").Holder.from_dict(
        {"shape": {"kind": "circle", "radius": None}}
    )
    assert type(holder.shape).__name__ == "Circle"
    assert holder.shape.radius is part(package, "types").UNSET
