"""The proof: whatever the generator loses, changes or makes up is seen in its parsed result."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scripts.contract.model import Contract
from scripts.contract.read import read
from scripts.errors import GenerationError
from scripts.generator.lower import Lowered
from scripts.generator.parse import configuration, parse
from scripts.generator.plan import Plan, plan
from scripts.generator.prove import prove
from tests.generation.packages import Json, answer, body, document, ref

Place = tuple[str | int, ...]

TEXT = {"type": "string"}
TAG = {"type": "string", "enum": ["new", "old"]}
USE = ref("Thing")
FORM = {"type": "object", "properties": {"file": TEXT | {"format": "binary"}}}
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
            "requestBody": {"required": True, **body(USE)["requestBody"]},
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
            **body(FORM, "multipart/form-data"),
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
        "tag": {"anyOf": [ref("Tag"), {"type": "null"}]},
        "when": TEXT | {"format": "date-time"},
        "owner": {"oneOf": [USE, {"type": "array", "items": {"type": "number"}}]},
        "more": {
            "type": "object",
            "additionalProperties": TEXT | {"format": "uuid"},
        },
        "closed": {"type": "object", "additionalProperties": False},
    },
}


def faults(planned: Plan, document: Json = None) -> list[str]:
    """What parsing and the proof say of a plan; or of another document than it is lowered to."""
    lowered = Lowered(planned)
    lowered.document = document or lowered.document
    try:
        made = parse(lowered, configuration(lowered, Path("unused")))
        return list(prove(planned, made))
    except (GenerationError, KeyError) as error:
        return [str(error)]


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


def test_every_single_point_change_of_the_lowered_document_is_seen() -> None:
    planned = plan(read(document(PATHS, Thing=THING, Tag=TAG)))
    plain = Lowered(planned).document
    assert faults(planned) == []
    tried, missed = 0, []
    for place in places({key: plain[key] for key in ("paths", "components")}):
        if place[-1] == "description":
            continue  # of a response, which must have one; its words come from the contract
        for edit in [None, *edits(_held(plain, place))]:
            changed = copy.deepcopy(plain)
            holder = _held(changed, place[:-1])
            del holder[place[-1]]
            if edit is not None and isinstance(holder, list):
                holder.insert(int(place[-1]), edit)
            elif edit is not None:
                holder[place[-1]] = edit
            tried += 1
            if not faults(planned, changed):
                missed.append((place, edit))
    assert missed == []
    assert tried > 900


def _held(value: Json, place: Place) -> Json:
    for step in place:
        value = value[step]
    return value


def _same_module(contract: Contract) -> None:
    first, second = contract.operations.values()
    second.package, second.calls = first.package, first.calls


@pytest.mark.parametrize(
    ("name", "edit"),
    [
        ("size", lambda c: c.types["Thing"].python_names.update(kind="size")),
        ("class", lambda c: c.types["Thing"].python_names.update(kind="class")),
        ("a b", lambda c: c.types["Thing"].python_names.update(kind="a b")),
        ("thing", lambda c: setattr(c.types["Tag"], "module_name", "thing")),
        ("things.change", _same_module),
    ],
)
def test_an_invalid_or_taken_python_name_is_a_fault(name: str, edit: Any) -> None:
    contract = read(document(PATHS, Thing=THING, Tag=TAG))
    edit(contract)
    assert f"{name!r} cannot be a name here" in faults(plan(contract))
