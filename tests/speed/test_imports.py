"""Importing loads what it must and nothing else. Modules are counted, not milliseconds."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scripts import generate, tree
from scripts.bench import documents
from tests.speed.conftest import Loaded

Load = Callable[..., Loaded]
HEAVY = ("httpx", "httpcore", "attr", "jsonschema_rs", "dateutil", "asyncio", "typing")
CLIENT = "from enkrypt_api_client import EnkryptClient"
MODEL = "from enkrypt_api_client.models import Tool"
OPERATION = "from enkrypt_api_client.api.endpoints import modify_model"


def test_the_package_alone_loads_nothing_at_all(load: Load) -> None:
    loaded = load("import enkrypt_api_client").modules
    # What the interpreter itself may bring along for the import system.
    assert {m for m in loaded if not m.startswith("importlib")} == {
        "enkrypt_api_client"
    }


@pytest.mark.parametrize("heavy", HEAVY)
def test_the_client_loads_nothing_heavy_before_it_is_made(
    load: Load, heavy: str
) -> None:
    assert not load(CLIENT).of(heavy)


def test_the_client_loads_few_modules_of_ours(load: Load) -> None:
    ours = load(CLIENT).of("enkrypt_api_client")
    assert {m.removeprefix("enkrypt_api_client").lstrip(".") for m in ours} == {
        "",
        "_document",
        "_settings",
        "exceptions",
        "facade",
    }


@pytest.mark.parametrize("heavy", ["httpx", "jsonschema_rs", "dateutil", "asyncio"])
def test_a_model_loads_no_connection_and_no_validator(load: Load, heavy: str) -> None:
    assert not load(MODEL).of(heavy)


def test_a_model_loads_no_other_model(load: Load) -> None:
    loaded = load("from enkrypt_api_client.models import ModelConfig")
    assert loaded.of("enkrypt_api_client.models") == {
        "enkrypt_api_client.models",
        "enkrypt_api_client.models.model_config",
    }


def test_an_operation_loads_no_model_and_no_httpx(load: Load) -> None:
    loaded = load(OPERATION)
    assert loaded.of("enkrypt_api_client.models") == {"enkrypt_api_client.models"}
    assert not loaded.of("jsonschema_rs") | loaded.of("httpx")
    assert not loaded.of("enkrypt_api_client.facade")


def test_a_whole_start_loads_fewer_modules_than_the_plain_generated_client(
    load: Load,
) -> None:
    request = "ModelRequestObject(model_saved_name='n', model_version='v', model_config=ModelConfig(model_provider='together'))"
    ours = load(
        f"{CLIENT}\nfrom enkrypt_api_client.models import ModelConfig, ModelRequestObject\n{request}"
    )
    plain = load(
        "from plain_client import AuthenticatedClient\n"
        "from plain_client.api.endpoints import modify_model\nfrom plain_client.models import ModelRequestObject"
    )
    assert len(ours.modules) < len(plain.modules)
    assert len(ours.of("enkrypt_api_client")) < len(plain.of("plain_client"))


def test_dateutil_is_loaded_by_the_first_date_that_needs_it(load: Load) -> None:
    read = "from enkrypt_api_client.types import read_datetime; read_datetime({!r})"
    assert not load(read.format("2024-10-15T17:22:47+00:00")).of("dateutil")
    assert load(read.format("2024-10-15t17:22:47z")).of("dateutil")


@pytest.mark.parametrize(
    "path", sorted((tree.PACKAGE / "models").glob("*.py")), ids=lambda p: p.stem
)
def test_no_module_of_models_imports_another_one_as_it_loads(path: Path) -> None:
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.ImportFrom):
            assert not (node.module or "").startswith("models"), ast.unparse(node)
            assert (node.module, node.level) != (path.stem, 1)


@pytest.fixture(scope="session", params=[3, 60])
def grown(
    request: pytest.FixtureRequest,
    document: Any,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """A folder with a package generated from a document with so many schemas more."""
    folder: Path = tmp_path_factory.mktemp("grown")
    bigger = folder / "openapi.json"
    grown = documents.grown(document, request.param)
    bigger.write_text(json.dumps(grown, default=str), "utf-8")
    generate.build(bigger, folder)
    return folder


@pytest.mark.parametrize(
    ("statement", "models"),
    [
        ("from enkrypt_api_client.models import Synthetic0", 1),
        ("from enkrypt_api_client.api.synthetic import get_synthetic_0", 0),
        (CLIENT, 0),
    ],
)
def test_what_is_loaded_does_not_grow_with_the_document(
    load: Load, grown: Path, statement: str, models: int
) -> None:
    loaded = load(statement, grown).of("enkrypt_api_client.models")
    assert len(loaded - {"enkrypt_api_client.models"}) == models
