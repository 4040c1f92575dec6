"""Generation: complete or refused, the same bytes everywhere, and nothing half done."""

from __future__ import annotations

import copy
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from openapi_python_client.parser import GeneratorData

from scripts import document as oas
from scripts import generate, tree
from scripts.contract.model import Contract
from scripts.generator import own_modules, run
from scripts.generator.plan import Plan
from tests.conftest import ROOT
from tests.generation import packages


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
    (house / "openapi.yaml").write_text(oas.to_yaml(document), "utf-8")


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
        (lambda p: (p / "client.py").write_text("x = 1\n"), "generates: {}/client.py"),
        (lambda p: (p / "models/tool.py").unlink(), "missing: {}/models/tool.py"),
        (lambda p: (p / "helpers.py").touch(), "unknown file: {}/helpers.py"),
        (lambda p: (p / "models/new.py").touch(), "unknown file: {}/models/new.py"),
    ],
)
def test_check_names_what_was_touched_and_the_repair_and_changes_nothing(
    house: Path, capsys: pytest.CaptureFixture[str], damage: Any, line: str
) -> None:
    damage(house / "enkrypt_api_client")
    before = tree.files(house)
    assert generate.main(arguments(house, "--check")) == 1
    said = capsys.readouterr().err
    assert line.format("enkrypt_api_client") in said
    assert "make generate" in said
    assert tree.files(house) == before


def test_a_changed_document_is_stale_until_it_is_generated(
    house: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def add(document: Any) -> None:
        held = document["components"]["schemas"]["ModifyModelResponseObject"]
        held["properties"]["trace"] = {"type": "string"}

    change(house, add)
    assert generate.main(arguments(house, "--check")) == 1
    assert generate.main(arguments(house)) == 0
    assert generate.main(arguments(house)) == 0
    said = capsys.readouterr().out.splitlines()
    assert [line.partition("; ")[2] for line in said] == [
        "2 files changed",
        "nothing changed",
    ]
    source = house / "enkrypt_api_client" / "models" / "modify_model_response_object.py"
    assert "trace: str | Unset = UNSET" in source.read_text("utf-8")


def configure(house: Path, old: str, new: str) -> None:
    path = house / "generator-config.yaml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def _override(house: Path) -> None:
    entry = "  NoSuchClass: {class_name: Renamed, module_name: renamed}\n"
    configure(house, "class_overrides:\n", "class_overrides:\n" + entry)


@pytest.mark.parametrize(
    ("damage", "cause"),
    [
        (_override, "match nothing: NoSuchClass\n  remove them with"),
        (lambda h: configure(h, "leave_out: {}", "leave_out: 5"), "AttributeError"),
        (
            lambda h: configure(h, "class_overrides:", "class_overrides: ["),
            "generator-config.yaml: not YAML: line 7",
        ),
        (lambda h: (h / "openapi.yaml").write_text("a: [", "utf-8"), "not YAML"),
        (lambda h: (h / "openapi.yaml").write_text("a: 1", "utf-8"), "not an OpenAPI"),
        (lambda h: (h / "openapi.yaml").unlink(), "cannot be read"),
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


def test_a_formatter_that_fails_stops_generation(
    house: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "HOOKS", ("check --no-such-option",))
    before = tree.files(house)
    assert generate.main(arguments(house)) == 2
    assert "no-such-option" in capsys.readouterr().err
    assert tree.files(house) == before


def test_unused_overrides_are_dropped_on_demand_and_nothing_else_is(
    house: Path,
) -> None:
    before = tree.files(house)
    _override(house)
    assert generate.main(arguments(house, "--drop-overrides")) == 0
    assert tree.files(house) == before


# Operations that can't be generated

ODD = "GET /models/../odd"


def _add_odd(document: Any) -> None:
    document["paths"]["/models/../odd"] = {"get": {"responses": {}}}


def test_an_operation_that_cannot_be_carried_stops_generation_until_it_is_left_out(
    house: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change(house, _add_odd)
    assert generate.main(arguments(house)) == 2
    said = capsys.readouterr().err
    assert (
        f"{ODD} can't be generated: the path '/models/../odd' cannot be called" in said
    )
    assert f"leave_out: {{'{ODD}': our reason}}" in said
    configure(house, "leave_out: {}", f"leave_out: {{{ODD}: nobody calls it}}")
    assert generate.main(arguments(house)) == 0
    said = capsys.readouterr().out
    assert f"left out: {ODD}: nobody calls it (the path '/models/../odd' cannot" in said
    assert "1 left out" in said


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (
            "{GET /nowhere: gone}",
            "GET /nowhere is not in the document; remove the entry",
        ),
        (
            "{PATCH /models/modify-model: we never call it}",
            "PATCH /models/modify-model can be carried; remove the entry",
        ),
        ("{GET /models/../odd: ' '}", "GET /models/../odd can't be generated"),
    ],
)
def test_a_wrong_entry_of_leave_out_stops_generation(
    house: Path, capsys: pytest.CaptureFixture[str], entry: str, said: str
) -> None:
    if ODD in entry:
        change(house, _add_odd)
    configure(house, "leave_out: {}", f"leave_out: {entry}")
    assert generate.main(arguments(house)) == 2
    assert said in capsys.readouterr().err


def three() -> Any:
    """A document with three operations, two of which share a class."""
    use = {"$ref": "#/components/schemas/Shared"}
    paths = {
        f"/{name}": {
            "get": {
                "operationId": name,
                "tags": ["t"],
                "responses": packages.answer(schema),
            }
        }
        for name, schema in (("one", use), ("two", use), ("other", {"type": "string"}))
    }
    shared = {"type": "object", "properties": {"a": {"type": "string"}}}
    return packages.document(paths, Shared=shared)


def test_what_the_proof_finds_in_a_class_leaves_out_all_that_reach_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def prove(planned: Plan, data: Any) -> Iterator[str]:
        for made, _ in planned.classes:
            yield f"class {made.name}: field should be str and is int"

    monkeypatch.setattr(run, "prove", prove)
    contract, package = run.carry(three(), b"", tmp_path, {})
    assert {key: left.reason for key, left in contract.left_out.items()} == {
        f"GET /{name}": "class Shared: field should be str and is int"
        for name in ("one", "two")
    }
    assert list(contract.operations) == ["GET /other"]
    assert contract.types == {}
    made = {path.name for path in (package / "api" / "t").iterdir()}
    assert made == {"__init__.py", "other.py"}


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("def", "SyntaxError"),
        ("from nowhere import at_all as at_all", "ModuleNotFoundError"),
        ("raise SystemExit", "SystemExit"),
        (r'TEXT = "\d"', "SyntaxError: invalid escape"),
    ],
)
def test_a_module_that_does_not_import_leaves_its_operation_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str, said: str
) -> None:
    write = own_modules.write

    def damaged(contract: Contract, planned: Plan, folder: Path, *, text: bytes) -> Any:
        module = folder / "api" / "t" / "two.py"
        if module.exists():
            module.write_text(module.read_text("utf-8") + source + "\n", "utf-8")
        return write(contract, planned, folder, text=text)

    monkeypatch.setattr(own_modules, "write", damaged)
    contract, _package = run.carry(three(), b"", tmp_path, {})
    assert list(contract.operations) == ["GET /one", "GET /other"]
    assert said in contract.left_out["GET /two"].reason


def test_a_crash_leaves_out_the_operation_at_which_it_happens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from_dict = GeneratorData.from_dict

    def crashing(data: Any, *, config: Any) -> Any:
        if "string" in str(data["paths"]):
            raise KeyError("of its own")
        return from_dict(data, config=config)

    monkeypatch.setattr(GeneratorData, "from_dict", crashing)
    contract, _package = run.carry(three(), b"", tmp_path, {})
    assert list(contract.operations) == ["GET /one", "GET /two"]
    assert "KeyError: 'of its own'" in contract.left_out["GET /other"].reason


def test_a_document_of_which_nothing_can_be_carried_is_an_empty_package(
    tmp_path: Path,
) -> None:
    path = tmp_path / "document.json"
    path.write_text(
        json.dumps(packages.document({"/a#b": {"get": {"responses": {}}}})), "utf-8"
    )
    built = generate.build(path, tmp_path)
    assert list(built.contract.left_out) == ["GET /a#b"]
    run.import_all(built.package)


def test_leftovers_of_killed_runs_are_removed_and_those_of_living_ones_kept(
    tmp_path: Path,
) -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    (tmp_path / f".staging-{dead.pid}-x").mkdir()
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


def test_a_new_folder_becomes_a_whole_package_and_nothing_else_is_replaced(
    house: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    new, other = house / "out" / tree.PACKAGE.name, house / "other"
    places = arguments(house)[:4]
    assert generate.main([*places, "--package", str(new)]) == 0
    assert tree.files(new) == tree.files(house / tree.PACKAGE.name)
    other.mkdir()
    (other / "notes.txt").touch()
    assert generate.main([*places, "--package", str(other)]) == 2
    assert f"{other} is no package" in capsys.readouterr().err
    assert list(tree.files(other)) == ["notes.txt"]
