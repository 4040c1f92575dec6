"""The demonstration says in one line what it lacks."""

from __future__ import annotations

from typing import Any

import pytest

from enkrypt_api_client import ConfigurationError
from scripts import demo
from scripts.common.errors import DocumentError
from scripts.mock.service import MockService


def test_a_proxy_of_the_environment_does_not_keep_the_demonstration_from_its_service(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "elsewhere.example")  # the demonstration changes it
    assert demo.main([]) == 0
    assert "The mock service has stopped." in capsys.readouterr().out


def test_a_document_without_modify_model_is_refused_in_one_line() -> None:
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Other", "version": "1"},
        "paths": {"/other": {"get": {"responses": {"200": {"description": ""}}}}},
    }
    with pytest.raises(DocumentError, match=r"lacks the operation modify_model"):
        demo.refuse_without_modify_model(document, MockService(document))


def test_an_example_that_the_document_does_not_allow_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def without_a_name(document: Any) -> MockService:
        service = MockService(document)
        del service.example["model_saved_name"]
        return service

    monkeypatch.setattr(demo, "MockService", without_a_name)
    assert demo.main([]) == 2
    said = capsys.readouterr().err
    assert said.startswith("demo: the example of ModelRequestObject in openapi.yaml")
    assert "model_saved_name: is required. Nothing was sent." in said


def test_a_document_that_asks_for_two_keys_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_arguments: object, **_options: object) -> None:
        raise ConfigurationError("api_key must be {'a': ..., 'b': ...}")

    monkeypatch.setattr(demo, "EnkryptClient", refuse)
    assert demo.main([]) == 2
    said = capsys.readouterr().err
    assert (
        said
        == "demo: the demonstration has one key: api_key must be {'a': ..., 'b': ...}\n"
    )
