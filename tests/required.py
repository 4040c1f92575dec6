"""Modify Model as the vendor's document has it: where it is, and what it requires beside the fields that a test is about.

The document may require another field any day, or move the operation. Tests of the client, which is generated from it, complete
their requests here: they fail for what they test, and not for a field that they have no need of.
"""

from __future__ import annotations

import functools
import importlib
from pathlib import Path
from typing import Any

import attrs

from enkrypt_api_client.models import ModelConfig
from scripts.contract.model import Contract, Operation
from scripts.contract.reading.contract import read
from scripts.contract.schema import Schema
from scripts.intake import document as oas
from scripts.loopback.samples import Sampler

OPENAPI = Path(__file__).parent.parent / "openapi.yaml"


@functools.cache
def _contract() -> Contract:
    return read(oas.read(OPENAPI))


@functools.cache
def _operation() -> Operation:
    """Modify Model."""
    operations = _contract().operations.values()
    (operation,) = [each for each in operations if each.id == "modify_model"]
    return operation


def _request() -> Schema:
    """The schema of a request of it."""
    body = _operation().body
    assert body is not None
    schema = body.media[0].schema
    assert schema is not None
    return schema


def request_with(**fields: Any) -> dict[str, Any]:
    """A request in JSON form: these fields, and what is required beside them, at any depth."""
    completed: dict[str, Any] = Sampler(_contract()).completed(fields, _request())
    return completed


def config_fields(**fields: Any) -> dict[str, Any]:
    """A model_config in JSON form: these fields, and what is required beside them."""
    config: dict[str, Any] = request_with(model_config=fields)["model_config"]
    return config


def config_with(**fields: Any) -> ModelConfig:
    """A model_config: these fields, and what is required beside them."""
    required = ModelConfig.from_dict(config_fields())
    return attrs.evolve(required, **fields)


PATH = _operation().path
OPERATION = f"{_operation().method.upper()} {PATH}"  # as messages and records name it
FOLDER = _contract().package(_operation())  # below api/
modify_model: Any = importlib.import_module(
    f"enkrypt_api_client.api.{FOLDER}.modify_model"
)
