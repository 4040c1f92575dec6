"""The gate: a contract that drifted is accepted with a version and a changelog entry that say so, or not at all."""

from __future__ import annotations

import copy
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scripts import accept, drift, generate, mutations, tree
from scripts import document as oas
from scripts.contract import compare, lock
from scripts.contract.read import read
from tests.conftest import ROOT


def test_the_accepted_contract_is_that_of_the_document() -> None:
    assert accept.main(["--check"]) == 0


def test_the_lock_says_the_contract_and_no_word_of_prose(document: Any) -> None:
    held = oas.read(lock.PATH)
    assert drift.between(held, document) == []
    text = lock.PATH.read_text("utf-8")
    assert "Name of the saved model" not in text
    assert "title" not in text


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A checkout to drift and accept in, with a changelog that knows 0.1.0."""
    shutil.copytree(tree.PACKAGE, tmp_path / tree.PACKAGE.name)
    for name in ("openapi.yaml", "generator-config.yaml", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path / name)
    assert run(tmp_path) == 0
    (tmp_path / "CHANGELOG.md").write_text("# Changelog\n\n## [0.1.0]\n\n- First.\n")
    return tmp_path


def run(house: Path, *more: str) -> int:
    return accept.main(["--root", str(house), *more])


def drifted(house: Path, edit: Callable[[Any], object]) -> None:
    """Change the document, and regenerate."""
    document = oas.read(house / "openapi.yaml")
    edit(document)
    (house / "openapi.yaml").write_text(mutations.to_text(document), "utf-8")
    arguments = {
        "--document": "openapi.yaml",
        "--config": "generator-config.yaml",
        "--package": tree.PACKAGE.name,
    }
    flat = [part for k, v in arguments.items() for part in (k, str(house / v))]
    assert generate.main(flat) == 0


def release(house: Path, version: str, entry: str) -> None:
    for name in ("pyproject.toml", f"{tree.PACKAGE.name}/__init__.py"):
        text = (house / name).read_text("utf-8")
        (house / name).write_text(text.replace("0.1.0", version), "utf-8")
    text = (house / "CHANGELOG.md").read_text("utf-8")
    new = f"## [{version}]\n\n{entry}\n\n## [0.1.0]"
    (house / "CHANGELOG.md").write_text(text.replace("## [0.1.0]", new), "utf-8")


def drop_message(document: Any) -> None:
    del document["components"]["schemas"]["ModifyModelResponseObject"]["properties"][
        "message"
    ]


def add_note(document: Any) -> None:
    answer = document["components"]["schemas"]["ModifyModelResponseObject"]
    answer["properties"]["note"] = {"type": "string"}


def test_drift_fails_the_check_with_the_report(
    house: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    drifted(house, drop_message)
    assert run(house, "--check") == 1
    said = capsys.readouterr()
    assert "ModifyModelResponseObject.message" in said.out
    assert "make accept" in said.err


def test_acceptance_asks_for_a_version_and_offers_the_changelog(
    house: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    drifted(house, drop_message)
    before = (house / "contract.lock").read_bytes()
    assert run(house) == 1
    said = capsys.readouterr().err
    assert "a minor step from 0.1.0 is needed" in said
    assert (house / "contract.lock").read_bytes() == before


def test_breaking_drift_is_accepted_before_1_0_with_a_minor_step_that_says_so(
    house: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    drifted(house, drop_message)
    release(house, "0.2.0", "- Nothing to see.")
    assert run(house) == 1
    assert "breaking" in capsys.readouterr().err
    release(house, "0.2.0", "- **Breaking:** no message any more.")
    text = (house / "CHANGELOG.md").read_text("utf-8")
    text = text.replace("- Nothing to see.", "- **Breaking:** no message any more.")
    (house / "CHANGELOG.md").write_text(text, "utf-8")
    assert run(house) == 0
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
        ("0.1.0", "0.1.1", True, False),
        ("0.1.0", "0.1.1", False, False),
        ("0.1.0", "0.2.0", False, True),
        ("0.9.0", "1.0.0", True, True),
        ("1.2.3", "2.0.0", True, True),
        ("1.2.3", "1.3.0", True, False),
        ("1.2.3", "1.3.0", False, True),
        ("1.2.3", "1.2.4", False, False),
    ],
)
def test_versions_step_as_semver_says(
    document: Any, old: str, new: str, breaking: bool, fits: bool
) -> None:
    changed = copy.deepcopy(document)
    (drop_message if breaking else add_note)(changed)
    changes = drift.between(document, changed)
    assert accept.fits(old, new, changes) is fits


def test_another_python_name_is_a_breaking_change_of_its_own(house: Path) -> None:
    old, _version = lock.read(house / "contract.lock")
    new, _version = lock.read(house / "contract.lock")
    new.names.types["ModelCustomRequestObject.model_config"] = "Settings"
    (change,) = compare.compare(old, new)
    assert (change.what, change.before, change.after, change.breaking) == (
        "Python name of type changed",
        "ModelConfig",
        "Settings",
        True,
    )


def test_a_lock_file_that_is_unchanged_is_written_byte_for_byte(house: Path) -> None:
    before = (house / "contract.lock").read_bytes()
    assert run(house) == 0
    assert (house / "contract.lock").read_bytes() == before
    assert before == lock.PATH.read_bytes()
    assert read(oas.read(lock.PATH)).operations
