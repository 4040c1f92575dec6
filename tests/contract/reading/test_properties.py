"""Values drawn from the document's own schemas: reading and writing changes nothing in them."""

from __future__ import annotations

import datetime
import json
from typing import Any

import pytest

from enkrypt_api_client import models
from scripts.contract.reading.contract import read
from scripts.loopback.samples import Sampler
from tests.generator import packages

# What is sent and what is received; the other components are parts of these.
COMPONENTS = ("ModelRequestObject", "ModifyModelResponseObject")


@pytest.mark.parametrize("name", COMPONENTS)
def test_reading_and_writing_is_the_identity(document: Any, name: str) -> None:
    sent = name == COMPONENTS[0]
    contract = read(document)
    for turn in range(12):
        drawn = Sampler(contract).draw(contract.types[name], turn, sent=sent)
        before = json.dumps(drawn)
        written = getattr(models, name).from_dict(drawn).to_dict()
        assert _as_instants(written) == _as_instants(drawn)
        assert json.dumps(drawn) == before


def test_a_union_of_itself_and_multiples_of_zero_have_a_sample() -> None:
    odd = {"anyOf": [packages.ref("Odd"), {"type": "integer", "multipleOf": 0}]}
    paths = {"/x": {"get": {"responses": packages.answer(packages.ref("Odd"))}}}
    contract = read(packages.document(paths, Odd=odd))
    assert Sampler(contract).draw(contract.types["Odd"]) == 1


def _as_instants(value: Any, key: str = "") -> Any:
    """A `date-time` comes back as the same instant, not as the same text: `Z` is `+00:00`."""
    if isinstance(value, dict):
        return {key: _as_instants(held, key) for key, held in value.items()}
    if isinstance(value, list):
        return [_as_instants(item) for item in value]
    return datetime.datetime.fromisoformat(value) if key.endswith("_at") else value
