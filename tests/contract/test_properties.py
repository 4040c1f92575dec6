"""Values drawn from the document's own schemas: reading and writing changes nothing in them."""

from __future__ import annotations

import datetime
import json
from typing import Any

import pytest

from enkrypt_api_client import models
from scripts.contract.read import read
from scripts.samples import Sampler

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


def _as_instants(value: Any, key: str = "") -> Any:
    """A `date-time` comes back as the same instant, not as the same text: `Z` is `+00:00`."""
    if isinstance(value, dict):
        return {key: _as_instants(held, key) for key, held in value.items()}
    if isinstance(value, list):
        return [_as_instants(item) for item in value]
    instant = key in ("created_at", "updated_at")
    return datetime.datetime.fromisoformat(value) if instant else value
