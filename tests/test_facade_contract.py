"""What the facade's methods take for granted of the operations they stand on, held against the contract of the document."""

from __future__ import annotations

from typing import Any

from scripts.contract.model import Contract
from scripts.contract.reading.contract import read
from scripts.contract.schema import Object, Reference, Scalar, Schema, target

STRINGS = [
    *(("header", "X-Enkrypt-Model"), ("header", "X-Enkrypt-Model-Version")),
    *(("body", "model_saved_name"), ("body", "model_version")),
]


def key_of(schema: Schema | None) -> str | None:
    return schema.key if isinstance(schema, Reference) else None


def test_modify_model_covers_the_operation_that_it_stands_on(document: Any) -> None:
    contract: Contract = read(document)
    (operation,) = (o for o in contract.operations.values() if o.id == "modify_model")
    parameters = {(p.where, p.name): p for p in operation.parameters}
    assert {key for key, p in parameters.items() if p.required} <= {*STRINGS}
    assert operation.body is not None
    (media,) = operation.body.media
    assert media.kind == "json"
    assert key_of(media.schema) == "ModelRequestObject"
    schemas = {key: p.schema for key, p in parameters.items()}
    body = target(contract.types["ModelRequestObject"], contract.types)[0]
    assert isinstance(body, Object)
    schemas |= {("body", name): schema for name, schema in body.fields.items()}
    for key in STRINGS:
        field = target(schemas[key], contract.types)[0]
        assert isinstance(field, Scalar)
        assert field.type == "string"
    success = {
        status: [key_of(media.schema) for media in response.media]
        for status, response in operation.responses.items()
        if status.startswith("2")
    }
    assert success == {"200": ["ModifyModelResponseObject"]}
    schemes = [contract.schemes[name] for each in operation.security for name in each]
    assert [(s.kind, s.where) for s in schemes] == [("apiKey", "header")]
