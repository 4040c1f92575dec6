"""Every Python block of the README runs alone, as a program of its own, against the mock service."""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
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
FIRST, ASYNC, ROTATION, BULK, TESTS, ANY = blocks(README, "python")
MINIMAL = {
    "model_saved_name": "Test Model",
    "model_version": "v1",
    "model_config": {"model_provider": "together"},
}


def with_key(key: str) -> dict[str, Any]:
    config = {"model_provider": "together", "apikeys": [key]}
    return {**MINIMAL, "model_config": config}


class Service(MockService):
    """Remembers how many requests came at once; fails where a model is called `Broken`."""

    at_once = most_at_once = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
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
        self.write("model.yaml", with_key("old-provider-key"))

    def write(self, name: str, settings: Any) -> None:
        (self.folder / name).write_text(yaml.safe_dump(settings), "utf-8")

    def run(self, program: str) -> str:
        """What a program prints; every warning is an error."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith("ENKRYPT")}
        done = subprocess.run(
            [sys.executable, "-W", "error", "-c", program],
            cwd=self.folder,
            env={
                **kept,
                "ENKRYPTAI_API_KEY": API_KEY,
                "ENKRYPTAI_BASE_URL": self.url,
                "NEW_PROVIDER_KEY": "new-provider-key",
                "PYTHONPATH": str(ROOT),
            },
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture
def reader(document: Any, tmp_path: Path) -> Iterator[Reader]:
    service = Service(document)
    with running(service) as url:
        yield Reader(service, url, tmp_path)


@pytest.mark.parametrize(
    ("block", "sent"),
    [
        (FIRST, [MINIMAL]),
        (ASYNC, [{**MINIMAL, "model_saved_name": "New Name"}]),
        (ROTATION, [with_key("new-provider-key")]),  # with all other settings
        (TESTS, []),  # respx answers in place of the service
        (ANY, [with_key("old-provider-key")] * 3),  # three ways to call an operation
    ],
)
def test_a_block_sends_what_it_shows(reader: Reader, block: str, sent: Any) -> None:
    printed = reader.run(block)
    assert [json.loads(body) for *_, body in reader.service.requests] == sent
    for method, path, headers, _ in reader.service.requests:
        assert (method, path) == ("PATCH", "/models/modify-model")
        assert (headers["apikey"], headers["x-enkrypt-model"]) == (
            API_KEY,
            "Test Model",
        )
    shown = (
        "Model details updated successfully GetModelResponse" if block == FIRST else ""
    )
    assert printed.startswith(shown)


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
    changed, failed, unknown = re.split(
        r"^(?:failed|unknown)", reader.run(BULK), flags=re.MULTILINE
    )
    assert changed.startswith("changed: 30\n")
    assert failed.startswith(": 2\n")
    assert 'Nowhere.yaml: PATCH /models/modify-model: the service answered 404 for model "Nowhere"' in failed  # fmt: skip
    assert "wrong.yaml: PATCH /models/modify-model: model_config.model_provider:" in failed  # fmt: skip
    assert unknown.startswith(": 2\n")
    assert unknown.count("out of order") == 2
    assert 1 < reader.service.most_at_once <= 20
