"""The mock service refuses what the document does not allow, and keeps models as the service would."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import starlette.requests

from scripts import mock_service
from scripts.contract.reading.contract import read
from scripts.loopback.samples import Sampler
from scripts.loopback.server import running
from scripts.mock.service import API_KEY, NAMES, MockService
from tests import required
from tests.conftest import ROOT

PATH = "/models/modify-model"  # in the saved document
HEADERS = {
    "apikey": API_KEY,
    "X-Enkrypt-Model": "Test Model",
    "X-Enkrypt-Model-Version": "v1",
}


@pytest.fixture(scope="module")
def running_http(saved_document: Any) -> Iterator[httpx.Client]:
    with (
        running(MockService(saved_document)) as url,
        httpx.Client(base_url=url, trust_env=False) as client,
    ):
        yield client


@pytest.fixture
def http(running_http: httpx.Client) -> httpx.Client:
    """A client of a service that has the models of its own, whatever the test before did."""
    running_http.post("/_mock/reset")
    return running_http


@pytest.fixture(scope="module")
def other_service() -> Iterator[str]:
    """The address of the service of another document."""
    with running(MockService(OTHER)) as url:
        yield url


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        (HEADERS, 200),
        ({"apikey": API_KEY}, 422),
        ({**HEADERS, "X-Enkrypt-Model": "Unknown"}, 404),
        ({**HEADERS, "X-Enkrypt-Model-Version": "v2"}, 404),
    ],
)
def test_modify_model_finds_the_model_that_the_headers_name(
    http: httpx.Client, saved_request: Any, headers: Any, status: int
) -> None:
    answer = http.patch(PATH, headers=headers, json=saved_request)
    assert answer.status_code == status
    data = answer.json().get("data", {})
    assert (status == 200) == (saved_request.items() <= data.items())
    assert (status == 200) == ({"model_id", "created_at", "updated_at"} <= data.keys())


@pytest.mark.parametrize(
    ("body", "paths"),
    [
        (b"", {"body"}),
        (b"{", {"body"}),
        (b"[]", {"body"}),
        (b'{"model_saved_name": "a"}', {"body.model_version", "body.model_config"}),
        (
            b'{"model_saved_name": 1, "model_version": "v1", "model_config": {"model_provider": "nobody", "apikeys": [1]}}',
            {
                "body.model_saved_name",
                "body.model_config.model_provider",
                "body.model_config.apikeys.0",
            },
        ),
    ],
)
def test_a_body_that_breaks_the_schema_is_422_with_the_paths_and_no_values(
    http: httpx.Client, body: bytes, paths: set[str]
) -> None:
    headers = {**HEADERS, "Content-Type": "application/json"}
    answer = http.patch(PATH, headers=headers, content=body)
    assert answer.status_code == 422
    assert {error["path"] for error in answer.json()["errors"]} == paths
    assert "nobody" not in answer.text


def test_a_refusal_says_what_the_document_demands(
    http: httpx.Client, saved_request: Any
) -> None:
    body = {**saved_request, "model_version": 1}
    body["model_config"] = {"model_provider": "together", "hosting_type": "Hybrid"}
    headers = {"apikey": API_KEY, "X-Enkrypt-Model": "Test Model"}
    answer = http.patch(PATH, headers=headers, json=body)
    faults = {fault["path"]: fault["message"] for fault in answer.json()["errors"]}
    assert faults["header.X-Enkrypt-Model-Version"] == "is required"
    assert faults["body.model_version"] == "expected string"
    place = "body.model_config.hosting_type"
    assert faults[place] == 'expected one of "External", "Internal"'


def test_a_refusal_names_the_limit_that_a_number_breaks(other_service: str) -> None:
    answer = httpx.get(f"{other_service}/things/1?limit=10", trust_env=False)
    fault = {"path": "query.limit", "message": "breaks the schema: maximum 9"}
    assert answer.json()["errors"] == [fault]


def test_after_a_rename_the_old_name_is_gone(
    http: httpx.Client, saved_request: Any
) -> None:
    renamed = {**saved_request, "model_saved_name": "New Name"}
    assert http.patch(PATH, headers=HEADERS, json=renamed).status_code == 200
    assert http.patch(PATH, headers=HEADERS, json=saved_request).status_code == 404
    now = {**HEADERS, "X-Enkrypt-Model": "New Name"}
    assert http.patch(PATH, headers=now, json=renamed).status_code == 200


def test_a_rename_onto_another_model_is_a_conflict(
    saved_document: Any, saved_request: Any
) -> None:
    service = MockService(saved_document)
    service.models.add({**saved_request, "model_saved_name": "Taken"})
    with running(service) as url:
        answer = httpx.patch(
            url + PATH,
            headers=HEADERS,
            json={**saved_request, "model_saved_name": "Taken"},
            trust_env=False,
        )
    assert answer.status_code == 409


NUMBER = {"type": "integer", "maximum": 9}
THING = {"$ref": "#/components/schemas/Thing"}
THINGS = {"application/json": {"schema": {"type": "array", "items": THING}}}
OTHER: Any = {
    "openapi": "3.1.0",
    "info": {"title": "T", "version": "1"},
    "security": [{"basic": []}],
    "paths": {
        "/things/{id}": {
            "parameters": [
                {"in": "path", "name": "id", "required": True, "schema": NUMBER}
            ],
            "get": {
                "security": [],
                "parameters": [{"in": "query", "name": "limit", "schema": NUMBER}],
                "responses": {"200": {"description": "", "content": THINGS}},
            },
        },
        "/files/{name}": {
            "get": {"responses": {"204": {"description": "nothing"}}},
            "put": {
                "requestBody": {
                    "required": True,
                    "content": {"text/plain": {"schema": {"type": "string"}}},
                },
                "responses": {
                    "2XX": {
                        "description": "",
                        "content": {"text/plain": {"example": "as you say"}},
                    }
                },
            },
        },
        "/files/latest": {
            "get": {"security": [], "responses": {"default": {"description": "any"}}}
        },
    },
    "components": {
        "securitySchemes": {"basic": {"type": "http", "scheme": "basic"}},
        "schemas": {
            "Thing": {
                "type": "object",
                "properties": {
                    "id": {"type": "integer", "example": 7},
                    "at": {"type": "string", "format": "date-time"},
                    "next": THING,
                },
            }
        },
    },
}
AUTH: Any = {"auth": ("me", API_KEY)}


@pytest.mark.parametrize(
    ("method", "target", "given", "status", "text"),
    [
        ("GET", "/things/1?limit=3", {}, 200, '"id": 7'),
        ("GET", "/things/x", {}, 422, "not what is documented"),
        ("GET", "/things/1?limit=30", {}, 422, "not what is documented"),
        ("GET", "/things", {}, 404, "no such path"),
        ("GET", "/things/1/", {}, 404, "no such path"),
        ("GET", "/files/a%2Fb", AUTH, 204, ""),
        ("GET", "/files/a", {"auth": ("me", "wrong")}, 401, "is wrong"),
        ("GET", "/files/a", {}, 401, "is missing"),
        ("GET", "/files/latest", {}, 200, ""),
        (
            "PUT",
            "/files/latest",
            {**AUTH, "content": b"x", "headers": {"Content-Type": "text/plain"}},
            200,
            "as you say",
        ),
        ("PUT", "/files/a", AUTH, 422, "not what is documented"),
        ("DELETE", "/files/a", {}, 405, "use GET, PUT"),
    ],
)
def test_it_plays_any_service_by_its_document(
    other_service: str, method: str, target: str, given: Any, status: int, text: str
) -> None:
    answer = httpx.request(method, other_service + target, trust_env=False, **given)
    assert answer.status_code == status
    assert text in (answer.json()["message"] if status > 400 else answer.text)


@pytest.mark.parametrize("pattern", ["^(a+)+$", r"^(a|a)*\1$"])
def test_a_pattern_that_has_no_end_is_answered_and_others_are_served(
    pattern: str,
) -> None:
    text = {"type": "string", "pattern": pattern}
    schema = {"type": "object", "properties": {"text": text}}
    content = {"application/json": {"schema": schema}}
    endless = {
        "requestBody": {"content": content},
        "responses": {"200": {"description": ""}},
    }
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Endless", "version": "1"},
        "paths": {"/endless": {"post": endless}},
    }
    with running(MockService(document)) as url:
        body = {"text": "a" * 40 + "!"}
        answer = httpx.post(f"{url}/endless", json=body, trust_env=False)
        assert answer.status_code in (422, 500)
        assert "pattern" in answer.text
        answer = httpx.post(f"{url}/endless", json={"text": "aa"}, trust_env=False)
        assert answer.status_code == 200


def test_samples_end_even_where_schemas_contain_themselves() -> None:
    contract = read(OTHER)
    thing = Sampler(contract).draw(contract.types["Thing"])
    assert len(json.dumps(thing)) < 5000


@pytest.mark.parametrize(
    ("variables", "exempted"),
    [
        ({}, ""),
        ({"HTTPS_PROXY": "http://proxy.example:1"}, ""),
        ({"HTTP_PROXY": "http://proxy.example:1"}, "127.0.0.1"),
        ({"all_proxy": "http://proxy.example:1"}, "127.0.0.1"),
        (
            {"HTTP_PROXY": "http://proxy.example:1", "NO_PROXY": "a.example"},
            "127.0.0.1,a.example",
        ),
        ({"HTTP_PROXY": "http://proxy.example:1", "NO_PROXY": "127.0.0.1"}, ""),
        ({"HTTP_PROXY": "http://proxy.example:1", "no_proxy": "a"}, "127.0.0.1,a"),
    ],
)
def test_the_command_knows_what_to_exempt_from_a_proxy(
    variables: dict[str, str], exempted: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    assert mock_service.exemption("127.0.0.1") == exempted
    lines = [*mock_service.first_lines([], "k", "http://127.0.0.1:1", "127.0.0.1")]
    exports = [f"export NO_PROXY={exempted}", f"export no_proxy={exempted}"]
    count = 0
    if exempted:
        count = 2 if "no_proxy" in variables else 1
    assert lines[2:] == exports[:count]


def test_the_command_prints_how_to_reach_it_and_what_comes_but_no_secret(
    request_example: Any,
) -> None:
    options = ("--port=0", "--until-eof")
    with subprocess.Popen(
        [sys.executable, "-m", "scripts.mock_service", *options],
        cwd=ROOT,
        env={**os.environ, "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        key, url, *models = [process.stdout.readline().strip() for _ in range(6)]
        assert key == f"export ENKRYPTAI_API_KEY={API_KEY}"
        assert url.startswith("export ENKRYPTAI_BASE_URL=http://127.0.0.1:")
        assert [line.split("'")[1] for line in models] == [*NAMES]
        target = url.partition("=")[2] + required.PATH
        secret = {**HEADERS, "apikey": "a-secret"}
        statuses = [
            httpx.patch(target, headers=h, json=request_example, trust_env=False)
            for h in (HEADERS, secret)
        ]
        process.stdin.close()  # the command ends with it
        told = process.stdout.read()
    assert process.returncode == 0
    assert [answer.status_code for answer in statuses] == [200, 401]
    assert told.splitlines() == [
        f"PATCH {required.PATH} 200",
        f"PATCH {required.PATH} 401",
    ]


def test_the_last_thousand_requests_are_kept_and_of_a_body_its_beginning(
    document: Any,
) -> None:
    service = MockService(document)
    request = starlette.requests.Request(
        {"type": "http", "method": "POST", "path": "/uploads", "headers": []}
    )
    for number in range(1_500):
        service.keep(request, b"%d" % number)
    service.keep(request, bytes(10**6))
    assert len(service.requests) == 1_000
    assert service.requests[-2][3] == b"1499"
    assert service.requests[-1][3] == bytes(64 * 1024)
    service.kept_bytes = 10**6
    service.keep(request, bytes(10**6))
    assert service.requests[-1][3] == bytes(10**6)


@pytest.mark.parametrize("port", ["99999", "-5", "abc", ""])
def test_what_is_no_port_is_refused_in_a_sentence(
    port: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        mock_service.main([f"--port={port}"])
    assert ended.value.code == 2
    assert "a port is a number from 0 to 65535" in capsys.readouterr().err
