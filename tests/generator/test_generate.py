"""Generation: complete or refused, the same bytes everywhere, and nothing half done."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from openapi_python_client.parser import GeneratorData

from scripts import generate
from scripts.common import project, replace
from scripts.common.errors import GenerationError
from scripts.generator import build, origin, own_modules, render, secret_fields
from scripts.generator.configuration import configuration, facade_methods
from scripts.generator.regenerate import regeneration
from scripts.intake import document as oas
from scripts.intake import record
from tests.conftest import ROOT
from tests.generator import packages
from tests.generator.packages import Json
from tests.required import OPERATION, PATH

CONFIG = "generator-config.yaml"
ODD = "GET /models/../odd"


class House:
    """A copy of the package, the document and the configuration, to break things in."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self.package = folder, folder / project.PACKAGE.name
        self._capsys = capsys
        shutil.copytree(project.PACKAGE, self.package)
        for name in ("openapi.yaml", CONFIG):
            shutil.copy(ROOT / name, folder / name)
        left_out = configuration(ROOT / CONFIG).leave_out
        if left_out:
            self._remove(left_out)

    def _remove(self, left_out: Iterable[str]) -> None:
        """Remove the operations that the project leaves out: these tests are about others."""
        document = oas.read(self.folder / "openapi.yaml")
        for key in left_out:
            method, path = key.split(" ", 1)
            del document["paths"][path][method.lower()]
        (self.folder / "openapi.yaml").write_text(oas.to_yaml(document), "utf-8")
        text = (self.folder / CONFIG).read_text("utf-8")
        emptied = re.sub(r"(?m)^leave_out:.*\n(?: .*\n)*", "leave_out: {}\n", text)
        (self.folder / CONFIG).write_text(emptied, "utf-8")
        code, said = self.run()
        assert code == 0, said

    def arguments(self, package: Path) -> list[str]:
        document, config = self.folder / "openapi.yaml", self.folder / CONFIG
        return [f"--document={document}", f"--config={config}", f"--package={package}"]

    def run(self, *more: str, package: Path | None = None) -> tuple[int, str]:
        """The exit code of `make generate` here, and what it says."""
        code = generate.main([*self.arguments(package or self.package), *more])
        said = self._capsys.readouterr()
        return code, said.err if code or said.err else said.out

    def change(self, edit: Callable[[Json], None]) -> None:
        document = oas.read(self.folder / "openapi.yaml")
        edit(document)
        (self.folder / "openapi.yaml").write_text(oas.to_yaml(document), "utf-8")

    def configure(self, old: str, new: str) -> None:
        text = (self.folder / CONFIG).read_text("utf-8")
        assert old in text
        (self.folder / CONFIG).write_text(text.replace(old, new), "utf-8")

    def override(self) -> None:
        """Name a class that is not there."""
        entry = "class_overrides:\n  NoSuchClass: {class_name: A, module_name: a}\n"
        self.configure("class_overrides:\n", entry)

    def add_odd(self) -> None:
        """Add an operation that can't be generated."""
        odd: Json = {"/models/../odd": {"get": {"responses": {}}}}
        self.change(lambda document: document["paths"].update(odd))

    def leave_out(self, entry: str) -> None:
        if ODD in entry:
            self.add_odd()
        self.configure("leave_out: {}", f"leave_out: {entry}")


@pytest.fixture
def house(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> House:
    # As if somebody had decided on each credential. Until then `make generate` warns of it, and all that is printed begins with that.
    monkeypatch.setattr(secret_fields, "undecided_fields", lambda contract: [])
    return House(tmp_path, capsys)


@pytest.mark.parametrize(
    ("seed", "line_length"),
    [("0", 40), pytest.param("4242", 200, marks=pytest.mark.proof)],
)
def test_same_bytes_whatever_hash_seed_working_directory_and_enclosing_ruff_settings(
    house: House, seed: str, line_length: int
) -> None:
    before = project.files(house.package)
    (house.folder / "ruff.toml").write_text(f"line-length = {line_length}\n")
    subprocess.run(
        [sys.executable, "-m", "scripts.generate", *house.arguments(house.package)],
        cwd=house.folder,
        env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
        check=True,
    )
    assert project.files(house.package) == before


def test_every_generated_file_carries_a_banner_naming_the_command() -> None:
    generated = [
        path
        for path in project.PACKAGE.rglob("*.py")
        if path.relative_to(project.PACKAGE).parts[0] not in project.HAND_WRITTEN
    ]
    assert len(generated) > 30
    for path in generated:
        assert "`make generate`" in path.read_text("utf-8").splitlines()[0], path


def test_check_names_what_was_touched_and_the_repair_and_changes_nothing(
    house: House,
) -> None:
    assert house.run("--check") == (0, "")
    package = house.package
    (package / "client.py").write_text("x = 1\n", "utf-8")
    (package / "models" / "tool.py").unlink()
    (package / "helpers.py").touch()
    (package / "models" / "new.py").touch()
    before = project.files(house.folder)
    code, said = house.run("--check")
    assert code == 1
    for line in (
        f"differs from what openapi.yaml generates: {package.name}/client.py",
        f"missing: {package.name}/models/tool.py",
        f"unknown file: {package.name}/helpers.py; move it out of the package",
        f"unknown file: {package.name}/models/new.py; move it out of the package",
    ):
        assert f"generate: {line}\n" in said
    assert "make generate" in said
    assert project.files(house.folder) == before


def test_a_changed_document_is_stale_until_it_is_generated(house: House) -> None:
    def add(document: Json) -> None:
        held = document["components"]["schemas"]["ModifyModelResponseObject"]
        held["properties"]["trace"] = {"type": "string"}

    house.change(add)
    assert house.run("--check")[0] == 1
    told = r"generate: (1 operation|\d+ operations), 0 left out; {}\n"
    changed_files = r"2 files changed\ngenerate: changed: \S+/_document\.py, \S+/modify_model_response_object\.py"
    for changed in (changed_files, "nothing changed"):
        code, said = house.run()
        assert code == 0
        assert re.fullmatch(told.format(changed), said)
    source = house.package / "models" / "modify_model_response_object.py"
    assert "trace: str | Unset = UNSET" in source.read_text("utf-8")


def test_files_that_were_edited_by_hand_are_named_when_they_are_overwritten(
    house: House,
) -> None:
    for name in ("client.py", "models/tool.py"):
        (house.package / name).write_text("x = 1\n", "utf-8")
    code, said = house.run()
    assert code == 0
    assert "2 files changed" in said
    assert (
        "edited or removed by hand, or the generator or its configuration has changed"
        in said
    )
    for name in ("client.py", "models/tool.py"):
        assert f"{house.package.name}/{name}" in said


def test_files_that_came_and_went_are_told_from_those_that_changed(
    house: House,
) -> None:
    package = house.package
    (package / "models" / "tool.py").unlink()
    (package / "errors.py").write_text("x = 1\n", "utf-8")
    shutil.copy(package / "client.py", package / "models" / "old.py")
    assert f"no longer generated: {package.name}/models/old.py" in house.run("--check")[1]  # fmt: skip
    code, said = house.run()
    assert code == 0
    assert "1 file added, 1 file changed, 1 file removed\n" in said
    for line in ("added: {}/models/tool.py", "changed: {}/errors.py", "removed: {}/models/old.py"):  # fmt: skip
        assert f"generate: {line.format(package.name)}\n" in said


def test_what_the_facade_has_lost_is_named_before_the_entries_that_match_nothing(
    house: House,
) -> None:
    def rename(document: Json) -> None:
        operation = document["paths"][PATH]["patch"]
        operation["operationId"] = "alter_model"

    house.change(rename)
    entry = "  NoSuch{0}: {{class_name: A{0}, module_name: a{0}}}\n"
    entries = "".join(entry.format(number) for number in range(5))
    house.configure("class_overrides:\n", f"class_overrides:\n{entries}")
    code, said = house.run()
    assert code == 2
    lost, unmatched = said.splitlines()
    assert "modify_model in facade.py uses the operation modify_model" in lost
    assert "match nothing: NoSuch0, NoSuch1, NoSuch2 and 2 more; remove them" in unmatched  # fmt: skip


def test_a_package_of_another_document_is_known_without_generating(
    house: House,
) -> None:
    document = house.folder / "openapi.yaml"
    assert origin.stale_notice(document, house.package) == ""
    with document.open("a") as file:
        file.write("# newer\n")
    assert "run `make generate`" in origin.stale_notice(document, house.package)


def test_a_document_that_was_edited_by_hand_is_named(house: House) -> None:
    document = house.folder / "openapi.yaml"
    record.write(document, document.read_text("utf-8"))
    assert house.run("--check") == (0, "")
    with document.open("a") as file:
        file.write("# by hand\n")
    code, said = house.run()
    assert code == 0
    assert "openapi.yaml was edited by hand since the last update" in said
    assert "--keep-edits" in said
    code, said = house.run("--check")
    assert code == 1
    assert "openapi.yaml was edited by hand" in said


def write(name: str, text: str) -> Callable[[House], Any]:
    return lambda house: (house.folder / name).write_text(text, "utf-8")


@pytest.mark.parametrize(
    ("damage", "cause"),
    [
        (House.override, "match nothing: NoSuchClass; remove them with"),
        (lambda house: house.leave_out("5"), "leave_out maps operations to reasons"),
        (write(CONFIG, "leave_out: ]"), f"{CONFIG}: not YAML: line 1"),
        (write("openapi.yaml", "a: ["), "not YAML"),
        (write("openapi.yaml", "a: 1"), "not an OpenAPI"),
        (lambda house: (house.folder / "openapi.yaml").unlink(), "cannot be read"),
        (write("enkrypt_api_client/__init__.py", "import nowhere"), "No module named"),
        (House.add_odd, f"{ODD} can't be generated: the path '/models/../odd' cannot"),
        (House.add_odd, f"leave_out: {{'{ODD}': our reason}}"),
        (lambda house: house.leave_out(f"{{{ODD}: ' '}}"), f"{ODD} can't be generated"),
        (
            lambda house: house.leave_out("{GET /nowhere: gone}"),
            "GET /nowhere is not in the document; remove the entry",
        ),
        (
            lambda house: house.leave_out(f"{{{OPERATION}: unused}}"),
            f"{OPERATION} can be generated; remove the entry",
        ),
    ],
)
def test_a_failure_says_what_and_where_and_leaves_the_old_tree_as_it_was(
    house: House, damage: Any, cause: str
) -> None:
    damage(house)
    before = project.files(house.folder)
    code, said = house.run()
    assert code == 2
    assert cause in said
    assert project.files(house.folder) == before
    assert not list(house.folder.glob(".staging-*"))


def test_a_formatter_that_fails_stops_generation(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(render, "HOOKS", ("check --no-such-option",))
    code, said = house.run()
    assert code == 2
    assert "no-such-option" in said


def test_unused_overrides_are_dropped_on_demand_and_nothing_else_is(
    house: House,
) -> None:
    before = project.files(house.folder)
    house.override()
    code, said = house.run("--drop-overrides")
    assert code == 0
    assert "removed from class_overrides what matches nothing (any more): " in said
    assert project.files(house.folder) == before


def test_overrides_are_dropped_from_entries_on_several_lines_and_at_any_indent(
    house: House,
) -> None:
    entry = (
        "class_overrides:\n  'NoSuchClass':\n    class_name: A\n\n    module_name: a\n"
    )
    house.configure("class_overrides:\n", entry)
    text = (house.folder / CONFIG).read_text("utf-8")
    (house.folder / CONFIG).write_text(text.replace("\n  ", "\n      "), "utf-8")
    assert house.run("--drop-overrides")[0] == 0
    assert house.run("--check") == (0, "")


def test_overrides_that_cannot_be_dropped_are_named_and_nothing_is_changed(
    house: House,
) -> None:
    text = (house.folder / CONFIG).read_text("utf-8")
    overrides = re.findall(r"^  (M\w+: .+)$", text, re.MULTILINE)
    entries = ", ".join(overrides)
    flow = f"class_overrides: {{No: {{class_name: A, module_name: a}}, {entries}}}\n"
    text = re.sub(r"class_overrides:\n(  .+\n)+", lambda _: flow, text)
    (house.folder / CONFIG).write_text(text, "utf-8")
    before = project.files(house.folder)
    code, said = house.run("--drop-overrides")
    assert code == 2
    assert "class_overrides: write No on lines of their own, or remove" in said
    assert project.files(house.folder) == before


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[leave_out]", "maps settings to their values"),
        ("nestd_values: json", "there is no setting 'nestd_values'; the settings are"),
        ("nested_values: [json]", "nested_values is ['json']; choose one of brackets"),
        ("class_overrides: [A]", "class_overrides maps classes to class_name and mod"),
        ("class_overrides: {A: B}", "class_overrides: A: an entry has the keys class_"),
        (
            "class_overrides: {A: {class_name: , module_name: b}}",
            "class_overrides: A: class_name must be a string",
        ),
        (
            "class_overrides: {A: {class_name: B, module_name: a-b}}",
            "class_overrides: A: module_name 'a-b' can't be the name of a module; a_b",
        ),
        (
            "class_overrides: {A: {class_name: str, module_name: b}}",
            "class_overrides: A: class_name 'str' can't be the name of a class; Str",
        ),
        ("leave_out: {GET /a: [b]}", "leave_out: GET /a: the reason must be a string"),
        (
            "leave_out: {GET /a: {response 404: [b]}}",
            "leave_out: GET /a: response 404: the reason must be a string",
        ),
        ("facade: {get: {}}", "facade: get: operation must be a string"),
        (
            "facade: {get: {operation: a, parameters: b}}",
            "facade: get: parameters must be a list of strings",
        ),
        (
            "facade: {get: {operation: a, field: [b]}}",
            "facade: get: there is no key 'field'; the keys are operation",
        ),
    ],
)
def test_a_setting_that_is_not_what_it_should_be_is_named(
    tmp_path: Path, text: str, problem: str
) -> None:
    config = tmp_path / CONFIG
    config.write_text(text, "utf-8")
    read = facade_methods if text.startswith("facade") else configuration
    with pytest.raises(GenerationError) as caught:
        read(config)
    assert problem in str(caught.value)


def test_an_operation_that_is_left_out_is_said(house: House) -> None:
    house.leave_out(f"{{{ODD}: nobody calls it}}")
    code, said = house.run()
    assert code == 0
    assert f"left out: {ODD}: nobody calls it (the path '/models/../odd' cannot" in said
    assert "1 left out" in said


ODD_PART = "GET /models/odd"


def with_odd_part(document: Json) -> None:
    """Add an operation with a response that leads nowhere."""
    responses: Json = {"200": {"description": ""}, "404": {"$ref": "#/nowhere"}}
    document["paths"]["/models/odd"] = {
        "get": {"operationId": "odd", "responses": responses}
    }


def test_a_response_that_is_left_out_alone_is_said_there_and_in_the_docstring(
    house: House,
) -> None:
    house.change(with_odd_part)
    code, said = house.run()
    assert code == 2
    entry = f"{{'{ODD_PART}': {{'response 404': our reason}}}}"
    assert (
        f"only the response 404 stands in the way; to leave out nothing else, say so in {CONFIG}: leave_out: {entry}"
        in said
    )
    house.leave_out(entry)
    code, said = house.run()
    assert code == 0
    assert f"left out of {ODD_PART}: response 404: our reason" in said
    module = (house.package / "api" / "default" / "odd.py").read_text("utf-8")
    assert "Left out:\n        response 404: our reason\n" in module


@pytest.mark.parametrize(
    ("part", "problem"),
    [
        ("response 404", "is no optional parameter or response of it, or can be"),
        pytest.param(
            *("header parameter My Name", "has no reason; give one"),
            marks=pytest.mark.proof,
        ),
    ],
)
def test_an_entry_for_a_part_that_is_of_no_use_is_named(
    house: House, part: str, problem: str
) -> None:
    def edit(document: Json) -> None:
        with_odd_part(document)
        operation = document["paths"]["/models/odd"]["get"]
        operation["responses"]["404"] = {"description": ""}
        operation["parameters"] = [{"in": "header", "name": "My Name"}]

    house.change(edit)
    code, said = house.run()
    assert code == 0
    assert f"warning: left out of {ODD_PART}: header parameter My Name: " in said
    house.leave_out(f"{{'{ODD_PART}': {{'{part}': ' '}}}}")
    code, said = house.run()
    assert code == 2
    assert f"{ODD_PART}: '{part}' {problem}" in said


def test_an_entry_of_leave_out_that_says_nothing_is_not_taken_for_a_reason(
    tmp_path: Path,
) -> None:
    config = tmp_path / CONFIG
    config.write_text("leave_out: {GET /a: , GET /b: {response 404: }}", "utf-8")
    configured = configuration(config)
    assert configured.leave_out == {"GET /a": ""}
    assert configured.leave_out_parts == {"GET /b": {"response 404": ""}}


def three() -> Json:
    """A document with three operations, two of which share a class."""
    use = packages.ref("Shared")
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
    def prove(planned: Any, data: Any) -> Iterator[str]:
        yield from (f"class {made.name} is wrong" for made, _ in planned.classes)

    monkeypatch.setattr(render, "prove", prove)
    contract, package = build.generate_possible(three(), b"", tmp_path, {})
    reasons = {key: left.reason for key, left in contract.left_out.items()}
    assert reasons == dict.fromkeys(["GET /one", "GET /two"], "class Shared is wrong")
    assert list(contract.operations) == ["GET /other"]
    assert contract.types == {}
    made = {path.name for path in (package / "api" / "t").iterdir()}
    assert made == {"__init__.py", "other.py"}


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("def", "SyntaxError"),
        pytest.param(
            *("from nowhere import at_all as at_all", "ModuleNotFoundError"),
            marks=pytest.mark.proof,
        ),
        pytest.param("raise SystemExit", "SystemExit", marks=pytest.mark.proof),
        pytest.param(
            *(r'TEXT = "\d"', "SyntaxError: invalid escape"), marks=pytest.mark.proof
        ),
    ],
)
def test_a_module_that_does_not_import_leaves_its_operation_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str, said: str
) -> None:
    write = own_modules.write

    def damaged(contract: Any, planned: Any, folder: Path, **options: Any) -> Any:
        module = folder / "api" / "t" / "two.py"
        if module.exists():
            module.write_text(module.read_text("utf-8") + source + "\n", "utf-8")
        return write(contract, planned, folder, **options)

    monkeypatch.setattr(own_modules, "write", damaged)
    contract, _package = build.generate_possible(three(), b"", tmp_path, {})
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
    contract, _package = build.generate_possible(three(), b"", tmp_path, {})
    assert list(contract.operations) == ["GET /one", "GET /two"]
    assert "KeyError: 'of its own'" in contract.left_out["GET /other"].reason


def test_a_document_of_which_nothing_can_be_carried_is_an_empty_package(
    tmp_path: Path,
) -> None:
    path = tmp_path / "document.json"
    nothing = packages.document({"/a/../b": {"get": {"responses": {}}}})
    path.write_text(json.dumps(nothing), "utf-8")
    built = build.build(path, tmp_path)
    assert list(built.contract.left_out) == ["GET /a/../b"]
    render.import_all(built.package)


def test_leftovers_of_killed_runs_are_removed_and_those_of_living_ones_kept(
    tmp_path: Path,
) -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    alive = f".staging-{os.getpid()}-y"
    for name in (f".staging-{dead.pid}-x", alive):
        (tmp_path / name).mkdir()
    with replace.staging(tmp_path) as folder:
        assert {path.name for path in tmp_path.iterdir()} == {folder.name, alive}


def test_a_new_folder_becomes_a_whole_package_and_nothing_else_is_replaced(
    house: House,
) -> None:
    new, other = house.folder / "out" / house.package.name, house.folder / "other"
    assert house.run(package=new)[0] == 0
    assert project.files(new) == project.files(house.package)
    other.mkdir()
    (other / "notes.txt").touch()
    code, said = house.run(package=other)
    assert code == 2
    assert f"{other} is no package of ours: it has no facade.py" in said
    assert list(project.files(other)) == ["notes.txt"]


@pytest.mark.parametrize("name", ["exceptions.py", "_runtime/values.py"])
def test_a_hand_written_file_that_is_not_there_is_named_with_what_to_do(
    house: House, name: str
) -> None:
    (house.package / name).unlink()
    code, said = house.run()
    assert code == 2
    assert f"written by hand: {house.package.name}/{name}; take them from git" in said


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("models/mine.py", "mine.py was not generated, and would be deleted"),
        ("facade.py", "facade.py was changed while the client was generated"),
        pytest.param(
            *("_runtime/mine.py", "mine.py was changed while the client was generated"),
            marks=pytest.mark.proof,
        ),
    ],
)
def test_a_file_that_is_saved_while_the_client_is_generated_is_not_lost(
    house: House, name: str, problem: str
) -> None:
    document = house.folder / "openapi.yaml"
    with regeneration(document, house.folder / CONFIG, house.package) as regenerated:
        (house.package / name).write_text("# mine\n", "utf-8")
        with pytest.raises(GenerationError, match=problem):
            regenerated.install()
    assert (house.package / name).read_text("utf-8") == "# mine\n"


def test_a_file_of_somebody_else_in_the_package_is_named_and_stays(
    house: House,
) -> None:
    mine = house.package / "models" / "mine.py"
    mine.write_text("# mine\n", "utf-8")
    (house.package / "notes.txt").touch()
    code, said = house.run()
    assert code == 2
    assert "models/mine.py was not generated, and would be deleted" in said
    assert "notes.txt was not generated, and would be deleted" in said
    code, said = house.run("--check")
    assert code == 1
    assert "models/mine.py; move it out of the package" in said
    assert "make generate" not in said
    assert mine.read_text("utf-8") == "# mine\n"
    mine.unlink()
