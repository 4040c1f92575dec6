"""The proof: whatever the generator loses, changes or makes up is seen in its parsed result."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from scripts.common.errors import GenerationError
from scripts.contract.model import Contract
from scripts.contract.names import ClassName
from scripts.contract.reading.contract import read
from scripts.generator.lower import Lowered
from scripts.generator.parse import configuration, parse
from scripts.generator.plan import Plan, plan
from scripts.generator.prove import prove
from scripts.intake import document as oas
from tests.conftest import ROOT
from tests.generator.packages import Json

Place = tuple[str | int, ...]


@pytest.fixture
def contract() -> Contract:
    document = oas.read(ROOT / "tests" / "data" / "framework.yaml")
    schemas = document["components"]["schemas"]
    schemas["Meta"]["additionalProperties"] = False
    schemas["Meta"]["properties"]["size"] = {"enum": [1, 2]}
    return read(document)


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
        types = [{}, {"type": "string"}, {"oneOf": [value, {"const": "zz"}]}]
        return [edit for edit in types if edit != value]
    texts = ["string", "integer", "null", "date", "header", "zz"]
    texts += ["#/components/schemas/C1", "#/components/schemas/C2"]
    return [text for text in texts if text != value]


@pytest.mark.proof
def test_every_single_point_change_of_the_lowered_document_is_seen(
    contract: Contract,
) -> None:
    planned = plan(contract)
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


@pytest.mark.parametrize("name", ["price", "class", "a b"])
def test_an_invalid_or_taken_python_name_is_a_fault(
    contract: Contract, name: str
) -> None:
    place = contract.types["Item"].pointer
    fields = {**contract.names.fields[place], "name": name}
    names = replace(contract.names, fields={**contract.names.fields, place: fields})
    contract = replace(contract, names=names)
    assert f"{name!r} cannot be a name here" in faults(plan(contract))


def test_two_classes_or_operations_in_one_module_are_a_fault(
    contract: Contract,
) -> None:
    place = contract.types["Meta"].pointer
    classes = {**contract.names.classes, place: ClassName("Meta", "item")}
    functions = dict.fromkeys(contract.names.functions, "same")
    names = replace(contract.names, classes=classes, functions=functions)
    contract = replace(contract, names=names)
    package = contract.package(next(iter(contract.operations.values())))
    found = faults(plan(contract))
    assert "'item' cannot be a name here" in found
    assert f"'{package}.same' cannot be a name here" in found
