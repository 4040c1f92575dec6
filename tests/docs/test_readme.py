"""Every Python block of the README runs alone, as a program of its own, and all in order, against the mock service."""

from __future__ import annotations

import asyncio
import copy
import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest
import yaml
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from enkrypt_api_client import AsyncEnkryptClient, models
from enkrypt_api_client.models import AuthData, ModelConfig, ModelRequestObject
from scripts.loopback.server import running
from scripts.mock.service import API_KEY, MockService
from tests.conftest import ROOT
from tests.docs.pages import README, blocks
from tests.required import OPERATION, PATH, config_fields, request_with

# In the order of the page.
BLOCKS = blocks(README, "python")
FIRST, ASYNC, MODELS, STORED, UNKNOWN, ROTATION, BULK, ANY, TRACING, *TESTS = BLOCKS
RESPX, RECORDER, APPLICATION_TEST = TESTS
(MODEL_FILE,) = blocks(README, "yaml")
# Against one mock service. The test of an application has fixtures that start one of its own.
ALONE = [block for block in BLOCKS if block is not APPLICATION_TEST]
FIXTURES = (ROOT / "scripts/mock/fixtures.py").read_text("utf-8")
NEW_PROVIDER = "a_new_provider"  # which the document does not know
# What the README sends; without the example of the page, what it would have to send.
MINIMAL = request_with(
    model_saved_name="Test Model",
    model_version="v1",
    model_config={"model_provider": "together"},
)


def with_key(key: str) -> dict[str, Any]:
    config = config_fields(model_provider="together", apikeys=[key])
    return {**MINIMAL, "model_config": config}


class Service(MockService):
    """Remembers how many requests came at once; fails where a model is called `Broken`, and never answers about a `Slow` one."""

    def __init__(self, document: Any) -> None:
        super().__init__(document)
        self.at_once = 0
        self.most_at_once = 0
        self.slow = threading.Event()  # set when 20 calls wait for an answer

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        request = Request(scope)
        if request.headers.get("x-enkrypt-model", "").startswith("Slow"):
            if self.at_once == 20:
                self.slow.set()
            while (await receive())["type"] != "http.disconnect":
                pass
            return
        await asyncio.sleep(0.001)
        await super().__call__(scope, receive, send)
        self.at_once -= 1

    def answer(self, request: Request, body: bytes) -> Response:
        response = super().answer(request, body)
        broken = json.loads(body)["model_saved_name"].startswith("Broken")
        return JSONResponse({"message": "out of order"}, 500) if broken else response


def place(program: str) -> str:
    """Which block of the README a program is, for the one who changes it."""
    before, found, _after = README.read_text("utf-8").partition(program)
    if not found:
        return "A program that is made of a block of README.md fails:"
    line = before.count("\n") + 1
    return f"The block at line {line} of README.md fails. If the vendor's document has changed, change the block:"


class Reader:
    """A reader with a folder, a service, and the variables that the README names."""

    def __init__(self, service: Service, url: str, folder: Path) -> None:
        self.service, self.folder, self.url = service, folder, url
        (folder / "model.yaml").write_text(MODEL_FILE, "utf-8")

    def write(self, name: str, settings: Any) -> None:
        (self.folder / name).write_text(yaml.safe_dump(settings), "utf-8")

    def run(self, program: str) -> str:
        """What a program prints; every warning is an error."""
        status, printed, errors = self.outcome(program)
        assert status == 0, f"{place(program)}\n{errors}"
        return printed

    def outcome(self, program: str, warn: str = "error") -> tuple[int, str, str]:
        """The exit code of a program, and what it prints to stdout and stderr. `warn`: what Python does about warnings."""
        with self.start(program, warn) as process:
            printed, errors = process.communicate()
        return process.returncode, printed, errors

    def write_models(self, *names: str) -> None:
        """Write a file for each model into the folder that the bulk update reads."""
        (self.folder / "models").mkdir(exist_ok=True)
        for name in names:
            self.write(f"models/{name}.yaml", {**MINIMAL, "model_saved_name": name})

    def start(self, program: str, warn: str = "error") -> subprocess.Popen[str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith("ENKRYPT")}
        return subprocess.Popen(
            [sys.executable, "-W", warn, "-c", program],
            cwd=self.folder,
            env={
                **kept,
                "ENKRYPTAI_API_KEY": API_KEY,
                "ENKRYPTAI_BASE_URL": self.url,
                "NEW_PROVIDER_KEY": "new-provider-key",
                "PYTHONPATH": str(ROOT),
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )


@pytest.fixture
def reader(document: Any, tmp_path: Path) -> Iterator[Reader]:
    service = Service(document)
    with running(service) as url:
        yield Reader(service, url, tmp_path)


PROMPT = {"model_provider": "together", "system_prompt": "Answer briefly."}


@pytest.mark.parametrize(
    ("block", "sent"),
    [
        (FIRST, [MINIMAL]),
        (ASYNC, [{**MINIMAL, "model_saved_name": "New Name"}]),
        (MODELS, []),
        (ROTATION, [with_key("new-provider-key")]),  # with all other settings
        (RESPX, []),  # respx answers in place of the service
        (ANY, [with_key("the-old-key")]),
    ],
)
def test_a_block_sends_what_it_shows(reader: Reader, block: str, sent: Any) -> None:
    printed = reader.run(block)
    assert [json.loads(body) for *_, body in reader.service.requests] == sent
    for method, path, headers, _ in reader.service.requests:
        assert (method, path) == ("PATCH", PATH)
        assert headers["apikey"] == API_KEY
    if block == FIRST:
        shown = "Model details updated successfully GetModelResponse"
        assert printed.startswith(shown)


def test_a_changed_copy_of_what_is_stored_is_sent_without_what_is_the_services(
    reader: Reader,
) -> None:
    """And with a field of one's own, which the document does not know."""
    own = STORED.replace(
        "    stored = ", '    request["cost_centre"] = "r&d"\n    stored = '
    )
    reader.run(own)
    _first, second = [json.loads(body) for *_, body in reader.service.requests]
    assert second["model_config"] == {**second["model_config"], **PROMPT}
    answer = {field.name for field in attrs.fields(models.GetModelResponseObject)}
    sent = {field.name for field in attrs.fields(models.ModelRequestObject)}
    assert answer - sent == {"model_id", "created_at", "updated_at", "project_name"}
    assert (answer - sent).isdisjoint(second)
    assert second["cost_centre"] == "r&d"


def test_all_blocks_run_in_order_against_one_service(reader: Reader) -> None:
    reader.write_models("Test Model")
    printed = {block: reader.run(block) for block in ALONE if block != UNKNOWN}
    assert "Test Model.yaml: changed\n" in printed[BULK]


def test_a_value_that_the_document_does_not_know_is_refused_by_the_mock_service(
    reader: Reader,
) -> None:
    with pytest.raises(AssertionError, match="UnprocessableEntityError"):
        reader.run(UNKNOWN)
    ((*_, body),) = reader.service.requests
    assert json.loads(body)["model_config"] == {"model_provider": NEW_PROVIDER}


def test_a_value_that_the_service_knows_before_the_document_is_sent_without_the_check(
    document: Any, tmp_path: Path
) -> None:
    newer = copy.deepcopy(document)
    schemas = newer["components"]["schemas"]
    config = schemas["ModelCustomRequestObject"]["properties"]["model_config"]
    config["properties"]["model_provider"]["enum"].append(NEW_PROVIDER)
    service = Service(newer)
    with running(service) as url:
        reader = Reader(service, url, tmp_path)
        printed = reader.run(UNKNOWN)
        with pytest.raises(
            AssertionError, match=r"InvalidRequestError.*model_provider"
        ):
            reader.run(UNKNOWN.replace(".with_options(check_body=False)", ""))
    assert printed.startswith("Model details updated successfully\n200 ")
    sent = [json.loads(body)["model_config"] for *_, body in service.requests]
    assert sent == [{"model_provider": NEW_PROVIDER}] * 2


def test_the_async_block_awaits_at_the_top_level_of_a_notebook(reader: Reader) -> None:
    cell = re.sub(r"asyncio\.run\(.*# in a notebook: ", "", ASYNC)
    assert cell.endswith("\nawait rename()\n")
    reader.run(
        "import ast, asyncio\n"
        f"code = compile({cell!r}, 'cell', 'exec', ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)\n"
        "asyncio.run(eval(code))"
    )
    assert len(reader.service.requests) == 1


def test_the_bulk_update_says_what_became_of_each_model(reader: Reader) -> None:
    names = [f"Model {n}" for n in range(30)] + ["Broken 1", "Broken 2"]
    for name in names:
        reader.service.models.add({**MINIMAL, "model_saved_name": name})
    reader.write_models(*names, "Nowhere")

    status, printed, errors = reader.outcome(BULK)

    assert status == 1
    assert errors.endswith("Not every model was changed.\n")
    report = dict(line.split(": ", 1) for line in printed.splitlines())
    assert [*report.values()].count("changed") == 30
    assert report["Nowhere.yaml"].startswith(
        f'failed: {OPERATION}: the service answered 404 for model "Nowhere"'
    )
    for name in ("Broken 1.yaml", "Broken 2.yaml"):
        assert report[name].startswith("may have been applied: PATCH")
        assert "out of order" in report[name]
    assert 1 < reader.service.most_at_once <= 20


FAULTY_FILES = {
    "broken.yaml": ("a: [", "while parsing"),
    "empty.yml": ("", "the file is empty"),
    "list.yaml": ("- 1", "holds no settings"),
    "number.yaml": (yaml.safe_dump({**MINIMAL, "model_version": 1}), "expected string"),
    "part.yaml": ("{model_saved_name: a, model_version: v1}", "model_config"),
    "misspelt.yaml": (yaml.safe_dump({**MINIMAL, "model_nam": "a"}), "model_name"),
    "null.yaml": (yaml.safe_dump({**MINIMAL, "model_name": None}), "model_name"),
    "object.yaml": (
        yaml.safe_dump({**MINIMAL, "model_config": []}),
        "model_config: expected object",
    ),
    "second.yaml": (
        yaml.safe_dump({**MINIMAL, "model_saved_name": "Test Model"}),
        "changes the same model as models/Test Model.yaml",
    ),
    "several.yaml": (
        yaml.safe_dump({"model_nam": "a", "model_config": {"auth_data": []}}),
        "auth_data: expected object",
    ),
}


def test_the_bulk_update_names_every_faulty_file_and_sends_nothing(
    reader: Reader,
) -> None:
    reader.write_models("Test Model")
    for name, (text, _reason) in FAULTY_FILES.items():
        (reader.folder / "models" / name).write_text(text, "utf-8")

    status, printed, errors = reader.outcome(BULK, warn="default")

    assert (status, printed) == (1, "")
    for name, (_text, reason) in FAULTY_FILES.items():
        assert re.search(rf"^models/{name}: .*{reason}", errors, re.M), errors
    assert "models/Test Model.yaml: " not in errors
    several = re.findall(r"^models/several\.yaml: .*", errors, re.M)
    assert "did you mean model_name?" in several[1]
    assert "Nothing was sent" in errors.splitlines()[-1]
    assert not reader.service.requests


def test_the_bulk_update_says_that_there_are_no_files(reader: Reader) -> None:
    status, _printed, errors = reader.outcome(BULK)

    assert status == 1
    assert errors == "There is no .yaml or .yml file in the folder models.\n"


def test_the_bulk_update_reports_files_whose_names_are_not_text(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    reader.write_models("Test Model")
    file = reader.folder / "models" / "Test Model.yaml"
    file.rename(file.with_name(os.fsdecode(b"\xe6\x97\xa5 m\xe8dele.yaml")))
    assert reader.run(BULK) == "\u65e5 m\\udce8dele.yaml: changed\n"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_bulk_update_reports_when_it_is_interrupted(
    reader: Reader, number: signal.Signals
) -> None:
    reader.write_models(*(f"Slow {index:02}" for index in range(30)))
    with reader.start(BULK) as process:
        reader.service.slow.wait(60)
        process.send_signal(number)
        printed, _errors = process.communicate()
    report = dict(line.split(": ", 1) for line in printed.splitlines())
    assert len(report) == 30
    outcomes = [*report.values()]
    assert outcomes.count("may have been applied: interrupted") == 20
    assert outcomes.count("not tried") == 10


@pytest.fixture
def fixtures(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The names of the file for pytest, whose fixtures are plain functions."""
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "proxy.example")  # the file changes it
    names: dict[str, Any] = {}
    exec(re.sub(r"@pytest\.fixture.*", "", FIXTURES), names)
    return names


@pytest.mark.parametrize(
    ("checkout", "sentence"),
    [
        ("", "Set ENKRYPT_CHECKOUT to the path of a checkout"),
        ("/nowhere", "Run `make setup` in /nowhere: "),
    ],
)
def test_the_fixture_of_pytest_says_what_is_missing_of_the_checkout(
    fixtures: dict[str, Any],
    checkout: str,
    sentence: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ENKRYPT_CHECKOUT", checkout)

    with pytest.raises(pytest.fail.Exception, match=sentence):
        next(fixtures["mock_service"]())


@pytest.mark.parametrize(
    ("path", "content", "words"),
    [
        ("/_mock/fail", "409 onec", "write a failure as `503 once`"),
        ("/_mock/models", "{}", "a model is JSON with model_saved_name"),
        ("/_mock/restart", "", "paths of the mock itself"),
    ],
)
def test_a_request_that_the_mock_service_refuses_fails_the_test_of_an_application(
    fixtures: dict[str, Any], reader: Reader, path: str, content: str, words: str
) -> None:
    with (
        fixtures["client_of"](reader.url) as mock_service,
        pytest.raises(pytest.fail.Exception, match=words),
    ):
        mock_service.post(path, content=content)


def test_clients_of_a_program_that_reads_the_environment_reach_the_mock_service(
    fixtures: dict[str, Any], reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def modify() -> models.ModifyModelResponseObject:
        async with AsyncEnkryptClient() as client:
            request = models.ModelRequestObject.from_dict(MINIMAL)
            return await client.modify_model(request)

    with fixtures["client_of"](reader.url) as mock_service:
        fixtures["mock_environment"](mock_service, monkeypatch)

    assert asyncio.run(modify()).data


@pytest.mark.proof
def test_the_fixture_of_pytest_starts_the_mock_service_behind_a_proxy(
    tmp_path: Path,
) -> None:
    fixtures = FIXTURES.replace(".venv/bin/python", sys.executable)
    (tmp_path / "conftest.py").write_text(fixtures, "utf-8")
    (tmp_path / "test_application.py").write_text(APPLICATION_TEST, "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", tmp_path],
        env={
            **os.environ,
            "ENKRYPT_CHECKOUT": str(ROOT),
            "PYTHONPATH": str(ROOT),
            "HTTP_PROXY": "http://127.0.0.1:1",
            "NO_PROXY": "proxy.example",
        },
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout
    assert "1 passed" in done.stdout


def test_what_another_client_adds_stands_where_the_document_has_it() -> None:
    text = README.read_text("utf-8").partition("## Moving from enkryptai-sdk")[2]
    (row,) = re.findall(r"^\| what it sends .*", text, re.MULTILINE)
    top, _, inside = row.partition("in `model_config`:")
    levels: dict[str, list[Any]] = {
        top: [ModelRequestObject],
        inside: [ModelConfig, AuthData],
    }
    for part, classes in levels.items():
        fields = {field.name for kind in classes for field in attrs.fields(kind)}
        named = set(re.findall(r"`(\w+)=", part))
        assert named
        assert named <= fields
