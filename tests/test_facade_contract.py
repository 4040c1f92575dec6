"""What the facade's methods take for granted of the operations they stand on, held against the contract of the document."""

from __future__ import annotations

from typing import Any

from scripts.contract.model import Contract
from scripts.contract.reading.contract import read
from scripts.generator.plan import target

STRINGS = [
    *(("header", "X-Enkrypt-Model"), ("header", "X-Enkrypt-Model-Version")),
    *(("body", "model_saved_name"), ("body", "model_version")),
]


def test_modify_model_covers_the_operation_that_it_stands_on(document: Any) -> None:
    contract: Contract = read(document)
    (operation,) = (o for o in contract.operations.values() if o.id == "modify_model")
    parameters = {(p.where, p.name): p for p in operation.parameters}
    assert {key for key, p in parameters.items() if p.required} <= {*STRINGS}
    assert operation.body is not None
    (media,) = operation.body.media
    assert (media.kind, media.schema and media.schema.ref) == ("json", "ModelRequestObject")  # fmt: skip
    schemas = {key: p.schema for key, p in parameters.items()}
    body = target(contract, contract.types["ModelRequestObject"])[0]
    schemas |= {("body", name): schema for name, schema in body.fields.items()}
    kinds = {key: target(contract, schemas[key])[0].kind for key in STRINGS}
    assert {*kinds.values()} == {"string"}
    success = {
        status: [media.schema and media.schema.ref for media in response.media]
        for status, response in operation.responses.items()
        if status.startswith("2")
    }
    assert success == {"200": ["ModifyModelResponseObject"]}
    schemes = [contract.schemes[name] for each in operation.security for name in each]
    assert [(s.kind, s.where) for s in schemes] == [("apiKey", "header")]
