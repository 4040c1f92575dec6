"""What the vendor's document requires beside the fields that a test is about.

The document may require another field any day. Tests of the client, which is generated from it, complete their requests here:
they fail for what they test, and not for a field that they have no need of.
"""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import attrs

from enkrypt_api_client.models import ModelConfig
from scripts.contract.model import Contract
from scripts.contract.reading.contract import read
from scripts.contract.schema import Array, Object, Schema
from scripts.contract.view import view
from scripts.intake import document as oas
from scripts.loopback.samples import Sampler

REQUIRED_FIELDS_ALONE = 1  # the sampler's turn of them
OPENAPI = Path(__file__).parent.parent / "openapi.yaml"


@functools.cache
def _contract() -> Contract:
    return read(oas.read(OPENAPI))


@functools.cache
def _request() -> Object:
    """What the document says of a request of Modify Model."""
    body = _contract().operations["PATCH /models/modify-model"].body
    assert body is not None
    return _object(body.media[0].schema)


def _object(schema: Schema | None) -> Object:
    assert schema is not None
    resolved = view(schema, _contract()).schema
    assert isinstance(resolved, Object)
    return resolved


def request_with(**fields: Any) -> dict[str, Any]:
    """A request in JSON form: these fields, and what is required beside them, at any depth."""
    return _completed_object(fields, _request())


def config_fields(**fields: Any) -> dict[str, Any]:
    """A model_config in JSON form: these fields, and what is required beside them."""
    config = _object(_request().fields["model_config"])
    return _completed_object(fields, config)


def config_with(**fields: Any) -> ModelConfig:
    """A model_config: these fields, and what is required beside them."""
    required = ModelConfig.from_dict(config_fields())
    return attrs.evolve(required, **fields)


def _completed(value: Any, schema: Schema) -> Any:
    resolved = view(schema, _contract()).schema
    if isinstance(resolved, Object) and isinstance(value, dict):
        return _completed_object(value, resolved)
    if isinstance(resolved, Array) and isinstance(value, list) and resolved.items:
        return [_completed(item, resolved.items) for item in value]
    return value


def _completed_object(value: dict[str, Any], model: Object) -> dict[str, Any]:
    sampler = Sampler(_contract())
    completed = dict(value)
    for name, field in model.fields.items():
        if name in value:
            completed[name] = _completed(value[name], field)
        elif name in model.required:
            completed[name] = sampler.draw(field, REQUIRED_FIELDS_ALONE)
    return completed
