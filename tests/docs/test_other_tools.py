"""Tools that the README names: those that answer in place of a service, and OpenTelemetry."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from unittest.mock import create_autospec

import httpx
import pytest
import respx
import vcr
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from pytest_httpx import HTTPXMock

from enkrypt_api_client import (
    APIConnectionError,
    APITimeoutError,
    BadRequestError,
    ConflictError,
    EnkryptClient,
    ResponseDecodeError,
)
from tests.docs.pages import README, blocks
from tests.required import OPERATION, config_fields
from tests.runtime.drivers import REQUEST
from tests.runtime.loopback import DONE, keeps, reply, serving

URL = "https://service.example"
(RECORDER,) = (block for block in blocks(README, "python") if "import vcr" in block)
(TRACING,) = (block for block in blocks(README, "python") if "opentelemetry" in block)


def test_pytest_httpx_answers_in_place_of_the_service(httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(method="PATCH", json={"message": "ok"})
    with httpx.Client() as http:
        client = EnkryptClient("k", base_url=URL, http_client=http)

        assert client.modify_model(REQUEST).message == "ok"


def test_a_mock_of_the_standard_library_stands_in_for_a_client() -> None:
    client = create_autospec(EnkryptClient, instance=True)
    client.modify_model.side_effect = ConflictError("taken")

    with pytest.raises(ConflictError, match=r"^taken$") as caught:
        client.modify_model(REQUEST)

    assert caught.value.status_code == 409
    assert not caught.value.may_have_been_applied
    with pytest.raises(TypeError, match="current_naem"):
        client.modify_model(REQUEST, current_naem="x")


@pytest.mark.parametrize(
    ("planted", "expected"),
    [
        (httpx.ReadTimeout("planted"), APITimeoutError),
        (httpx.ConnectError("planted"), APIConnectionError),
    ],
)
def test_errors_that_a_test_injects_come_out_as_ours(
    httpx_mock: HTTPXMock, planted: Exception, expected: type[Exception]
) -> None:
    httpx_mock.add_exception(planted)
    with httpx.Client() as http:
        client = EnkryptClient("k", base_url=URL, http_client=http, max_retries=0)

        with pytest.raises(expected):
            client.modify_model(REQUEST)


@respx.mock
def test_errors_that_respx_injects_come_out_as_ours() -> None:
    respx.patch(url__startswith=URL).mock(side_effect=httpx.ReadTimeout)
    with httpx.Client() as http:
        client = EnkryptClient("k", base_url=URL, http_client=http)

        with pytest.raises(APITimeoutError):
            client.modify_model(REQUEST)


def test_the_recorder_of_the_readme_keeps_keys_and_settings_out_of_the_cassette(
    tmp_path: Path,
) -> None:
    config = config_fields(model_provider="together", apikeys=["provider-key"])
    stored = {**REQUEST, "model_config": config, "new_secret": "unknown-key"}
    answer = json.dumps({"message": "done", "data": stored}).encode()
    cassette = tmp_path / "calls.yaml"
    names: dict[str, Any] = {}
    exec(RECORDER, names)
    recorder: vcr.VCR = names["recorder"]

    with serving(keeps(reply(200, answer, "Content-Type: application/json"))) as server:
        results = []
        for _ in range(2):
            with (
                recorder.use_cassette(str(cassette)),
                httpx.Client() as http,
            ):
                client = EnkryptClient(
                    "planted-key", base_url=server.url, http_client=http
                )
                results.append(client.modify_model(stored))

        # The second call was answered from the cassette.
        assert len(server.requests) == 1
        assert b"provider-key" in server.sent().body
    assert [result.message for result in results] == ["done", "done"]
    recorded = cassette.read_text("utf-8")
    assert "planted-key" not in recorded
    assert "provider-key" not in recorded
    assert "unknown-key" not in recorded


@pytest.mark.parametrize(
    ("answer", "is_kept"),
    [
        ({"model_saved_name": "kept", "apikeys": ["provider-key"]}, True),
        ({"models": [{"model_id": "kept", "auth_data": "provider-key"}]}, True),
        ([{"model_version": "kept", "new": {"token": "provider-key"}}], True),
        ("{broken: provider-key", False),
    ],
)
def test_the_recorder_of_the_readme_keeps_keys_of_any_answer_out_of_the_cassette(
    tmp_path: Path, answer: object, is_kept: bool
) -> None:
    cassette = tmp_path / "calls.yaml"
    names: dict[str, Any] = {}
    exec(RECORDER, names)
    recorder: vcr.VCR = names["recorder"]
    text = answer if isinstance(answer, str) else json.dumps(answer)
    service = serving(keeps(reply(200, text.encode(), "Content-Type: text/plain")))
    with (
        service as server,
        recorder.use_cassette(str(cassette)),
        httpx.Client() as http,
    ):
        client = EnkryptClient("k", base_url=server.url, http_client=http)
        client.request("GET", "/models/get-model")
    recorded = cassette.read_text("utf-8")
    assert "provider-key" not in recorded
    assert ("kept" in recorded) == is_kept


def test_an_answer_that_cannot_be_read_fails_again_from_the_cassette(
    tmp_path: Path,
) -> None:
    names: dict[str, Any] = {}
    exec(RECORDER, names)
    recorder: vcr.VCR = names["recorder"]
    with serving(keeps(reply(200, b"{broken"))) as server:
        for _ in range(2):
            with (
                recorder.use_cassette(str(tmp_path / "calls.yaml")),
                httpx.Client() as http,
            ):
                client = EnkryptClient("k", base_url=server.url, http_client=http)
                with pytest.raises(ResponseDecodeError):
                    client.modify_model(REQUEST)
        assert len(server.requests) == 1


def test_the_recorder_of_the_readme_keeps_what_a_failure_echoes_out_of_the_cassette(
    tmp_path: Path,
) -> None:
    cassette = tmp_path / "calls.yaml"
    names: dict[str, Any] = {}
    exec(RECORDER, names)
    recorder: vcr.VCR = names["recorder"]

    with (
        serving(keeps(reply(400, b"<p>no such key: provider-key</p>"))) as server,
        recorder.use_cassette(str(cassette)),
        httpx.Client() as http,
    ):
        client = EnkryptClient("k", base_url=server.url, http_client=http)
        with pytest.raises(BadRequestError):
            client.modify_model(REQUEST)

    assert "provider-key" not in cassette.read_text("utf-8")


def test_the_example_of_opentelemetry_makes_a_span_for_each_attempt() -> None:
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    definitions = TRACING.partition("client = ")[0]
    definitions = definitions.replace("trace.get_tracer", "provider.get_tracer")
    names: dict[str, Any] = {"provider": provider}
    exec(definitions, names)

    with serving(keeps(reply(200, DONE))) as server:
        with EnkryptClient(
            "k",
            base_url=server.url,
            on_request=names["begin"],
            on_response=names["end"],
        ) as client:
            client.modify_model(REQUEST)
        parent = server.sent().headers()["traceparent"]

    (span,) = exporter.get_finished_spans()
    assert span.name == OPERATION
    assert dict(span.attributes or {}) == {"http.response.status_code": 200}
    assert span.context is not None
    assert re.fullmatch(
        rf"00-{span.context.trace_id:032x}-{span.context.span_id:016x}-0[13]", parent
    )


def test_the_example_of_opentelemetry_costs_nothing_without_an_sdk() -> None:
    definitions = TRACING.partition("client = ")[0]

    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", definitions],
        capture_output=True,
        text=True,
    )

    assert (done.returncode, done.stderr) == (0, "")
