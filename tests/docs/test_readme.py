"""Every Python block of the README runs alone, as a program of its own, and all in order, against the mock service."""

from __future__ import annotations

import asyncio
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

import pytest
import yaml
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from scripts.loopback.server import running
from scripts.mock.service import API_KEY, MockService
from tests.conftest import ROOT
from tests.docs.pages import README, blocks

# In the order of the page.
BLOCKS = blocks(README, "python")
FIRST, ASYNC, MODELS, STORED, UNKNOWN, ROTATION, BULK, ANY, LOGGING, TRACING, *TESTS = (
    BLOCKS
)
RESPX, FIXTURE = TESTS
(MODEL_FILE,) = blocks(README, "yaml")
# Against one mock service. The fixture starts one of its own.
ALONE = [block for block in BLOCKS if block is not FIXTURE]
MINIMAL = {
    "model_saved_name": "Test Model",
    "model_version": "v1",
    "model_config": {"model_provider": "together"},
}


def with_key(key: str) -> dict[str, Any]:
    config = {"model_provider": "together", "apikeys": [key]}
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


class Reader:
    """A reader with a folder, a service, and the variables that the README names."""

    def __init__(self, service: Service, url: str, folder: Path) -> None:
        self.service, self.folder, self.url = service, folder, url
        (folder / "model.yaml").write_text(MODEL_FILE, "utf-8")

    def write(self, name: str, settings: Any) -> None:
        (self.folder / name).write_text(yaml.safe_dump(settings), "utf-8")

    def run(self, program: str) -> str:
        """What a program prints; every warning is an error."""
        with self.start(program) as process:
            printed, errors = process.communicate()
        assert process.returncode == 0, errors
        return printed

    def start(self, program: str) -> subprocess.Popen[str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith("ENKRYPT")}
        return subprocess.Popen(
            [sys.executable, "-W", "error", "-c", program],
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
        (LOGGING, [MINIMAL]),
        (ANY, [with_key("the-old-key")] * 2),
    ],
)
def test_a_block_sends_what_it_shows(reader: Reader, block: str, sent: Any) -> None:
    printed = reader.run(block)
    assert [json.loads(body) for *_, body in reader.service.requests] == sent
    for method, path, headers, _ in reader.service.requests:
        assert (method, path) == ("PATCH", "/models/modify-model")
        assert headers["apikey"] == API_KEY
    if block == FIRST:
        shown = "Model details updated successfully GetModelResponse"
        assert printed.startswith(shown)


def test_a_changed_copy_of_what_is_stored_is_sent_without_what_is_the_services(
    reader: Reader,
) -> None:
    reader.run(STORED)
    _first, second = [json.loads(body) for *_, body in reader.service.requests]
    assert second["model_config"] == {**second["model_config"], **PROMPT}
    assert {"model_id", "created_at", "updated_at", "project_name"}.isdisjoint(second)


def test_all_blocks_run_in_order_against_one_service(reader: Reader) -> None:
    models = reader.folder / "models"
    models.mkdir()
    (models / "test-model.yaml").write_text(MODEL_FILE, "utf-8")
    printed = [reader.run(block) for block in ALONE]
    assert "test-model.yaml: changed\n" in printed[BLOCKS.index(BULK)]


def test_a_value_that_the_document_does_not_know_is_sent_by_a_client_without_the_check(
    reader: Reader,
) -> None:
    with pytest.raises(AssertionError, match="UnprocessableEntityError"):
        reader.run(UNKNOWN.replace("External", "Moon"))
    ((*_, body),) = reader.service.requests
    assert json.loads(body)["model_config"]["hosting_type"] == "Moon"
    settings = yaml.safe_load(MODEL_FILE)
    settings["model_config"]["hosting_type"] = "Moon"
    reader.write("model.yaml", settings)
    with pytest.raises(AssertionError, match=r"InvalidRequestError.*hosting_type"):
        reader.run(ANY)


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
    (reader.folder / "models").mkdir()
    names = [f"Model {n}" for n in range(30)] + ["Broken 1", "Broken 2"]
    for name in [*names, "Nowhere"]:
        settings = {**MINIMAL, "model_saved_name": name}
        if name != "Nowhere":
            reader.service.models.add(settings)
        reader.write(f"models/{name}.yaml", settings)
    wrong = {**MINIMAL, "model_config": {"model_provider": "nobody"}}
    reader.write("models/wrong.yaml", wrong)
    report = dict(line.split(": ", 1) for line in reader.run(BULK).splitlines())
    assert [*report.values()].count("changed") == 30
    assert report["Nowhere.yaml"].startswith(
        'failed: PATCH /models/modify-model: the service answered 404 for model "Nowhere"'
    )
    assert report["wrong.yaml"].startswith(
        "failed: PATCH /models/modify-model: model_config.model_provider:"
    )
    for name in ("Broken 1.yaml", "Broken 2.yaml"):
        assert report[name].startswith("may have been applied: PATCH")
        assert "out of order" in report[name]
    assert 1 < reader.service.most_at_once <= 20


def test_a_file_that_cannot_be_read_stops_the_bulk_update_before_anything_is_sent(
    reader: Reader,
) -> None:
    (reader.folder / "models").mkdir()
    reader.write("models/a.yaml", MINIMAL)
    (reader.folder / "models" / "b.yaml").write_text("a: [", "utf-8")
    with pytest.raises(AssertionError, match=r"models/b\.yaml can't be read, and noth"):
        reader.run(BULK)
    assert reader.service.requests == []


def test_the_bulk_update_reports_when_it_is_interrupted(reader: Reader) -> None:
    (reader.folder / "models").mkdir()
    for number in range(30):
        settings = {**MINIMAL, "model_saved_name": f"Slow {number}"}
        reader.write(f"models/{number:02}.yaml", settings)
    with reader.start(BULK) as process:
        reader.service.slow.wait(60)
        process.send_signal(signal.SIGINT)
        printed, _errors = process.communicate()
    report = dict(line.split(": ", 1) for line in printed.splitlines())
    assert len(report) == 30
    outcomes = [*report.values()]
    assert outcomes.count("may have been applied: interrupted") == 20
    assert outcomes.count("not tried") == 10


@pytest.mark.proof
def test_the_fixture_of_pytest_starts_the_mock_service(tmp_path: Path) -> None:
    text = FIXTURE.replace(".venv/bin/python", sys.executable)
    (tmp_path / "test_application.py").write_text(text, "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", tmp_path],
        env={**os.environ, "ENKRYPT_CHECKOUT": str(ROOT), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout
    assert "1 passed" in done.stdout
