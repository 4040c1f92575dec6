"""The gate: a contract that drifted is accepted with a version and a changelog entry that say so, or not at all."""

from __future__ import annotations

import copy
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scripts import accept, drift, tree
from scripts import document as oas
from scripts.contract import lock
from scripts.contract.compare import compare
from scripts.contract.read import read
from scripts.errors import DocumentError
from scripts.version import versions
from tests.conftest import ROOT

DATA = Path(__file__).parent.parent / "data"


def test_the_accepted_contract_is_that_of_the_document() -> None:
    assert accept.main(["--check"]) == 0


def test_the_lock_has_no_prose(document: Any) -> None:
    text = lock.PATH.read_text("utf-8")
    assert "Name of the saved model" not in text
    assert "title" not in text


@pytest.mark.parametrize("name", ["drift", "framework", "rich", "shared"])
def test_a_contract_comes_back_from_its_lock_whole(name: str, tmp_path: Path) -> None:
    contract = read(oas.read(DATA / f"{name}.yaml"))
    path = tmp_path / "contract.lock"
    path.write_text(lock.text(contract, "1.2.3"), "utf-8")
    again, version = lock.read(path)
    assert version == "1.2.3"
    assert compare(again, contract) == compare(contract, again) == []
    assert lock.text(again, version) == path.read_text("utf-8")


@pytest.mark.parametrize("text", ["", "a: 1", "accepted_in_version: 1\ntypes: 7\n"])
def test_a_damaged_lock_says_so(text: str, tmp_path: Path) -> None:
    path = tmp_path / "contract.lock"
    path.write_text(text, "utf-8")
    with pytest.raises(DocumentError, match=r"contract\.lock"):
        lock.read(path)


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A checkout to drift and accept in, with a changelog that knows 0.1.0."""
    shutil.copytree(tree.PACKAGE, tmp_path / tree.PACKAGE.name)
    for name in ("openapi.yaml", "generator-config.yaml", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path / name)
    for name in ("pyproject.toml", f"{tree.PACKAGE.name}/__init__.py"):
        text = (tmp_path / name).read_text("utf-8")
        text = text.replace(f'"{versions(ROOT)[0]}"', '"0.1.0"')
        (tmp_path / name).write_text(text, "utf-8")
    assert run(tmp_path) == 0
    (tmp_path / "CHANGELOG.md").write_text("# Changelog\n\n## [0.1.0]\n\n- First.\n")
    return tmp_path


def run(house: Path, *more: str) -> int:
    return accept.main(["--root", str(house), *more])


def drifted(house: Path, edit: Callable[[Any], object]) -> None:
    """Change the document."""
    document = oas.read(house / "openapi.yaml")
    edit(document)
    (house / "openapi.yaml").write_text(oas.to_yaml(document), "utf-8")


def release(house: Path, version: str, entry: str) -> None:
    for name in ("pyproject.toml", f"{tree.PACKAGE.name}/__init__.py"):
        text = (house / name).read_text("utf-8")
        (house / name).write_text(text.replace("0.1.0", version), "utf-8")
    text = (house / "CHANGELOG.md").read_text("utf-8")
    new = f"## [{version}]\n\n{entry}\n\n## [0.1.0]"
    (house / "CHANGELOG.md").write_text(text.replace("## [0.1.0]", new), "utf-8")


def answer(document: Any) -> Any:
    return document["components"]["schemas"]["ModifyModelResponseObject"]["properties"]


def drop_message(document: Any) -> None:
    del answer(document)["message"]


def add_note(document: Any) -> None:
    answer(document)["note"] = {"type": "string"}


def test_drift_fails_the_check_with_the_report(
    house: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    drifted(house, drop_message)
    assert run(house, "--check") == 1
    said = capsys.readouterr()
    assert "ModifyModelResponseObject.message" in said.out
    assert "make accept" in said.err


def test_accept_asks_for_a_version_and_offers_changelog_lines(
    house: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    drifted(house, drop_message)
    before = (house / "contract.lock").read_bytes()
    assert run(house) == 1
    said = capsys.readouterr().err
    assert 'set the version in pyproject.toml to "0.2.0"' in said
    assert "under `## [0.2.0]`" in said
    assert (house / "contract.lock").read_bytes() == before


def test_breaking_drift_is_accepted_before_1_0_with_a_minor_step_that_says_so(
    house: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    drifted(house, drop_message)
    release(house, "0.2.0", "- Nothing to see.")
    assert run(house) == 1
    assert "breaking" in capsys.readouterr().err
    text = (house / "CHANGELOG.md").read_text("utf-8")
    text = text.replace("- Nothing to see.", "- **Breaking:** no message any more.")
    (house / "CHANGELOG.md").write_text(text, "utf-8")
    assert run(house) == 0
    said = capsys.readouterr().out
    assert said.endswith("accept: recorded in contract.lock as the contract of 0.2.0\n")
    assert run(house, "--check") == 0
    assert lock.read(house / "contract.lock")[1] == "0.2.0"


def test_additive_drift_needs_a_minor_step_and_an_entry(
    house: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    drifted(house, add_note)
    release(house, "0.2.0", "")
    assert run(house) == 1
    assert "`ModifyModelResponseObject.note`: field added" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("old", "new", "breaking", "fits"),
    [
        ("0.1.0", "0.2.0", True, True),
        ("0.1.0", "0.1.1", False, False),
        ("0.9.0", "1.0.0", True, True),
        ("1.2.3", "2.0.0", True, True),
        ("1.2.3", "1.3.0", True, False),
        ("1.2.3", "1.3.0", False, True),
    ],
)
def test_versions_step_as_semver_says(
    document: Any, old: str, new: str, breaking: bool, fits: bool
) -> None:
    changed = copy.deepcopy(document)
    (drop_message if breaking else add_note)(changed)
    changes = drift.between(document, changed)
    assert accept.fits(old, new, changes) is fits
    assert accept.fits(old, accept.wanted(old, changes), changes)


def test_another_name_of_a_class_is_a_breaking_change_of_its_own(house: Path) -> None:
    config = house / "generator-config.yaml"
    text = config.read_text("utf-8").replace("name: Tool,", "name: Utility,")
    config.write_text(text, "utf-8")
    old, _version = lock.read(house / "contract.lock")
    (change,) = compare(old, accept.current(house))
    assert (change.rule, *change[2:5]) == ("class-renamed", True, "Tool", "Utility")


def test_a_lock_file_that_is_unchanged_is_written_byte_for_byte(house: Path) -> None:
    before = (house / "contract.lock").read_bytes()
    assert run(house) == 0
    assert (house / "contract.lock").read_bytes() == before
    accepted = lock.PATH.read_text("utf-8").replace(lock.read()[1], "0.1.0", 1)
    assert before.decode() == accepted
