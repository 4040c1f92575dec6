"""Instances of the document's own schemas: reading and writing changes nothing in them."""

from __future__ import annotations

import datetime
import functools
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis_jsonschema import from_schema

from enkrypt_api_client import models
from scripts import document as oas
from tests.conftest import ROOT

DOCUMENT = oas.read(ROOT / "openapi.yaml")
# What is sent and what is received; the other components are parts of these.
COMPONENTS = ("ModelRequestObject", "ModifyModelResponseObject")
QUICK = settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@functools.cache
def instances(name: str) -> st.SearchStrategy[Any]:
    return from_schema(_inlined(name))


def _inlined(name: str) -> Any:
    """One object with the fields of all that is inherited: hypothesis-jsonschema draws from that in good time."""
    schema = DOCUMENT["components"]["schemas"][name]
    whole: Any = {"type": "object", "properties": {}, "required": []}
    for member in schema.get("allOf", ()):
        inherited = _inlined(member["$ref"].rsplit("/", 1)[-1])
        whole["properties"] |= inherited["properties"]
        whole["required"] += inherited["required"]
    for field, inner in schema.get("properties", {}).items():
        ref = inner.get("$ref")
        whole["properties"][field] = _inlined(ref.rsplit("/", 1)[-1]) if ref else inner
    whole["required"] += schema.get("required", [])
    return whole


@pytest.mark.parametrize("name", COMPONENTS)
def test_reading_and_writing_is_the_identity(name: str) -> None:
    model = getattr(models, name)

    @QUICK
    @given(instances(name))
    def survives(instance: Any) -> None:
        before = json.dumps(instance)
        written = model.from_dict(instance).to_dict()
        assert _as_instants(written) == _as_instants(instance)
        assert json.dumps(instance) == before

    survives()


def _as_instants(value: Any) -> Any:
    """A `date-time` comes back as the same instant, not as the same text: `Z` is `+00:00`."""
    if isinstance(value, dict):
        return {
            key: _instant(held)
            if key in ("created_at", "updated_at")
            else _as_instants(held)
            for key, held in value.items()
        }
    return [_as_instants(item) for item in value] if isinstance(value, list) else value


def _instant(value: Any) -> Any:
    try:
        return datetime.datetime.fromisoformat(value.upper())
    except (AttributeError, ValueError):
        return value
