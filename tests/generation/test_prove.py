"""The proof: whatever the generator loses, changes or makes up is seen in its parsed result."""

from __future__ import annotations

import copy
import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scripts.contract.model import Contract
from scripts.contract.read import read
from scripts.errors import GenerationError
from scripts.generator.lower import Lowered, lower
from scripts.generator.parse import configuration, parse
from scripts.generator.plan import unusable
from scripts.generator.prove import prove
from tests.generation.packages import answer, document

Json = Any
Place = tuple[str | int, ...]

TEXT = {"type": "string"}
TAG = {"type": "string", "enum": ["new", "old"]}
USE = {"$ref": "#/components/schemas/Thing"}
PATHS = {
    "/things/{thing_id}": {
        "put": {
            "operationId": "change",
            "tags": ["things"],
            "parameters": [
                {"name": "thing_id", "in": "path", "required": True, "schema": TEXT},
                {"name": "on", "in": "query", "schema": TEXT | {"format": "date"}},
                {"name": "sort", "in": "query", "schema": TAG},
                {"name": "X-Try", "in": "header", "schema": {"type": "integer"}},
                {"name": "seen", "in": "cookie", "schema": {"type": "boolean"}},
            ],
            "requestBody": {
                "required": True,
                "content": {"application/json": {"schema": USE}},
            },
            "responses": {
                **answer({"type": "array", "items": USE}),
                "2XX": {"description": "none"},
                "400": {"description": "text", "content": {"text/plain": {}}},
                "default": {"description": "any", "content": {"application/json": {}}},
            },
        }
    },
    "/files": {
        "post": {
            "operationId": "upload",
            "requestBody": {
                "content": {
                    "multipart/form-data": {
                        "schema": {
                            "type": "object",
                            "properties": {"file": TEXT | {"format": "binary"}},
                        }
                    }
                }
            },
            "responses": answer({}, "application/octet-stream"),
        }
    },
}
THING = {
    "type": "object",
    "required": ["kind", "size"],
    "properties": {
        "kind": {"const": "thing"},
        "size": {"enum": [1, 2]},
        "tag": {"anyOf": [{"$ref": "#/components/schemas/Tag"}, {"type": "null"}]},
        "when": TEXT | {"format": "date-time"},
        "owner": {"oneOf": [USE, {"type": "array", "items": {"type": "number"}}]},
        "more": {
            "type": "object",
            "additionalProperties": TEXT | {"format": "uuid"},
        },
        "closed": {"type": "object", "additionalProperties": False},
    },
}


@pytest.fixture(scope="module")
def contract() -> Contract:
    return read(document(PATHS, Thing=THING, Tag=TAG))


def faults(contract: Contract, lowered: Lowered) -> list[str]:
    """What parsing and the proof say."""
    config = configuration(lowered, Path("unused"))
    try:
        return list(prove(contract, parse(lowered, config)))
    except (GenerationError, KeyError) as error:
        return [str(error)]


def test_what_the_generator_made_of_every_construct_is_what_the_contract_says(
    contract: Contract,
) -> None:
    assert faults(contract, lower(contract)) == []


def places(held: Json, place: Place = ()) -> Iterator[Place]:
    inside = held.items() if isinstance(held, dict) else enumerate(held)
    for key, value in inside:
        yield (*place, key)
        if isinstance(value, dict | list):
            yield from places(value, (*place, key))


def edits(value: Json) -> list[Json]:
    """Other values for a place in a lowered document."""
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int):
        return [value + 1]
    if isinstance(value, list):
        return [[]]
    if isinstance(value, dict):
        types = [{}, TEXT, {"type": "integer"}, {"oneOf": [value, {"const": "zz"}]}]
        return [edit for edit in types if edit != value]
    texts = ["string", "integer", "null", "date", "uuid", "header", "put", "zz", "404"]
    texts += ["#/components/schemas/C1", "#/components/schemas/C2", "boolean"]
    return [text for text in texts if text != value]


def test_every_single_point_change_of_the_lowered_document_is_seen(
    contract: Contract,
) -> None:
    lowered = lower(contract)
    tried, missed = 0, []
    for place in places({k: lowered.document[k] for k in ("paths", "components")}):
        if place[-1] == "description":
            continue  # of a response, which must have one; its words come from the contract
        for edit in [None, *edits(_held(lowered.document, place))]:
            changed = copy.deepcopy(lowered.document)
            holder = _held(changed, place[:-1])
            del holder[place[-1]]
            if edit is not None and isinstance(holder, list):
                holder.insert(int(place[-1]), edit)
            elif edit is not None:
                holder[place[-1]] = edit
            tried += 1
            if not faults(contract, dataclasses.replace(lowered, document=changed)):
                missed.append((place, edit))
    assert missed == []
    assert tried > 900


def _held(value: Json, place: Place) -> Json:
    for step in place:
        value = value[step]
    return value


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("kind", "ki\u200bnd", "invisible character U+200B"),
        ("X-Try", "X Try", "'X Try' is not a valid header"),
    ],
)
def test_a_name_that_code_or_the_wire_cannot_hold_is_a_fault(
    old: str, new: str, fault: str
) -> None:
    text = json.dumps(document(PATHS, Thing=THING, Tag=TAG))
    contract = read(json.loads(text.replace(json.dumps(old), json.dumps(new))))
    found = [unusable(contract, o) for o in contract.operations.values()]
    assert any(fault in said for said in found)


@pytest.mark.parametrize("name", ["size", "class", "a b"])
def test_an_invalid_or_taken_python_name_is_a_fault(name: str) -> None:
    contract = read(document(PATHS, Thing=THING, Tag=TAG))
    contract.types["Thing"].python_names["kind"] = name
    assert f"{name!r} cannot be a name here" in faults(contract, lower(contract))


def test_two_classes_or_operations_in_one_module_are_a_fault() -> None:
    contract = read(document(PATHS, Thing=THING, Tag=TAG))
    contract.types["Tag"].module_name = contract.types["Thing"].module_name
    assert "'thing' cannot be a name here" in faults(contract, lower(contract))
    paths = {
        f"/{name}": {"get": {"operationId": name, "responses": {}}} for name in "ab"
    }
    contract = read(document(paths))
    first, second = contract.operations.values()
    second.calls = first.calls
    assert "'a' cannot be a name here" in faults(contract, lower(contract))
