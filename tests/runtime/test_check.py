"""`client.check`: finds what is wrong with a call, and sends nothing."""

from __future__ import annotations

import io
import warnings
from pathlib import Path
from typing import Any

import pytest

import enkrypt_api_client as e
from tests.required import modify_model, request_with
from tests.runtime.drivers import REQUEST, Driver
from tests.runtime.kinds import NAME, Service, module
from tests.runtime.loopback import Server

NAMES = {"x_enkrypt_model": "Test Model", "x_enkrypt_model_version": "v1"}
NO_HEADER = "a\nb"
WRONG = request_with(model_saved_name=5, model_config={"model_provider": "nobody"})
del WRONG["model_version"]


def test_a_check_lists_the_problems_that_the_call_would_and_sends_nothing(
    server: Server, driver: Driver
) -> None:
    names = {**NAMES, "x_enkrypt_model_version": NO_HEADER}
    with driver.client(server.url) as client:
        with pytest.raises(e.InvalidRequestError) as checked:
            client.check(modify_model, body=WRONG, **names)
        with pytest.raises(e.InvalidRequestError) as called:
            driver.wait(client.call(modify_model, body=WRONG, **names))

    assert {path for path, _ in checked.value.problems} == {
        "model_saved_name",
        "model_version",
        "model_config.model_provider",
        "x_enkrypt_model_version",
    }
    assert checked.value.problems == called.value.problems
    assert str(checked.value) == str(called.value)
    assert server.requests == []


def test_a_check_of_what_can_be_sent_returns_none_and_sends_nothing(
    server: Server, driver: Driver
) -> None:
    with driver.client(server.url) as client:
        # A coroutine would say nothing until it is awaited.
        assert client.check(modify_model, body=REQUEST, **NAMES) is None
    assert server.requests == []


def test_a_check_does_not_ask_for_a_key(server: Server, driver: Driver) -> None:
    asked = []

    def key() -> str:
        asked.append(1)
        return "key"

    with driver.client(server.url, api_key=key) as client:
        client.check(modify_model, body=REQUEST, **NAMES)
    assert asked == []


def test_a_check_refuses_a_header_that_the_call_would_refuse(
    server: Server, driver: Driver
) -> None:
    names = {**NAMES, "x_enkrypt_model": "a\nb"}
    with (
        driver.client(server.url) as client,
        pytest.raises(e.InvalidRequestError, match="x_enkrypt_model: expected"),
    ):
        client.check(modify_model, body=REQUEST, **names)


def test_a_check_warns_of_a_misspelt_field_which_can_be_an_error(
    server: Server, driver: Driver
) -> None:
    body = {**REQUEST, "model_versoin": "v2"}
    with driver.client(server.url) as client:
        words = 'did you mean model_version.*for x_enkrypt_model "Test Model"'
        with pytest.warns(e.MisspeltFieldWarning, match=words):
            client.check(modify_model, body=body, **NAMES)
        with warnings.catch_warnings():
            warnings.simplefilter("error", e.MisspeltFieldWarning)
            with pytest.raises(e.MisspeltFieldWarning):
                driver.wait(client.modify_model(body))
    assert server.requests == []


def test_a_checked_file_is_sent_from_where_it_was(
    service: Service, driver: Driver, package: Any
) -> None:
    file = io.BytesIO(b"skipped, sent")
    file.seek(len(b"skipped, "))
    put_blob = module(f"{NAME}.api.bodies.put_blob")
    with driver.client(service.url, package) as client:
        client.check(put_blob, body=file)
        driver.wait(client.call(put_blob, body=file))
    assert [seen["body"] for seen in service.seen] == [b"sent"]


def test_a_check_refuses_a_file_that_is_not_there(
    service: Service, driver: Driver, package: Any, tmp_path: Path
) -> None:
    upload = module(f"{NAME}.api.bodies.upload")
    with (
        driver.client(service.url, package) as client,
        pytest.raises(package.InvalidRequestError, match="No such file"),
    ):
        client.check(upload, body={"file": tmp_path / "missing"})
    assert service.seen == []
