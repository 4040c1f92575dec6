"""What the facade's methods take for granted of the operations they stand on, held against the contract of the document."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from scripts.contract.model import Contract, Operation
from scripts.contract.read import read
from scripts.generator.plan import target


class Covered(NamedTuple):
    """What a method passes on, and what it returns."""

    parameters: dict[tuple[str, str], str]
    body: str
    fields: dict[str, str]  # of the body, which the method reads
    success: dict[str, str]


METHODS = {
    "modify_model": Covered(
        parameters={
            ("header", "X-Enkrypt-Model"): "string",
            ("header", "X-Enkrypt-Model-Version"): "string",
        },
        body="ModelRequestObject",
        fields={"model_saved_name": "string", "model_version": "string"},
        success={"200": "ModifyModelResponseObject"},
    )
}


def uncovered(name: str, contract: Contract) -> str:
    """A sentence on the first thing that a method does not cover; empty where it covers all."""
    operation = next((o for o in contract.operations.values() if o.id == name), None)
    if operation is None:
        return f"EnkryptClient.{name} stands on the operation {name}, which the document does not have"
    cause = _parameters(METHODS[name], operation, contract) or _messages(
        METHODS[name], operation, contract
    )
    return f"EnkryptClient.{name} does not cover {cause}" if cause else ""


def _parameters(covered: Covered, operation: Operation, contract: Contract) -> str:
    declared = {(p.where, p.name): p for p in operation.parameters}
    for key, parameter in declared.items():
        if parameter.required and key not in covered.parameters:
            return f"the required {parameter.where} parameter {parameter.name}"
    for (where, wire), kind in covered.parameters.items():
        known = declared.get((where, wire))
        if known is None:
            return f"the loss of the {where} parameter {wire}"
        if target(contract, known.schema)[0].kind != kind:
            return f"another type of the {where} parameter {wire}"
    schemes = {name for alternative in operation.security for name in alternative}
    used = [contract.schemes[name] for name in schemes]
    if [(scheme.kind, scheme.where) for scheme in used] != [("apiKey", "header")]:
        return "this authentication"
    return ""


def _messages(covered: Covered, operation: Operation, contract: Contract) -> str:
    media = [m for call in operation.calls if (m := call.media)]
    if [held.content_type for held in media] != ["application/json"]:
        return "another body than JSON"
    schema = media[0].schema
    if schema is None or schema.ref != covered.body:
        return f"another body than {covered.body}"
    fields = target(contract, schema)[0].fields
    for wire, kind in covered.fields.items():
        if wire not in fields or target(contract, fields[wire])[0].kind != kind:
            return f"a body without {wire} of type {kind}"
    success = {
        status: held.schema.ref if held.schema else ""
        for status, response in operation.responses.items()
        if status.startswith("2")
        for held in response.media
    }
    statuses = {status for status in operation.responses if status.startswith("2")}
    if success != covered.success or statuses != set(covered.success):
        return f"the success {', '.join(sorted(statuses)) or 'of no status'}"
    return ""


@pytest.mark.parametrize("name", METHODS)
def test_each_method_covers_the_operation_it_stands_on(
    document: Any, name: str
) -> None:
    sentence = uncovered(name, read(document))
    assert not sentence, sentence


def operation(document: Any) -> Any:
    return document["paths"]["/models/modify-model"]["patch"]


HEADER = {"name": "X-New", "in": "header", "schema": {"type": "string"}}


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (lambda d: operation(d)["parameters"].append(HEADER | {"required": True}), "required header parameter X-New"),
        (lambda d: operation(d)["parameters"][0].update(name="X-Renamed"), "X-Renamed"),
        (lambda d: operation(d)["parameters"].pop(0), "the loss of the header parameter X-Enkrypt-Model"),
        (lambda d: operation(d)["parameters"][0]["schema"].update(type="integer"), "another type"),
        (lambda d: d["components"]["securitySchemes"].update(apiKeyAuth={"type": "http", "scheme": "bearer"}), "authentication"),
        (lambda d: operation(d).update(security=[]), "authentication"),
        (lambda d: operation(d)["responses"].update({"202": operation(d)["responses"].pop("200")}), "the success 202"),
        (lambda d: operation(d)["responses"].update({"204": {"description": "done"}}), "the success 200, 204"),
        (lambda d: operation(d).pop("requestBody"), "another body"),
        (lambda d: operation(d).update(operationId="change_model"), "stands on the operation modify_model"),
        (lambda d: d["components"]["schemas"]["ModelRequestObject"]["properties"].pop("model_version"), "without model_version"),
    ],
)  # fmt: skip
def test_what_a_method_does_not_cover_is_said_in_one_sentence(
    document: Any, edit: Callable[[Any], object], said: str
) -> None:
    changed = copy.deepcopy(document)
    edit(changed)
    assert said in uncovered("modify_model", read(changed))


def test_what_a_method_need_not_know_passes(document: Any) -> None:
    changed = copy.deepcopy(document)
    operation(changed)["parameters"].append(HEADER)
    operation(changed)["responses"]["404"] = {"description": "no"}
    changed["components"]["securitySchemes"]["apiKeyAuth"]["name"] = "x-key"
    assert uncovered("modify_model", read(changed)) == ""
