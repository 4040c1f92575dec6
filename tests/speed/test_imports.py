"""Importing loads what it must and nothing else. Modules are counted, not milliseconds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from scripts import generate
from scripts.bench import documents
from tests.speed.conftest import Load, of

OURS = "enkrypt_api_client"
CLIENT = f"from {OURS} import EnkryptClient"
FACADE = {f"{OURS}.{m}" for m in ("_document", "_settings", "exceptions", "facade")}


@pytest.mark.parametrize(
    ("statement", "wanted"),
    [
        (f"import {OURS}", set()),
        (f"from {OURS} import __version__, _document", {f"{OURS}._document"}),
        (CLIENT, FACADE),
    ],
)
def test_what_comes_before_a_client_is_made_loads_nothing_heavy(
    load: Load, statement: str, wanted: set[str]
) -> None:
    loaded = load(statement)
    assert of(loaded, OURS) == {OURS, *wanted}
    heavy = "httpx", "httpcore", "attr", "jsonschema_rs", "dateutil", "asyncio"
    assert not loaded & {*heavy, "typing"}


def test_a_model_loads_no_other_model_no_connection_and_no_validator(
    load: Load,
) -> None:
    loaded = load(f"from {OURS}.models import ModelConfig")
    models = f"{OURS}.models"
    assert of(loaded, models) == {models, f"{models}.model_config"}
    assert not loaded & {"httpx", "jsonschema_rs", "dateutil", "asyncio"}


def test_an_operation_loads_no_model_and_no_httpx(load: Load) -> None:
    loaded = load(f"from {OURS}.api.endpoints import modify_model")
    assert of(loaded, f"{OURS}.models") == {f"{OURS}.models"}
    assert not loaded & {"jsonschema_rs", "httpx", f"{OURS}.facade"}


def test_a_whole_start_loads_fewer_modules_than_the_plain_generated_client(
    load: Load, plain_folder: Path
) -> None:
    config = "ModelConfig(model_provider='together')"
    ours = load(
        f"{CLIENT}\nfrom {OURS}.models import ModelConfig, ModelRequestObject\n"
        f"ModelRequestObject(model_saved_name='n', model_version='v', model_config={config})"
    )
    plain = load(
        "from plain_client import AuthenticatedClient\n"
        "from plain_client.api.endpoints import modify_model\nfrom plain_client.models import ModelRequestObject",
        plain_folder,
    )
    assert len(ours) < len(plain)
    assert len(of(ours, OURS)) < len(of(plain, "plain_client"))


def test_dateutil_is_loaded_by_the_first_date_that_needs_it(load: Load) -> None:
    read = f"from {OURS}.types import read_datetime; read_datetime({{!r}})"
    assert "dateutil" not in load(read.format("2024-10-15T17:22:47+00:00"))
    assert "dateutil" in load(read.format("2024-10-15t17:22:47z"))


def test_what_is_loaded_does_not_grow_with_the_document(
    load: Load, document: Any, tmp_path: Path
) -> None:
    bigger = tmp_path / "openapi.json"
    grown = documents.grown(document, 60)
    bigger.write_text(json.dumps(grown, default=str), "utf-8")
    generate.build(bigger, tmp_path)
    synthetic = f"from {OURS}.api.synthetic import get_synthetic_0"
    one = f"{synthetic}; from {OURS}.models import Synthetic0; {CLIENT}"
    models = of(load(one, tmp_path), f"{OURS}.models")
    assert models == {f"{OURS}.models", f"{OURS}.models.synthetic_0"}
