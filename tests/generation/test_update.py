"""Taking in vendor pages: from a file to openapi.yaml, or to one line that says why not."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from scripts import document as oas
from scripts import merge, update
from scripts.document import Json
from scripts.rewrite import part
from tests.conftest import PAGE, ROOT

FENCE = "````"
SIBLINGS = [
    PAGE.with_name(f"{name}.md")
    for name in ("get-model", "list-models", "add-model", "delete-model")
]
PATCH = "PATCH /models/modify-model"
LIST = "GET /models/list-models"


@pytest.fixture
def output(tmp_path: Path) -> Path:
    """openapi.yaml of the vendor's one page."""
    path = tmp_path / "openapi.yaml"
    assert update.main([str(PAGE), "--output", str(path)]) == 0
    return path


def run(output: Path, *arguments: str | Path) -> int:
    return update.main([*map(str, arguments), "--output", str(output)])


def page(tmp_path: Path, content: str, name: str = "page.md") -> Path:
    (tmp_path / name).write_bytes(content.encode())
    return tmp_path / name


def text_of(path: Path) -> str:
    """The text in the fence of a page."""
    return oas.source(path).text


def test_the_text_of_a_single_page_is_written_byte_for_byte(
    output: Path, tmp_path: Path
) -> None:
    content = PAGE.read_bytes()
    start = content.index(b"\n", content.index(b"````yaml")) + 1
    assert output.read_bytes() == content[start : content.index(b"````", start)]
    text = f"# A comment.\n{text_of(PAGE)}".replace("2.0.0", "'2.0.0'")
    assert run(output, page(tmp_path, text, "bare.yml")) == 0
    assert output.read_text("utf-8") == text


def test_json_becomes_yaml(tmp_path: Path) -> None:
    document = oas.read(PAGE)
    output = tmp_path / "openapi.yaml"
    assert run(output, page(tmp_path, json.dumps(document), "bare.json")) == 0
    assert oas.read(output) == document
    assert output.read_text("utf-8").startswith("openapi: 3.0.0\n")


def test_a_page_with_other_line_ends_is_added_with_those_of_the_file(
    output: Path, tmp_path: Path
) -> None:
    content = SIBLINGS[0].read_text("utf-8").replace("\n", "\r\n")
    assert run(output, page(tmp_path, content)) == 0
    assert len(merge.keys(oas.read(output))) == 2
    assert b"\r" not in output.read_bytes()


def test_sibling_pages_are_added_without_touching_a_line(output: Path) -> None:
    before = output.read_text("utf-8").splitlines()
    assert run(output, *SIBLINGS) == 0
    assert len(merge.keys(oas.read(output))) == 5
    kept = iter(output.read_text("utf-8").splitlines())
    assert all(line in kept for line in before)  # each, in this order
    for sibling in SIBLINGS:
        paths = text_of(sibling).partition("paths:\n")[2].partition("components:\n")[0]
        assert paths in output.read_text("utf-8")


def test_pages_give_the_same_file_together_one_by_one_and_again(output: Path) -> None:
    first = output.read_bytes()
    assert run(output, *SIBLINGS) == 0
    together = output.read_bytes()
    assert run(output, PAGE, "--start-over") == 0
    assert output.read_bytes() == first
    for sibling in SIBLINGS:
        assert run(output, sibling) == 0
    assert output.read_bytes() == together
    assert run(output, PAGE, *SIBLINGS) == 0
    assert output.read_bytes() == together


def test_a_new_version_of_a_page_replaces_its_operation_only(
    output: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(output, *SIBLINGS) == 0
    before = oas.read(output)
    text = SIBLINGS[1].read_text("utf-8").replace("maximum: 100", "maximum: 50")
    capsys.readouterr()
    assert run(output, page(tmp_path, text)) == 0
    after = oas.read(output)
    assert f"replaced {LIST}" in capsys.readouterr().out
    place = merge.keys(before)[LIST]
    assert part(after, place)["parameters"][1]["schema"]["maximum"] == 50
    del before["paths"][place[1]], after["paths"][place[1]]
    assert after == before


def test_removing_what_was_added_gives_the_first_file_again(
    output: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = output.read_bytes()
    assert run(output, *SIBLINGS) == 0
    added = [key for key in merge.keys(oas.read(output)) if key != PATCH]
    assert run(output, *(word for key in added for word in ("--remove", key))) == 0
    assert output.read_bytes() == before
    assert f"removed {LIST}" in capsys.readouterr().out


def test_an_operation_is_removed_only_when_asked_for(
    output: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(output, SIBLINGS[1]) == 0
    assert [*merge.keys(oas.read(output))] == [PATCH, LIST]
    assert run(output, SIBLINGS[1], "--start-over") == 0
    assert f"removed {PATCH}" in capsys.readouterr().out
    assert output.read_text("utf-8") == text_of(SIBLINGS[1])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "no page given"),
        (["--remove", "GET /x"], f"no operation 'GET /x' to remove; there are {PATCH}"),
        (["--remove", PATCH], "no operation would be left"),
        (["--start-over", "--remove", PATCH], "no page given"),
        (["does-not-exist.md"], "does-not-exist.md: cannot be read"),
    ],
)
def test_an_impossible_update_is_refused_and_changes_nothing(
    output: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    message: str,
) -> None:
    before = output.read_bytes()
    assert run(output, *arguments) == 2
    assert message in capsys.readouterr().err
    assert output.read_bytes() == before


def test_an_edit_by_hand_is_noticed_and_kept_on_demand(
    output: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert not update.is_edited(output)
    edited = output.read_text("utf-8").replace("minimum: 1", "minimum: 2")
    output.write_text(f"{edited}# edited\n", "utf-8")
    assert update.is_edited(output)
    assert run(output, SIBLINGS[0]) == 2
    assert "edited by hand" in capsys.readouterr().err
    assert run(output, SIBLINGS[0], "--keep-edits") == 0
    assert "# edited" in output.read_text("utf-8")
    assert run(output, SIBLINGS[1]) == 0
    output.unlink()
    assert run(output, SIBLINGS[1]) == 0


def test_the_recorded_hash_is_one_that_sha256sum_checks() -> None:
    committed = update.record(ROOT / "openapi.yaml")
    command = ["sha256sum", "-c", committed.name]
    assert subprocess.run(command, cwd=ROOT, check=False).returncode == 0
    assert not update.is_edited(ROOT / "openapi.yaml")


def test_the_change_of_the_accepted_contract_is_reported(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = PAGE.read_text("utf-8").replace("model_saved_name:", "saved_name:")
    assert run(tmp_path / "openapi.yaml", page(tmp_path, text)) == 0
    report = capsys.readouterr().out
    assert "ModelRequestObject.model_saved_name" in report
    assert "breaking" in report.lower()


@pytest.mark.parametrize("version", ["3.0.0", "3.1.0"])
@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("type: integer", "type: int", 312, "'int' is not allowed here; did you mean 'integer'?"),
        ("type: boolean", "type: bool", 346, "did you mean 'boolean'?"),
        ("in: header", "in: headers", 51, "did you mean 'header'?"),
        ("in: header", "on: header", 50, "'in' is a required property"),
        ("  version: 2.0.0", "  vershon: 2", 13, "'version' is a required property"),
        ("schemas/ModelRequestObject'", "schemas/Nowhere'", 69, "points to nothing"),
        ("'#/components/schemas/ModelRequestObject'", "other.yaml#/A", 69, "points outside the document"),
        ("openapi: 3", "swagger: 3", 12, "not an OpenAPI document"),
        ("yaml PATCH /models/modify-model", "yaml PUT /models", 12, "no PUT /models, which the fence names"),
        ("paths:\n", "paths:\n  /b: [\n", 45, "not YAML"),
    ],
)  # fmt: skip
def test_a_fault_in_a_page_is_one_line_with_the_line_of_the_file(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    version: str,
    old: str,
    new: str,
    line: int,
    message: str,
) -> None:
    text = PAGE.read_text("utf-8").replace("openapi: 3.0.0", f"openapi: {version}")
    path = page(tmp_path, text.replace(old, new, 1))
    assert run(tmp_path / "openapi.yaml", path) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert f"{path}: " in error
    assert message in error
    assert f"line {line}" in error
    assert [p.name for p in tmp_path.iterdir()] == ["page.md"]


MINIMAL = 'openapi: {version}\ninfo: {{title: T, version: "1"}}\npaths: {paths}\n'
GET = "{get: {responses: {'200': {description: d}}}}"


@pytest.mark.parametrize(
    ("version", "paths", "message"),
    [
        ("3.2.0", "{}", "OpenAPI 3.2.0, not 3.0 or 3.1"),
        ("3.0.0", "{}", "no operation would be left"),
        ("3.0.0", "{}\nunknown: 1", "line 1: not valid OpenAPI 3.0.0: 'unknown'"),
        ("3.1.0", "{}\ncomponents: {schemas: {A: {pattern: 1}}}", "#/components/schemas/A/pattern: not valid OpenAPI 3.1.0: 1 is not"),
    ],
)  # fmt: skip
def test_a_document_that_is_not_openapi_is_refused(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    version: str,
    paths: str,
    message: str,
) -> None:
    path = page(tmp_path, MINIMAL.format(version=version, paths=paths), "bare.yaml")
    assert run(tmp_path / "openapi.yaml", path) == 2
    assert message in capsys.readouterr().err


def test_what_concerns_single_operations_is_left_to_the_generator(
    tmp_path: Path,
) -> None:
    wrong = "{in: query, name: n, schema: {type: integer, default: all}}"
    more = f"{{get: {{operationId: same, parameters: [{wrong}], "
    named = GET.replace("{get: {", more)
    text = MINIMAL.format(version="3.1.0", paths=f"{{/a: {named}, '/b{{': {named}}}")
    assert run(tmp_path / "openapi.yaml", page(tmp_path, text, "bare.yaml")) == 0


# An alarm that arrives in a finalizer or a callback of the garbage collector is only printed, and comes again.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_document_that_would_take_forever_is_stopped(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(update, "SECONDS", 1)
    schemas: Json = {
        f"F{n}": {"allOf": [{"$ref": f"#/components/schemas/F{n + 1}"}] * 2}
        for n in range(25)
    }
    schemas |= {"F25": {}, "ModelRequestObject": {"$ref": "#/components/schemas/F0"}}
    document: Json = oas.read(PAGE)
    document["components"]["schemas"] |= schemas
    path = page(tmp_path, json.dumps(document), "bare.json")
    assert run(tmp_path / "openapi.yaml", path) == 2
    assert "takes longer than 1 seconds" in capsys.readouterr().err
    assert not (tmp_path / "openapi.yaml").exists()


def test_make_passes_pages_and_flags_on() -> None:
    command = ["make", "-n", "update", "PAGES=a.md b.md", "FLAGS=--remove 'GET /x'"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert "scripts.update --remove 'GET /x' a.md b.md\n" in done.stdout


def test_a_property_called_ref_or_example_is_no_reference() -> None:
    schema = {
        "type": "object",
        "properties": {"$ref": {"type": "string"}, "example": {"$ref": "#/x"}},
        "example": {"$ref": "just data"},
    }
    found = [ref for _place, ref in update.references({"schema": schema}, ())]
    assert found == ["#/x"]
