"""Reading what our own document does not have yet: unions, lists of lists, typed additional properties, awkward names."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from scripts import document as oas
from scripts import gates, staging, tree
from tests.conftest import ROOT

DOCUMENT = """
openapi: 3.1.0
info: {title: T, version: "1"}
servers: [{url: "https://service.example"}]
paths:
  /shapes:
    get:
      tags: [Shapes]
      operationId: get_shapes
      responses:
        "200":
          description: shapes
          content:
            application/json:
              schema: {type: array, items: {oneOf: [{$ref: '#/components/schemas/Circle'}, {$ref: '#/components/schemas/Square'}]}}
components:
  schemas:
    Circle:
      type: object
      required: [kind]
      properties: {kind: {type: string, enum: [circle]}, radius: {type: number}}
    Square:
      type: object
      required: [kind]
      properties: {kind: {type: string, enum: [square]}, radius: {type: string}}
    Closed:
      type: object
      properties: {side: {type: integer}}
      additionalProperties: false
    Holder:
      type: object
      properties:
        shape: {oneOf: [{$ref: '#/components/schemas/Circle'}, {$ref: '#/components/schemas/Square'}]}
        maybe: {anyOf: [{$ref: '#/components/schemas/Closed'}, {type: "null"}]}
        loose: {oneOf: [{type: string, format: date-time}, {type: string, format: uuid}, {type: integer}]}
        lists: {type: array, items: {type: array, items: {$ref: '#/components/schemas/Closed'}}}
        id: {type: string, format: uuid}
        on: {type: string, format: date}
        cls: {type: string}
        d: {type: string}
        cast: {type: string}
        self: {$ref: '#/components/schemas/Holder'}
      additionalProperties: {$ref: '#/components/schemas/Closed'}
"""


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    folder = tmp_path_factory.mktemp("unions")
    config = folder / "config.yaml"
    text = (ROOT / "generator-config.yaml").read_text("utf-8")
    hooks = text[text.index("post_hooks:") :]
    config.write_text(f"literal_enums: true\ndocstrings_on_attributes: true\n{hooks}")
    staging.stage(oas.parse(DOCUMENT), b"", config, folder / "generated")
    tree.assemble(Path(__file__).parent, folder / "generated", folder / "package")
    (folder / "package" / "__init__.py").touch()
    with gates.imported(folder / "package") as module:
        yield module


def models(package: ModuleType) -> Any:
    return importlib.import_module(f"{package.__name__}.models")


@pytest.mark.parametrize(
    ("shape", "name"),
    [
        ({"kind": "circle", "radius": 1.5}, "Circle"),
        ({"kind": "square", "radius": "wide"}, "Square"),
        ({"kind": "square", "more": 1}, "Square"),
        ({"kind": "hexagon"}, "dict"),
        ("round", "str"),
    ],
)
def test_each_variant_of_a_union_is_read_as_itself_and_an_unknown_one_kept(
    package: ModuleType, shape: Any, name: str
) -> None:
    holder = models(package).Holder.from_dict({"shape": shape})
    assert type(holder.shape).__name__ == name
    assert holder.to_dict() == {"shape": shape}


def test_an_answer_is_read_as_fields_are(package: ModuleType) -> None:
    operation = importlib.import_module(f"{package.__name__}.api.shapes.get_shapes")

    class Answer:
        status_code = 200

        def json(self) -> Any:
            return [{"kind": "square"}, {"kind": "circle"}, {"kind": "hexagon"}]

    parsed = operation._parse_response(client=None, response=Answer())
    assert [type(shape).__name__ for shape in parsed] == ["Square", "Circle", "dict"]


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ({"maybe": None}, "NoneType"),
        ({"maybe": {"side": 1}}, "Closed"),
        ({"loose": "2024-10-15T17:22:47+00:00"}, "datetime"),
        ({"loose": "11111111-2222-4333-8444-555555555555"}, "UUID"),
        ({"loose": "neither"}, "str"),
        ({"loose": 7}, "int"),
        ({"lists": [[{"side": 1}], []]}, "list"),
        ({"id": "11111111-2222-4333-8444-555555555555"}, "UUID"),
        ({"id": "no uuid"}, "str"),
        ({"on": "2024-10-15"}, "date"),
        ({"on": "soon"}, "str"),
        ({"cls": "a"}, "str"),
        ({"d": "b"}, "str"),
        ({"cast": "c"}, "str"),
        ({"self": {"d": "e"}}, "Holder"),
    ],
)
def test_fields_of_every_kind_are_read_and_written_back(
    package: ModuleType, value: Any, kind: str
) -> None:
    holder = models(package).Holder.from_dict(value)
    (name,) = value
    field = getattr(holder, {"self": "self_", "id": "id"}.get(name, name))
    assert type(field).__name__ == kind
    assert holder.to_dict() == value


def test_typed_additional_properties_are_models(package: ModuleType) -> None:
    holder = models(package).Holder.from_dict({"extra": {"side": 2}})
    assert holder["extra"].side == 2
    assert holder.to_dict() == {"extra": {"side": 2}}
