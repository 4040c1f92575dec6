"""Every field that looks like a credential has been decided on."""

from __future__ import annotations

import attrs
import pytest

from enkrypt_api_client import models
from scripts import credentials
from scripts import document as oas


def test_no_field_that_looks_like_a_credential_is_unclassified(
    document: oas.Json,
) -> None:
    names = {
        name for _place, s in oas.schemas(document) for name in s.get("properties", {})
    }
    undecided = sorted(n for n in names if credentials.is_unclassified("", n))
    assert not undecided, (
        f"decide in scripts/credentials.py whether these hold secrets: {undecided}"
    )


@pytest.mark.parametrize(
    "name",
    [
        "client_secret",
        "password",
        "apiToken",
        "private_key",
        "session_id",
        "x_api_key",
        "jwt_body2",
    ],
)
def test_a_new_credential_is_masked_before_anybody_decides(name: str) -> None:
    assert credentials.is_unclassified("Anything", name)
    assert credentials.is_secret("Anything", name)


def test_every_classified_name_is_a_field_of_the_document(document: oas.Json) -> None:
    names = {
        name for _place, s in oas.schemas(document) for name in s.get("properties", {})
    }
    classified = {n.rpartition(".")[2] for n in credentials.SECRET | credentials.PUBLIC}
    assert classified <= names


def test_every_secret_is_masked_in_the_generated_class() -> None:
    masked = {
        f"{name}.{field.name}"
        for name in models.__all__
        if attrs.has(getattr(models, name))
        for field in attrs.fields(getattr(models, name))
        if callable(field.repr)
    }
    for secret in credentials.SECRET:
        assert any(m == secret or m.endswith(f".{secret}") for m in masked), secret
