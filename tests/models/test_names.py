"""The names that applications import."""

from __future__ import annotations

import importlib
import subprocess
import sys
from typing import Any, get_args, get_type_hints

import pytest

from enkrypt_api_client import models
from tests.conftest import ROOT

COMPONENTS = [
    "GetModelResponseObject",
    "ModelCustomRequestObject",
    "ModelRequestObject",
    "ModifyModelResponseObject",
]
NESTED = [
    "AuthData",
    "BedrockMetadata",
    "CustomHeader",
    "CustomPayload",
    "DefaultRequestOptions",
    "Endpoint",
    "EnkryptAIMetadata",
    "GeminiMetadata",
    "JwtHeader",
    "Metadata",
    "ModelConfig",
    "ModelJwtConfig",
    "Paths",
    "Tool",
    "XactlyMetadata",
]
ENUMS = [
    "CustomResponseContentType",
    "HostingType",
    "InputModality",
    "JwtMethod",
    "Llama2Format",
    "MistralFormat",
    "ModelAuthType",
    "ModelProvider",
    "OutputModality",
    "TestingFor",
]


def test_the_names_that_applications_use_are_there() -> None:
    assert set(COMPONENTS + NESTED + ENUMS) <= set(models.__all__)
    assert set(models.__all__) <= set(dir(models))


@pytest.mark.parametrize("name", COMPONENTS + NESTED)
def test_every_model_is_a_class_of_that_name(name: str) -> None:
    assert getattr(models, name).__name__ == name


@pytest.mark.parametrize("name", ENUMS)
def test_every_enum_is_a_literal_of_strings(name: str) -> None:
    assert all(isinstance(value, str) for value in get_args(getattr(models, name)))


def test_an_unknown_model_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        getattr(models, "Nothing")  # noqa: B009  # a constant name is the point


def test_annotations_of_every_model_resolve() -> None:
    names = {name: getattr(models, name) for name in models.__all__}
    for name in COMPONENTS + NESTED:
        hints: dict[str, Any] = get_type_hints(names[name], None, names)
        assert hints


def test_operations_stand_where_the_generator_puts_them() -> None:
    operation = importlib.import_module("enkrypt_api_client.api.endpoints.modify_model")
    assert {"sync", "sync_detailed", "asyncio", "asyncio_detailed"} <= set(
        dir(operation)
    )


def test_importing_one_model_imports_no_other() -> None:
    code = "import sys; from enkrypt_api_client.models import Tool; print(*(m for m in sys.modules if '.models.' in m))"
    loaded = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert loaded.stdout.split() == ["enkrypt_api_client.models.tool"]
