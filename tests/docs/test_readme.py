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

from scripts.loopback import running
from scripts.mock_service import API_KEY, MockService
from tests.conftest import ROOT
from tests.docs.pages import README, blocks

# What each block can be recognised by.
FIRST, ASYNC, ROTATION, BULK, TESTS, ANY = (
    *("print(result.message", "asyncio.run(rename())", "NEW_PROVIDER_KEY"),
    *("tqdm.gather", "respx.mock", "client.call("),
)
SETTINGS = {
    "model_saved_name": "Test Model",
    "model_version": "v1",
    "model_config": {"model_provider": "together", "apikeys": ["old-provider-key"]},
}
ROTATED = {
    **SETTINGS,
    "model_config": {"model_provider": "together", "apikeys": ["new-provider-key"]},
}
NOTEBOOK = """
import ast, asyncio, inspect
code = compile(open("block.py").read(), "block.py", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
result = eval(code)
assert inspect.iscoroutine(result)
asyncio.run(result)
"""


class Service(MockService):
    """Remembers how many requests came at once; fails where a model is called `Broken`."""

    def __init__(self, document: Any) -> None:
        super().__init__(document)
        self.at_once = self.most_at_once = 0

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
    """A reader with an empty folder, a service, and the variables that the README names."""

    def __init__(self, service: Service, url: str, folder: Path) -> None:
        self.service, self.folder = service, folder
        (folder / "model.yaml").write_text(yaml.safe_dump(SETTINGS), "utf-8")
        self.environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith("ENKRYPT")},
            "ENKRYPTAI_API_KEY": API_KEY,
            "ENKRYPTAI_BASE_URL": url,
            "NEW_PROVIDER_KEY": "new-provider-key",
            "PYTHONPATH": str(ROOT),
        }

    def paste(self, part: str) -> str:
        """Put the block that holds this text into block.py."""
        (text,) = (b.text for b in blocks(README, "python") if part in b.text)
        (self.folder / "block.py").write_text(text, "utf-8")
        return text

    def run(self, *command: str) -> str:
        """What a program prints; every warning is an error."""
        done = subprocess.run(
            [sys.executable, "-W", "error", *command],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    @property
    def bodies(self) -> list[Any]:
        return [json.loads(body) for _, _, _, body in self.service.requests]


@pytest.fixture
def reader(document: Any, tmp_path: Path) -> Iterator[Reader]:
    service = Service(document)
    with running(service) as url:
        yield Reader(service, url, tmp_path)


def test_every_block_is_run_by_one_of_these_tests() -> None:
    parts = [FIRST, ASYNC, ROTATION, BULK, TESTS, ANY]
    for block in blocks(README, "python"):
        assert [part for part in parts if part in block.text], block.line


def test_the_first_call_sends_what_it_shows_and_prints_the_answer(
    reader: Reader,
) -> None:
    reader.paste(FIRST)
    printed = reader.run("block.py")
    ((method, path, headers, _),) = reader.service.requests
    assert (method, path) == ("PATCH", "/models/modify-model")
    assert headers["apikey"] == API_KEY
    sent = {**SETTINGS, "model_config": {"model_provider": "together"}}
    assert reader.bodies == [sent]
    assert printed.startswith("Model details updated successfully GetModelResponse")


@pytest.mark.parametrize("notebook", [False, True])
def test_the_async_call_renames_the_model_in_a_program_and_in_a_notebook(
    reader: Reader, notebook: bool
) -> None:
    text = reader.paste(ASYNC)
    if notebook:
        cell = re.sub(r"asyncio\.run\(.*# in a notebook: ", "", text)
        assert cell.endswith("\nawait rename()\n")
        (reader.folder / "block.py").write_text(cell, "utf-8")
        reader.run("-c", NOTEBOOK)
    else:
        reader.run("block.py")
    ((_, _, headers, _),) = reader.service.requests
    assert headers["x-enkrypt-model"] == "Test Model"
    assert reader.bodies[0]["model_saved_name"] == "New Name"


@pytest.mark.parametrize(
    ("part", "sent"),
    [
        (ROTATION, [ROTATED]),  # all settings, and the new key
        (TESTS, []),  # respx answers in place of the service
        (ANY, [SETTINGS] * 3),  # three ways to call an operation send the same
    ],
)
def test_a_block_sends_what_it_shows(reader: Reader, part: str, sent: Any) -> None:
    reader.paste(part)
    reader.run("block.py")
    assert reader.bodies == sent


def test_the_bulk_update_reports_for_each_file_what_became_of_its_model(
    reader: Reader,
) -> None:
    folder = reader.folder / "models"
    folder.mkdir()
    names = [f"Model {n}" for n in range(30)] + ["Broken 1", "Broken 2"]
    for name in [*names, "Nowhere"]:
        settings = {**SETTINGS, "model_saved_name": name}
        if name != "Nowhere":
            reader.service.models.add(settings)
        (folder / f"{name}.yaml").write_text(yaml.safe_dump(settings), "utf-8")
    wrong = {**SETTINGS, "model_config": {"model_provider": "nobody"}}
    (folder / "wrong.yaml").write_text(yaml.safe_dump(wrong), "utf-8")
    reader.paste(BULK)
    changed, failed, unknown = re.split(
        r"^(?:failed|unknown)", reader.run("block.py"), flags=re.MULTILINE
    )
    assert changed.startswith("changed: 30\n")
    assert failed.startswith(": 2\n")
    assert 'Nowhere.yaml: PATCH /models/modify-model: the service answered 404 for model "Nowhere"' in failed  # fmt: skip
    assert "wrong.yaml: PATCH /models/modify-model: model_config.model_provider:" in failed  # fmt: skip
    assert unknown.startswith(": 2\n")
    assert unknown.count("out of order") == 2
    assert 1 < reader.service.most_at_once <= 20
