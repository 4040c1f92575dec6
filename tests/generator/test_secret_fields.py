"""Every field that looks like a credential has been decided on."""

from __future__ import annotations

import copy
from typing import Any

import attrs
import pytest

from enkrypt_api_client import models
from scripts.generator import secret_fields
from scripts.generator.current import current_contract
from tests.conftest import ROOT


def test_every_field_that_looks_like_a_credential_is_decided_on(document: Any) -> None:
    contract = current_contract(ROOT, document)
    assert secret_fields.undecided_fields(contract) == [], "list the names"
    assert secret_fields.stale_entries(contract) == [], "the vendor has none: remove it"


def test_a_list_follows_what_the_vendor_adds_and_removes(
    document: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A new field is named until it is listed, and an entry once its field is gone."""
    changed = copy.deepcopy(document)
    parent = changed["components"]["schemas"]["ModelCustomRequestObject"]
    fields = parent["properties"]["model_config"]["properties"]
    fields["signing_token"] = {"type": "string"}
    fields["login_password"] = {"type": "string", "format": "password"}
    del fields["custom_curl_command"]
    contract = current_contract(ROOT, changed)
    named = secret_fields.undecided_fields(contract)
    assert {name.rpartition(".")[2] for name in named} == {"signing_token"}
    assert secret_fields.stale_entries(contract) == ["custom_curl_command"]
    listed = secret_fields.SECRET | {"signing_token"}
    monkeypatch.setattr(secret_fields, "SECRET", listed)
    assert secret_fields.undecided_fields(contract) == []


@pytest.mark.parametrize(
    "name", ["client_secret", "apiToken", "private_key", "session_id", "x_api_key"]
)
def test_a_new_credential_is_masked_before_anybody_decides(name: str) -> None:
    assert secret_fields.is_undecided("Anything", name)
    assert secret_fields.is_secret("Anything", name)


def test_every_secret_is_masked_in_the_generated_class() -> None:
    masked = {
        f"{name}.{field.name}"
        for name in models.__all__
        if attrs.has(getattr(models, name))
        for field in attrs.fields(getattr(models, name))
        if callable(field.repr)
    }
    for secret in secret_fields.SECRET:
        assert any(m == secret or m.endswith(f".{secret}") for m in masked), secret
