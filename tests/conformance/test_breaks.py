"""The judge is judged: a client that is broken in one place turns the verdict, and another spelling of the same does not."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.common import project
from scripts.generator import build
from tests.conformance.breaks import BREAKS, EDITS, NEWER_BREAKS, QUICK
from tests.conftest import ROOT

DEPOT = ROOT / "tests" / "data" / "depot.yaml"
HARBOUR = ROOT / "tests" / "data" / "harbour.yaml"
TRY_EDITS = """
import dataclasses, importlib, json, sys
from pathlib import Path
from scripts.conformance import exercise
from scripts.contract.reading.contract import read
from scripts.intake import document
raw = document.read(Path(sys.argv[1]))
contract = read(raw)
for argument in sys.argv[2:]:
    folder, key = json.loads(argument)
    alone = dataclasses.replace(contract, operations={key: contract.operations[key]})
    print(json.dumps(exercise.run(raw, alone, Path(folder)).wrong.get(key, "")))
    for name in [name for name in sys.modules if name.startswith("enkrypt_api_client")]:
        del sys.modules[name]
"""
TRY = """
import dataclasses, importlib, json, sys
from pathlib import Path
from scripts.conformance import exercise
from scripts.generator import build
from scripts.intake import document
from tests.conformance import breaks
path, folder, names = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:]
raw = document.read(path)
contract, package = build.build(path, folder)
sys.path.insert(0, str(package.parent))
module = importlib.import_module(exercise.PACKAGE)
print(json.dumps(exercise.run(raw, contract, package.parent).wrong))
for broken in breaks.BREAKS + breaks.NEWER_BREAKS:
    if broken.name in names:
        operation = contract.operations[broken.operation]
        alone = dataclasses.replace(contract, operations={operation.key: operation})
        with breaks.applied(broken, module):
            verdicts = exercise.run(raw, alone, package.parent)
        print(json.dumps([broken.name, verdicts.wrong.get(operation.key, "")]))
"""


def complaints(
    folder: Path, names: list[str], document: Path = DEPOT
) -> dict[str, str]:
    """What the judge says of each broken client, by the name of the break; empty where it verifies it."""
    command = [sys.executable, "-c", TRY, str(document), str(folder), *names]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stderr
    sound, *lines = done.stdout.splitlines()
    assert json.loads(sound) == {}
    return dict(map(json.loads, lines))


def check(found: dict[str, str], names: list[str]) -> None:
    breaks = [*BREAKS, *NEWER_BREAKS]
    expected = {b.name: b.complaint for b in breaks if b.name in names}
    assert found.keys() == expected.keys()
    missed = {
        name: found[name]
        for name, complaint in expected.items()
        if complaint not in found[name] or bool(complaint) != bool(found[name])
    }
    assert missed == {}


def test_a_broken_client_is_found_out_in_one_place_of_each_kind(
    tmp_path: Path,
) -> None:
    check(complaints(tmp_path, QUICK), QUICK)


@pytest.mark.proof
def test_a_client_that_is_broken_where_openapi_3_2_is_new_is_found_out(
    tmp_path: Path,
) -> None:
    names = [broken.name for broken in NEWER_BREAKS]
    assert len({*names}) == len(NEWER_BREAKS)
    check(complaints(tmp_path, names, HARBOUR), names)


@pytest.mark.proof
def test_every_broken_place_turns_the_verdict(tmp_path: Path) -> None:
    names = [broken.name for broken in BREAKS]
    assert len({*names}) == len(BREAKS)
    check(complaints(tmp_path, names), names)


def test_every_line_that_is_broken_for_the_proof_stands_once_in_its_module() -> None:
    runtime = project.PACKAGE / "_runtime"
    counts = {
        edit.old: (runtime / edit.module).read_text("utf-8").count(edit.old)
        for edit in EDITS
    }
    assert counts == dict.fromkeys(counts, 1)


@pytest.mark.proof
def test_every_broken_line_of_the_client_turns_the_verdict(tmp_path: Path) -> None:
    (tmp_path / "sound").mkdir()
    package = build.build(DEPOT, tmp_path / "sound").package
    arguments = []
    for number, edit in enumerate(EDITS):
        home = tmp_path / str(number)
        shutil.copytree(package, home / package.name)
        module = home / package.name / "_runtime" / edit.module
        text = module.read_text()
        assert edit.old in text, edit
        module.write_text(text.replace(edit.old, edit.new, 1))
        arguments.append(json.dumps([str(home), edit.operation]))
    command = [sys.executable, "-c", TRY_EDITS, str(DEPOT), *arguments]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stderr
    found = [json.loads(line) for line in done.stdout.splitlines()]
    missed = [
        (edit, complaint)
        for edit, complaint in zip(EDITS, found, strict=True)
        if edit.complaint not in complaint
    ]
    assert missed == []
