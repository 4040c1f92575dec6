"""Every field that looks like a credential has been decided on."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from enkrypt_api_client import models
from scripts.contract.reading.contract import read
from scripts.generator import secret_fields
from scripts.generator.current import current_contract
from tests.conftest import ROOT


def test_every_field_that_looks_like_a_credential_is_decided_on(document: Any) -> None:
    contract = current_contract(ROOT, document)
    undecided = secret_fields.undecided_fields(contract)
    assert undecided == [], (
        "decide for each of these whether it is a credential, and list it in SECRET or PUBLIC of scripts/generator/secret_fields.py"
    )
    stale = secret_fields.stale_entries(contract)
    assert stale == [], (
        "the document has no field of these names: remove them from scripts/generator/secret_fields.py"
    )


DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "Settings", "version": "1"},
    "paths": {
        "/settings": {
            "get": {
                "operationId": "get_settings",
                "responses": {
                    "200": {
                        "description": "ok",
                        "content": {
                            "application/json": {
                                "schema": {"$ref": "#/components/schemas/Settings"}
                            }
                        },
                    }
                },
            }
        }
    },
    "components": {
        "schemas": {
            "Settings": {
                "type": "object",
                "properties": {
                    "host": {"type": "string"},
                    "signing_token": {"type": "string"},
                    "login_password": {"type": "string", "format": "password"},
                },
            }
        }
    },
}


def test_a_field_is_named_until_it_is_listed_and_an_entry_once_its_field_is_gone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    contract = read(DOCUMENT)
    monkeypatch.setattr(secret_fields, "SECRET", frozenset({"old_token"}))
    monkeypatch.setattr(secret_fields, "PUBLIC", frozenset({"Settings.host"}))
    assert secret_fields.undecided_fields(contract) == ["Settings.signing_token"]
    assert secret_fields.stale_entries(contract) == ["old_token"]
    monkeypatch.setattr(secret_fields, "SECRET", frozenset({"signing_token"}))
    assert secret_fields.undecided_fields(contract) == []
    assert secret_fields.stale_entries(contract) == []


@pytest.mark.parametrize(
    "name",
    [
        "client_secret",
        "apiToken",
        "private_key",
        "session_id",
        "x_api_key",
        "authorization",
        "authorisationHeader",
        "oauth",
        "emailOtp",
    ],
)
def test_a_new_credential_is_masked_before_anybody_decides(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(secret_fields, "SECRET", frozenset())
    monkeypatch.setattr(secret_fields, "PUBLIC", frozenset())
    assert secret_fields.is_undecided("Anything", name)
    assert secret_fields.is_secret("Anything", name)


@pytest.mark.parametrize("name", ["author", "co_authors", "authority", "bootp_enable"])
def test_a_name_that_only_shares_letters_with_a_credential_is_shown(name: str) -> None:
    assert not secret_fields.is_secret("Anything", name)


def test_every_secret_is_masked_in_the_generated_class(document: Any) -> None:
    stale = secret_fields.stale_entries(current_contract(ROOT, document))
    masked = {
        f"{name}.{field.name}"
        for name in models.__all__
        if attrs.has(getattr(models, name))
        for field in attrs.fields(getattr(models, name))
        if callable(field.repr)
    }
    for secret in secret_fields.SECRET - {*stale}:
        assert any(m == secret or m.endswith(f".{secret}") for m in masked), secret
