"""Generation: complete or refused, the same bytes everywhere, and nothing half done."""

from __future__ import annotations

import copy
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scripts import document as oas
from scripts import generate, merge, staging, tree
from tests.conftest import ROOT


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A copy of the package, the document and the configuration, to break things in."""
    shutil.copytree(tree.PACKAGE, tmp_path / "enkrypt_api_client")
    for name in ("openapi.yaml", "generator-config.yaml"):
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def arguments(house: Path, *more: str) -> list[str]:
    return [
        "--document",
        str(house / "openapi.yaml"),
        "--config",
        str(house / "generator-config.yaml"),
        "--package",
        str(house / "enkrypt_api_client"),
        *more,
    ]


def change(house: Path, edit: Callable[[Any], None]) -> None:
    document = copy.deepcopy(oas.read(house / "openapi.yaml"))
    edit(document)
    (house / "openapi.yaml").write_text(merge.to_yaml(document), "utf-8")


def test_the_committed_tree_is_what_the_document_generates(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert generate.main(["--check"]) == 0, capsys.readouterr().err


@pytest.mark.parametrize(("seed", "line_length"), [("0", 40), ("1", 200), ("4242", 88)])
def test_same_bytes_whatever_hash_seed_working_directory_and_enclosing_ruff_settings(
    house: Path, seed: str, line_length: int
) -> None:
    before = tree.files(house / "enkrypt_api_client")
    (house / "ruff.toml").write_text(f"line-length = {line_length}\n")
    subprocess.run(
        [sys.executable, "-m", "scripts.generate", *arguments(house)],
        cwd=house,
        env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
        check=True,
    )
    assert tree.files(house / "enkrypt_api_client") == before


def test_every_generated_file_carries_a_banner_naming_the_command() -> None:
    generated = [
        path
        for name in tree.GENERATED
        for path in [tree.PACKAGE / name, *(tree.PACKAGE / name).rglob("*.py")]
        if path.suffix == ".py"
    ]
    assert len(generated) > 30
    for path in generated:
        assert "`make generate`" in path.read_text("utf-8").splitlines()[0], path


@pytest.mark.parametrize(
    ("damage", "line"),
    [
        (lambda p: (p / "client.py").write_text("x = 1\n"), "client.py"),
        (
            lambda p: (p / "models" / "tool.py").unlink(),
            "missing: enkrypt_api_client/models/tool.py",
        ),
        (
            lambda p: (p / "helpers.py").touch(),
            "unknown file: enkrypt_api_client/helpers.py",
        ),
        (
            lambda p: (p / "models" / "extra.py").touch(),
            "unknown file: enkrypt_api_client/models/extra.py",
        ),
    ],
)
def test_check_names_what_was_touched_and_the_repair_and_changes_nothing(
    house: Path, capsys: pytest.CaptureFixture[str], damage: Any, line: str
) -> None:
    damage(house / "enkrypt_api_client")
    before = tree.files(house)
    assert generate.main(arguments(house, "--check")) == 1
    said = capsys.readouterr().err
    assert line in said
    assert "make generate" in said
    assert tree.files(house) == before


def test_a_changed_document_is_stale_until_it_is_generated(house: Path) -> None:
    fields = ("components", "schemas", "ModifyModelResponseObject", "properties")

    def add(document: Any) -> None:
        place = document
        for part in fields:
            place = place[part]
        place["trace"] = {"type": "string"}

    change(house, add)
    assert generate.main(arguments(house, "--check")) == 1
    assert generate.main(arguments(house)) == 0
    assert generate.main(arguments(house, "--check")) == 0
    source = house / "enkrypt_api_client" / "models" / "modify_model_response_object.py"
    assert "trace: str | Unset = UNSET" in source.read_text("utf-8")


def _drop_override_target(house: Path) -> None:
    text = (house / "generator-config.yaml").read_text("utf-8")
    more = "  NoSuchClass: {class_name: Renamed, module_name: renamed}\n"
    (house / "generator-config.yaml").write_text(
        text.replace("class_overrides:\n", "class_overrides:\n" + more), "utf-8"
    )


def _break_hook(house: Path, hook: str) -> None:
    text = (house / "generator-config.yaml").read_text("utf-8")
    (house / "generator-config.yaml").write_text(
        text.partition("post_hooks:")[0] + f"post_hooks:\n  - {hook}\n", "utf-8"
    )


def _conflicting_property(document: Any) -> None:
    document["components"]["schemas"]["ModelRequestObject"]["properties"][
        "testing_for"
    ] = {
        "type": "array",
        "items": {"type": "integer"},
    }


@pytest.mark.parametrize(
    ("damage", "cause"),
    [
        (_drop_override_target, "NoSuchClass"),
        (lambda h: _break_hook(h, "no-such-command"), "no-such-command"),
        (lambda h: _break_hook(h, "ruff check --no-such-option"), "no-such-option"),
        (lambda h: (h / "openapi.yaml").write_text("a: [", "utf-8"), "not YAML"),
        (lambda h: (h / "openapi.yaml").unlink(), "cannot be read"),
        (lambda h: change(h, _conflicting_property), "schemas/ModelRequestObject"),
        (
            lambda h: (h / "enkrypt_api_client" / "__init__.py").write_text(
                "import nowhere_at_all\n"
            ),
            "nowhere_at_all",
        ),
    ],
)
def test_a_failure_says_what_and_where_and_leaves_the_old_tree_as_it_was(
    house: Path, capsys: pytest.CaptureFixture[str], damage: Any, cause: str
) -> None:
    damage(house)
    before = tree.files(house)
    assert generate.main(arguments(house)) == 2
    assert cause in capsys.readouterr().err
    assert tree.files(house) == before
    assert not list(house.glob(".staging-*"))


def test_what_the_defaults_lose_is_kept(tmp_path: Path, document: Any) -> None:
    staged = staging.stage(
        document, b"", ROOT / "generator-config.yaml", tmp_path / "package"
    )
    assert [(o.method, o.path) for o in staged.operations] == [
        ("patch", "/models/modify-model")
    ]


def test_leftovers_of_killed_runs_are_removed_and_those_of_living_ones_kept(
    tmp_path: Path,
) -> None:
    dead = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"],
        capture_output=True,
        text=True,
        check=True,
    )
    (tmp_path / f".staging-{dead.stdout.strip()}-x").mkdir()
    (tmp_path / f".staging-{os.getpid()}-y").mkdir()
    with tree.staging(tmp_path) as folder:
        assert {p.name for p in tmp_path.iterdir()} == {
            folder.name,
            f".staging-{os.getpid()}-y",
        }


def test_trees_are_exchanged_whole(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    for folder in (old, new):
        folder.mkdir()
        (folder / folder.name).touch()
    tree.swap(new, old)
    assert (old / "new").exists()
    assert (new / "old").exists()
