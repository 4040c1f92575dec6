"""Generation killed at any stage leaves the old tree, or the new one, whole; the next run clears up and succeeds."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.common import project
from scripts.intake import document as oas
from tests.conftest import ROOT

STAGES = (
    "intake.document.read",
    "generator.plan.plan",
    "generator.render.run_hook",
    "common.replace.assemble",
    "common.replace.swap",
)

# Runs generation with one function replaced by one that kills the process before or after its work, as `kill -9` would.
DRIVER = """
import importlib, os, signal, sys
from scripts import generate
stage, when, *arguments = sys.argv[1:]
name, _dot, function = stage.rpartition(".")
module = importlib.import_module(f"scripts.{name}")
work = getattr(module, function)
def killed(*args, **kwargs):
    if when == "after":
        work(*args, **kwargs)
    os.kill(os.getpid(), signal.SIGKILL)
for holder in list(sys.modules.values()):
    if getattr(holder, function, None) is work:
        setattr(holder, function, killed)
sys.exit(generate.main(arguments))
"""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout whose document has a field more than its package."""
    house = tmp_path_factory.mktemp("killed")
    shutil.copytree(project.PACKAGE, house / "package")
    document = oas.read(ROOT / "openapi.yaml")
    answer = document["components"]["schemas"]["ModifyModelResponseObject"]
    answer["properties"]["brand_new"] = {"type": "string"}
    (house / "openapi.yaml").write_text(oas.to_yaml(document), "utf-8")
    shutil.copy(ROOT / "generator-config.yaml", house / "config.yaml")
    return house


def run(house: Path, *driven: str) -> int:
    arguments = [
        f"--document={house}/openapi.yaml",
        f"--config={house}/config.yaml",
        f"--package={house}/package",
    ]
    command = ["-c", DRIVER, *driven] if driven else ["-m", "scripts.generate"]
    done = subprocess.run([sys.executable, *command, *arguments], cwd=ROOT, check=False)
    return done.returncode


@pytest.mark.parametrize(
    "stage",
    [
        *(pytest.param(stage, marks=pytest.mark.proof) for stage in STAGES[:-1]),
        STAGES[-1],
    ],
)
def test_a_kill_leaves_the_old_tree_as_it_was(house: Path, stage: str) -> None:
    before = project.files(house / "package")
    assert run(house, stage, "before") == -signal.SIGKILL
    assert project.files(house / "package") == before


@pytest.mark.proof
def test_a_kill_right_after_the_exchange_leaves_the_new_tree_whole(
    house: Path, tmp_path: Path
) -> None:
    shutil.copytree(house, tmp_path / "house")
    copy = tmp_path / "house"
    assert run(copy, "common.replace.swap", "after") == -signal.SIGKILL
    after_kill = project.files(copy / "package")
    assert list(copy.glob(".staging-*"))
    assert run(copy) == 0
    assert project.files(copy / "package") == after_kill
    assert b"brand_new" in after_kill["models/modify_model_response_object.py"]
    assert not list(copy.glob(".staging-*"))
