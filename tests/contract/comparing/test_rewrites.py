"""What only rewrites a document gives no row, and two steps give what one step gives."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from scripts.common.project import ROOT
from scripts.contract.comparing.changes import Change
from scripts.contract.comparing.operations import compare
from scripts.contract.reading.contract import read
from scripts.intake import document as oas

Json = Any
DATA = ROOT / "tests" / "data"
FILES = [DATA / "modify-model.md", *sorted(DATA.glob("*.yaml"))]
# Parts that give no names in Python, so that they may stand in components or in place.
NAMELESS = ("parameters", "responses", "requestBodies", "headers")
EMPTY_OR_NULL = {"anyOf": [{}, {"type": "null"}]}
NAMING = {"properties", "enum", "oneOf", "anyOf", "allOf"}
# A union that contains itself, classes that want the same name, and a callback.
PITFALLS = """
openapi: 3.0.3
info: {title: Pitfalls, version: '1'}
paths:
  /trees:
    put:
      operationId: plant
      requestBody:
        content:
          multipart/form-data: {schema: {type: object, properties: {seed: {type: string}}}}
          application/json: {schema: {type: object, properties: {tree: {$ref: '#/components/schemas/Tree'}}}}
      responses: {'200': {$ref: '#/components/responses/Count'}}
      callbacks:
        grown:
          '{$request.query.url}':
            post:
              requestBody: {content: {application/json: {schema: {type: string, nullable: true}}}}
              responses: {}
components:
  responses:
    Count: {description: how many, content: {application/json: {schema: {type: integer}}}}
  schemas:
    Tree:
      oneOf:
      - {type: object, required: [left], properties: {left: {$ref: '#/components/schemas/Tree'}}}
      - type: object
        required: [right]
        properties:
          right: {type: array, items: {$ref: '#/components/schemas/Tree'}}
          leaf: {$ref: '#/components/schemas/leaf'}
    leaf: {type: object, properties: {Leaf: {$ref: '#/components/schemas/Leaf'}}}
    Leaf: {type: object, properties: {green: {type: boolean, nullable: true}}}
"""
# `nullable` beside `allOf`, in one of its members, and in one of two declarations of a field; also in an operation that is left out.
NULLS = """
openapi: 3.0.3
info: {title: Nulls, version: '1'}
paths:
  /trees:
    post:
      operationId: plant
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Tree'}}}}
      responses: {'200': {description: it, content: {application/json: {schema: {$ref: '#/components/schemas/Tree'}}}}}
    get:
      operationId: search
      parameters:
      - {in: query, name: nested, schema: {type: array, items: {type: array, items: {$ref: '#/components/schemas/Tree'}}}}
      responses: {}
components:
  schemas:
    Leaf: {type: object, properties: {green: {type: boolean}, size: {type: integer, nullable: true, enum: [1, 2]}}}
    Plant: {type: object, properties: {pot: {type: object, nullable: true, properties: {size: {type: integer}}}}}
    Tree:
      allOf:
      - {$ref: '#/components/schemas/Plant'}
      - type: object
        properties:
          pot: {type: object, properties: {form: {type: string}}}
          first: {type: object, nullable: true, allOf: [{$ref: '#/components/schemas/Leaf'}]}
          last: {nullable: true, allOf: [{$ref: '#/components/schemas/Leaf'}, {description: or none}]}
          best: {allOf: [{$ref: '#/components/schemas/Leaf'}, {nullable: true}]}
          soil: {type: object, allOf: [{$ref: '#/components/schemas/Soil'}]}
          pest:
            oneOf: [{$ref: '#/components/schemas/Ant'}, {$ref: '#/components/schemas/Bug'}]
            discriminator: {propertyName: kind}
    Soil: {type: object, nullable: true, properties: {wet: {type: boolean}}}
    Ant: {type: object, required: [kind], properties: {kind: {type: string, nullable: true, enum: [ant]}}}
    Bug: {type: object, required: [kind], properties: {kind: {type: string, nullable: true, enum: [bug]}, size: {type: integer}}}
"""
DOCUMENTS = {path.stem: oas.read(path) for path in FILES}
DOCUMENTS["pitfalls"] = oas.from_text(PITFALLS).document
DOCUMENTS["nulls"] = oas.from_text(NULLS).document


def as_json(document: Json) -> Json:
    return oas.from_text(json.dumps(document)).document


def as_yaml(document: Json) -> Json:
    return oas.from_text(oas.to_yaml(document)).document


def reordered(data: Json) -> Json:
    """The keys of every mapping the other way round; the order of a list may mean something."""
    if isinstance(data, dict):
        return {key: reordered(data[key]) for key in reversed(data)}
    if isinstance(data, list):
        return [reordered(item) for item in data]
    return data


def nodes(data: Json) -> Iterator[dict[str, Json]]:
    """Every mapping in data."""
    if isinstance(data, dict):
        yield data
    if isinstance(data, dict | list):
        inner = data.values() if isinstance(data, dict) else data
        for item in inner:
            yield from nodes(item)


def inlined(document: Json) -> Json:
    """References to parts that give no names replaced by the parts."""
    document = copy.deepcopy(document)
    components = document.get("components", {})
    for node in list(nodes(document)):
        reference = node.get("$ref")
        if not isinstance(reference, str):
            continue
        _root, _components, kind, *names = reference.split("/")
        if kind not in NAMELESS or len(names) != 1:
            continue
        part = components[kind][names[0]]
        if not any(NAMING & inner.keys() for inner in nodes(part)):
            del node["$ref"]
            node |= copy.deepcopy(part)
    return document


def as_31(data: Json) -> Json:
    """A 3.0 document in the words of 3.1. Beside `allOf` only a union says that null is allowed: a member may refuse it."""
    if isinstance(data, list):
        return [as_31(item) for item in data]
    if not isinstance(data, dict):
        return data
    data = {key: as_31(item) for key, item in data.items()}
    if "openapi" in data:
        data["openapi"] = "3.1.0"
    for word, bound in (
        ("exclusiveMinimum", "minimum"),
        ("exclusiveMaximum", "maximum"),
    ):
        if data.get(word) is True:
            data[word] = data.pop(bound)
    if EMPTY_OR_NULL in data.get("allOf", ()):
        data["allOf"][data["allOf"].index(EMPTY_OR_NULL)] = {}
        data["nullable"] = True
    if not data.pop("nullable", False):
        return data
    if "type" not in data or "allOf" in data:
        return {"anyOf": [data, {"type": "null"}]}
    if "enum" in data:
        data["enum"].append(None)
    return {**data, "type": [data["type"], "null"]}


REWRITES: dict[str, Callable[[Json], Json]] = {
    "itself": copy.deepcopy,
    "as JSON": as_json,
    "as YAML": as_yaml,
    "reordered": reordered,
    "inlined": inlined,
    "as 3.1": as_31,
}


# Only a document of 3.0 can be written as one of 3.1.
CASES = [
    (rewrite, name)
    for rewrite in REWRITES
    for name, document in DOCUMENTS.items()
    if rewrite != "as 3.1" or document["openapi"].startswith("3.0")
]


@pytest.mark.parametrize(("rewrite", "name"), CASES)
def test_what_only_rewrites_a_document_gives_no_row(name: str, rewrite: str) -> None:
    document = DOCUMENTS[name]
    rewritten = REWRITES[rewrite](document)
    old = read(document)
    new = read(rewritten)
    assert compare(old, new) == []
    assert compare(new, old) == []


ORDER: Json = {
    "type": "object",
    "required": ["size"],
    "properties": {
        "size": {"type": "integer", "maximum": 9},
        "note": {"type": "string"},
    },
}


def version(**edits: Json) -> Json:
    """A version of a document with one operation, whose body has other fields."""
    body = copy.deepcopy(ORDER)
    for name, field in edits.items():
        body["properties"][name] = field
    order = {"$ref": "#/components/schemas/Order"}
    operation = {
        "operationId": "order",
        "requestBody": {"content": {"application/json": {"schema": order}}},
        "responses": {"204": {"description": "taken"}},
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "Orders", "version": "1"},
        "paths": {"/orders": {"post": operation}},
        "components": {"schemas": {"Order": body}},
    }


def facts(changes: list[Change]) -> set[tuple[str, str, bool]]:
    return {(row.rule, row.where, row.breaking) for row in changes}


def test_two_steps_that_change_two_places_give_what_one_step_gives() -> None:
    first = read(version())
    second = read(version(size={"type": "integer", "maximum": 5}))
    third = read(
        version(
            size={"type": "integer", "maximum": 5},
            colour={"type": "string"},
        )
    )
    steps = facts(compare(first, second)) | facts(compare(second, third))
    assert len(steps) == 2
    assert steps == facts(compare(first, third))


def test_a_step_that_takes_back_another_leaves_no_row() -> None:
    first = read(version())
    second = read(version(size={"type": "integer"}, note={"type": "boolean"}))
    assert len(compare(first, second)) == 2
    assert compare(first, read(version())) == []
