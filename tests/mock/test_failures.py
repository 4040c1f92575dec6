"""Failures that somebody asks the mock service for, and models that it begins with."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from enkrypt_api_client import (
    EnkryptClient,
    InternalServerError,
    OutcomeUnknownError,
    ResponseDecodeError,
)
from scripts import mock_service
from scripts.common.errors import DocumentError
from scripts.loopback.server import running
from scripts.mock.service import API_KEY, NAMES, MockService
from scripts.mock.store import read_models
from tests.required import PATH

HEADERS = {
    "apikey": API_KEY,
    "X-Enkrypt-Model": "Test Model",
    "X-Enkrypt-Model-Version": "v1",
}


@pytest.fixture(scope="module")
def running_service(document: Any) -> Iterator[tuple[MockService, str]]:
    service = MockService(document)
    with running(service) as url:
        yield service, url


@pytest.fixture
def url(running_service: tuple[MockService, str]) -> str:
    """The address of a service that has the models of its own and plans no failure, whatever the test before did."""
    service, url = running_service
    service.reset()
    return url


@pytest.fixture
def http(url: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=url, trust_env=False) as client:
        yield client


def statuses(http: httpx.Client, body: Any, fail: str | None, count: int) -> list[int]:
    """The statuses of some requests in a row, each of which asks for a failure."""
    headers = {**HEADERS, "x-mock-fail": fail} if fail else HEADERS
    return [
        http.patch(PATH, headers=headers, json=body).status_code for _ in range(count)
    ]


@pytest.mark.parametrize(
    ("fail", "expected"),
    [
        ("503 once", [503, 200, 200]),
        ("429 2 times", [429, 429, 200]),
        ("500", [500, 500, 500]),
        ("404 1 time retry-after 7", [404, 200, 200]),
        ("slow 0.01", [200, 200, 200]),
    ],
)
def test_a_header_asks_for_a_failure(
    http: httpx.Client, request_example: Any, fail: str, expected: list[int]
) -> None:
    assert statuses(http, request_example, fail, 3) == expected
    assert statuses(http, request_example, None, 1) == [200]


def test_the_next_requests_fail_as_planned_one_plan_after_the_other(
    http: httpx.Client, request_example: Any
) -> None:
    for words in ("503 once", "400 2 times"):
        assert http.post("/_mock/fail", content=words).status_code == 200
    assert statuses(http, request_example, None, 4) == [503, 400, 400, 200]


def test_the_answer_to_a_plan_says_which_failures_come_before_it(
    http: httpx.Client, request_example: Any
) -> None:
    answers = []
    for words in ("503 2 times", "404 once", "broken"):
        answers.append(http.post("/_mock/fail", content=words).json()["message"])
        statuses(http, request_example, None, 1)
    assert answers == [
        "the next requests fail: 503 2 times",
        "the next requests fail: 503 2 times (1 left), then 404 once",
        "the next requests fail: 404 once, then broken, until a reset",
    ]


def test_nothing_is_planned_for_after_a_failure_that_lasts_until_a_reset(
    http: httpx.Client, request_example: Any
) -> None:
    http.post("/_mock/fail", content="503")

    refused = http.post("/_mock/fail", content="404 once")

    assert refused.status_code == 409
    assert refused.json()["message"] == (
        "all requests fail until POST /_mock/reset: 503; 404 once was not added"
    )
    assert statuses(http, request_example, None, 2) == [503, 503]


def test_a_failure_sends_retry_after_if_it_is_asked_to(http: httpx.Client) -> None:
    headers = {**HEADERS, "x-mock-fail": "429 once retry-after 7"}
    assert http.patch(PATH, headers=headers).headers["retry-after"] == "7"


@pytest.mark.parametrize(
    "words", ["", "200", "999", "503 twice", "503 0 times", "503 once more", "x"]
)
def test_words_that_are_no_failure_are_refused_with_the_grammar(
    http: httpx.Client, words: str
) -> None:
    planned = http.post("/_mock/fail", content=words)
    asked = http.patch(PATH, headers={**HEADERS, "x-mock-fail": words})
    for answer, place in ((planned, "the body"), (asked, "x-mock-fail")):
        assert answer.status_code == 400
        message = answer.json()["message"]
        assert message.startswith(f"{place}: write a failure as `503 once`, ")


@pytest.mark.parametrize(
    ("fail", "error"),
    [
        ("503 once", InternalServerError),
        ("broken once", ResponseDecodeError),
        ("cut once", (OutcomeUnknownError, ResponseDecodeError)),
    ],
)
def test_the_client_sees_the_failure_and_then_success(
    url: str, request_example: Any, fail: str, error: Any
) -> None:
    headers = {"x-mock-fail": fail}
    with EnkryptClient(API_KEY, base_url=url, default_headers=headers) as client:
        with pytest.raises(error) as caught:
            client.modify_model(request_example)
        assert caught.value.request_id
        assert client.modify_model(request_example).message


def test_not_modified_is_sent_without_content_and_breaks_nothing(
    http: httpx.Client, caplog: pytest.LogCaptureFixture
) -> None:
    answer = http.patch(PATH, headers={**HEADERS, "x-mock-fail": "304"})
    assert (answer.status_code, answer.content) == (304, b"")
    assert not caplog.records


@pytest.mark.parametrize(("method", "path"), [("PATCH", PATH), ("POST", "/_mock/models")])  # fmt: skip
def test_a_body_that_is_nested_too_deep_is_refused(
    http: httpx.Client, method: str, path: str
) -> None:
    headers = {**HEADERS, "Content-Type": "application/json"}
    answer = http.request(method, path, headers=headers, content="[" * 100_000)
    assert answer.status_code == 422
    assert answer.json()["message"] == "the body is nested too deep"


@pytest.mark.parametrize("content_type", ["application/json;", ";;=", "json"])
def test_a_content_type_that_is_no_media_type_is_refused(
    http: httpx.Client, content_type: str
) -> None:
    headers = {**HEADERS, "Content-Type": content_type}
    answer = http.patch(PATH, headers=headers, content="{}")
    assert answer.status_code == 422
    assert answer.json() == {"message": "Content-Type is no media type"}


def test_a_client_that_leaves_while_it_sends_is_no_error(document: Any) -> None:
    async def leave() -> dict[str, str]:
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        raise AssertionError(f"nobody is there for {message}")

    scope: dict[str, Any] = {"type": "http", "method": "PATCH", "path": PATH}
    scope |= {"raw_path": PATH.encode(), "headers": [], "query_string": b""}
    asyncio.run(MockService(document)(scope, leave, send))


def test_a_reset_brings_the_first_models_back_and_forgets_failures(
    http: httpx.Client, request_example: Any
) -> None:
    renamed = {**request_example, "model_saved_name": "Renamed"}
    assert http.patch(PATH, headers=HEADERS, json=renamed).status_code == 200
    http.post("/_mock/fail", content="500")
    http.post("/_mock/models", json={**renamed, "model_saved_name": "One more"})
    listed = [name for name, _version in http.get("/_mock/models").json()]
    assert {"Renamed", "One more"} <= {*listed}
    assert http.post("/_mock/reset").status_code == 200
    assert http.get("/_mock/models").json() == [[name, "v1"] for name in NAMES]
    assert statuses(http, request_example, None, 1) == [200]


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/_mock/reset"), ("POST", "/_mock/x")]
)
def test_other_paths_of_the_mock_say_which_there_are(
    http: httpx.Client, method: str, path: str
) -> None:
    answer = http.request(method, path)
    assert answer.status_code == 404
    assert "POST /_mock/reset, fail, models" in answer.json()["message"]


def test_the_models_at_first_are_those_of_files_and_folders(
    document: Any, request_example: Any, tmp_path: Path
) -> None:
    folder = tmp_path / "models"
    folder.mkdir()
    for number in (1, 2):
        model = {**request_example, "model_saved_name": f"In folder {number}"}
        (folder / f"{number}.yaml").write_text(yaml.safe_dump(model), "utf-8")
    several = [{**request_example, "model_saved_name": name} for name in ("A", "B")]
    (tmp_path / "several.json").write_text(json.dumps(several), "utf-8")
    kept = read_models([folder, tmp_path / "several.json"])
    service = MockService(document, models=[each.model for each in kept])
    assert [name for name, _version in service.models] == [
        *("In folder 1", "In folder 2", "A", "B")
    ]


@pytest.mark.parametrize("text", ["a: 1\n", "- 1\n", "model_saved_name: x\n", "[", ""])
def test_a_file_without_a_model_is_named(tmp_path: Path, text: str) -> None:
    file = tmp_path / "wrong.yaml"
    file.write_text(text, "utf-8")
    with pytest.raises(DocumentError, match=r"wrong\.yaml"):
        read_models([file])


def test_a_file_of_another_kind_is_told_how_files_of_models_end(tmp_path: Path) -> None:
    file = tmp_path / "models.txt"
    file.write_text(yaml.safe_dump({"model_saved_name": "x"}), "utf-8")
    with pytest.raises(DocumentError, match=r"models\.txt: .* ends in \.yaml"):
        read_models([file])


def test_the_first_lines_are_safe_for_a_shell_and_a_pipeline() -> None:
    models = [("##[error]", "v1")]
    lines = mock_service.first_lines(models, "a; b", "http://127.0.0.1:1", "127.0.0.1")
    assert [line for line in lines if "NO_PROXY" not in line] == [
        "export ENKRYPTAI_API_KEY='a; b'",
        "export ENKRYPTAI_BASE_URL=http://127.0.0.1:1",
        r"# model: '\x23#[error]', version 'v1'",
    ]


def test_a_path_that_cannot_be_a_file_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = "a" * 5_000
    assert mock_service.main(["--port", "0", "--models", str(tmp_path / name)]) == 2
    assert "cannot be read: File name too long" in capsys.readouterr().err


def test_many_files_are_many_paths_although_together_they_are_too_long_for_one() -> (
    None
):
    files = [f"{number}.yaml" for number in range(1_000)]
    assert mock_service.model_paths([" ".join(files)]) == [Path(file) for file in files]


def test_the_command_names_a_file_without_a_model_and_serves_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "wrong.yaml"
    file.write_text("a: 1\n", "utf-8")
    assert mock_service.main(["--port", "0", "--models", str(file)]) == 2
    output = capsys.readouterr()
    assert "wrong.yaml: a model needs model_saved_name" in output.err
    assert "export" not in output.out


IMPOSSIBLE = {
    "model_saved_name": "Test Model",
    "model_version": "v1",
    "model_config": {"model_provider": "togethr", "rate_per_min": "x"},
}


def test_the_command_names_each_field_of_a_file_that_the_document_does_not_allow(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "wrong.yaml"
    file.write_text(yaml.safe_dump(IMPOSSIBLE), "utf-8")

    assert mock_service.main(["--port", "0", "--models", str(file)]) == 2

    output = capsys.readouterr()
    for field in ('model_provider expected one of "', "rate_per_min expected n"):
        assert f"wrong.yaml: model_config.{field}" in output.err
    assert "export" not in output.out


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"model_config": None}, "model_config is required"),
        ({"model_saved_name": "Mod\u00e8le"}, "model_saved_name must be visible ASCII"),
        ({"model_version": " v1"}, "model_version must be visible ASCII"),
    ],
)
def test_the_command_names_a_field_that_is_missing_or_that_no_header_can_carry(
    changes: dict[str, Any],
    fault: str,
    request_example: Any,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    model = {**request_example, **changes}
    file = tmp_path / "wrong.yaml"
    kept = {name: value for name, value in model.items() if value is not None}
    file.write_text(yaml.safe_dump(kept), "utf-8")

    assert mock_service.main(["--port", "0", "--models", str(file)]) == 2

    assert f"wrong.yaml: {fault}" in capsys.readouterr().err


def test_a_model_that_the_document_does_not_allow_is_not_added(
    http: httpx.Client,
) -> None:
    answer = http.post("/_mock/models", json={**IMPOSSIBLE, "model_saved_name": "New"})

    assert answer.status_code == 422
    assert {error["path"] for error in answer.json()["errors"]} == {
        "body.model_config.model_provider",
        "body.model_config.rate_per_min",
    }
    assert ["New", "v1"] not in http.get("/_mock/models").json()


@pytest.mark.parametrize(
    ("arguments", "paths"),
    [
        ([""], []),
        (["my models"], ["my models"]),
        (["my models", "a.yaml"], ["my models", "a.yaml"]),
        (["'my models' a.yaml"], ["my models", "a.yaml"]),
        (["it's"], ["it's"]),
    ],
)
def test_a_path_with_a_blank_is_one_path(
    arguments: list[str],
    paths: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my models").mkdir()

    assert mock_service.model_paths(arguments) == [Path(path) for path in paths]


EVENT = {"type": "object", "required": ["n"], "properties": {"n": {"type": "integer"}}}
STREAMS: dict[str, Any] = {
    "/events": {"text/event-stream": {"schema": EVENT}},
    "/examples": {"text/event-stream": {"example": [{"n": 1}, "two"]}},
    "/written": {
        "text/event-stream": {"example": "event: a\ndata: 1\n\ndata: [DONE]\n\n"}
    },
    "/lines": {"application/x-ndjson": {"schema": EVENT}},
}
STREAMING: Any = {
    "openapi": "3.1.0",
    "info": {"title": "T", "version": "1"},
    "paths": {
        path: {"get": {"responses": {"200": {"description": "", "content": content}}}}
        for path, content in STREAMS.items()
    },
}


@pytest.mark.parametrize(
    ("path", "pieces"),
    [
        ("/events", [r'data: \{"n": \d+\}\n\n'] * 3),
        ("/examples", [r'data: \{"n": 1\}\n\n', r"data: two\n\n"]),
        ("/written", [r"event: a\ndata: 1\n\n", r"data: \[DONE\]\n\n"]),
        ("/lines", [r'\{"n": \d+\}\n'] * 3),
    ],
)
def test_events_and_json_lines_come_one_by_one(path: str, pieces: list[str]) -> None:
    with (
        running(MockService(STREAMING)) as url,
        httpx.stream("GET", url + path, trust_env=False) as answer,
    ):
        assert answer.headers["content-type"].startswith(
            next(iter(STREAMS[path])).split(";")[0]
        )
        received = [*answer.iter_text()]
    assert len(received) == len(pieces)
    for text, pattern in zip(received, pieces, strict=True):
        assert re.fullmatch(pattern, text), text
