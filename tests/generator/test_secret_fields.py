"""Every field that looks like a credential has been decided on."""

from __future__ import annotations

import attrs
import pytest

from enkrypt_api_client import models
from scripts.contract import model
from scripts.contract.reading.contract import read
from scripts.contract.schema import Object
from scripts.generator import secret_fields
from scripts.intake.pages import read_page
from tests.conftest import PAGE


def test_every_field_of_the_page_that_looks_like_a_credential_is_decided_on() -> None:
    (source,) = read_page(PAGE)
    contract = read(source.document)
    fields = {
        (contract.names.class_of(schema), name)
        for schema in model.all_schemas(contract)
        if isinstance(schema, Object)
        for name in schema.fields
    }
    assert [field for field in fields if secret_fields.is_undecided(*field)] == []
    decided = {
        n.rpartition(".")[2] for n in secret_fields.SECRET | secret_fields.PUBLIC
    }
    assert decided <= {name for _class, name in fields}


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
