"""Taking in vendor pages: from a file to openapi.yaml, or to one line that says why not."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from scripts import update
from scripts.common import limits
from scripts.common.errors import FileError
from scripts.intake import document as oas
from scripts.intake import pages, record
from scripts.intake.document import Json
from scripts.intake.parts import operation_keys
from tests.conftest import PAGE, ROOT

SIBLINGS = [
    PAGE.with_name(f"{name}.md")
    for name in ("get-model", "list-models", "add-model", "delete-model")
]
PATCH = "PATCH /models/modify-model"
LIST = "GET /models/list-models"


class Desk:
    """A folder with pages, and openapi.yaml into which they are taken."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self.file, self.capsys = folder, folder / "openapi.yaml", capsys

    def page(self, content: str, name: str = "page.md") -> Path:
        (self.folder / name).write_bytes(content.encode())
        return self.folder / name

    def update(self, *arguments: str | Path, status: int = 0) -> str:
        """What an update prints that ends with this exit code."""
        arguments = (*arguments, "--output", self.file)
        assert update.main([*map(str, arguments)]) == status
        printed = self.capsys.readouterr()
        return printed.err if status else printed.out

    def text(self) -> str:
        return self.file.read_bytes().decode()

    def operations(self) -> list[str]:
        return [*operation_keys(oas.read(self.file))]


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    return Desk(tmp_path, capsys)


@pytest.fixture(scope="module")
def taken_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into whose openapi.yaml the vendor's one page was taken. Tests don't change it."""
    folder = tmp_path_factory.mktemp("taken_in")
    assert update.main([str(PAGE), "--output", str(folder / "openapi.yaml")]) == 0
    return folder


@pytest.fixture
def vendor(taken_in: Path, desk: Desk) -> Desk:
    """With the vendor's one page taken in."""
    shutil.copytree(taken_in, desk.folder, dirs_exist_ok=True)
    desk.capsys.readouterr()
    return desk


def test_the_text_of_a_single_page_is_written_byte_for_byte(vendor: Desk) -> None:
    content = PAGE.read_text("utf-8")
    assert vendor.text() == content.partition("modify-model\n")[2].partition("````")[0]
    text = f"# A comment.\n{vendor.text()}".replace("2.0.0", "'2.0.0'")
    assert vendor.update(vendor.page(text, "bare.yml"))
    assert vendor.text() == text


def test_json_becomes_yaml(desk: Desk) -> None:
    document = oas.read(PAGE)
    desk.update(desk.page(json.dumps(document), "bare.json"))
    assert oas.read(desk.file) == document
    assert desk.text().startswith("openapi: 3.0.0\n")


def test_a_page_with_other_line_ends_is_added_with_those_of_the_file(
    vendor: Desk,
) -> None:
    content = SIBLINGS[0].read_text("utf-8").replace("\n", "\r\n")
    vendor.update(vendor.page(content))
    assert len(vendor.operations()) == 2
    assert "\r" not in vendor.text()


def test_a_page_that_was_saved_with_other_line_ends_is_the_same(vendor: Desk) -> None:
    content = PAGE.read_text("utf-8")
    vendor.update(vendor.page(content.replace("\n", "\r\n")))
    assert vendor.file.read_bytes() == vendor.text().encode()
    assert "\r" not in vendor.text()


def test_sibling_pages_are_added_as_they_are_spelled_and_no_line_is_touched(
    vendor: Desk,
) -> None:
    before = vendor.text().splitlines()
    vendor.update(*SIBLINGS)
    kept = iter(vendor.text().splitlines())
    assert all(line in kept for line in before)  # each, in this order
    for sibling in SIBLINGS:
        paths = oas.source(sibling).text.partition("paths:\n")[2]
        assert paths.partition("components:\n")[0] in vendor.text()


def test_pages_give_the_same_file_together_one_by_one_and_again(vendor: Desk) -> None:
    first = vendor.text()
    vendor.update(*SIBLINGS)
    together, added = vendor.text(), vendor.operations()[1:]
    removed = vendor.update(*(word for key in added for word in ("--remove", key)))
    assert f"removed {LIST}" in removed
    assert vendor.text() == first
    for sibling in SIBLINGS:
        vendor.update(sibling)
    assert vendor.text() == together
    vendor.update(PAGE, *SIBLINGS)
    assert vendor.text() == together


def test_a_new_version_of_a_page_replaces_its_operation_only(vendor: Desk) -> None:
    vendor.update(*SIBLINGS)
    before = vendor.text()
    text = SIBLINGS[1].read_text("utf-8").replace("maximum: 100", "maximum: 50")
    printed = vendor.update(vendor.page(text))
    assert f"wrote openapi.yaml: 5 operations\nupdate: replaced {LIST}\n" in printed
    assert vendor.text() == before.replace("maximum: 100", "maximum: 50")


def test_an_operation_is_named_if_only_a_schema_that_it_refers_to_has_changed(
    vendor: Desk,
) -> None:
    vendor.update(*SIBLINGS)
    text = PAGE.read_text("utf-8").replace("                - boxai\n", "")
    printed = vendor.update(vendor.page(text))
    assert f"update: changed {PATCH}, in what it refers to\n" in printed
    assert "changed DELETE" not in printed


def test_other_operations_are_dropped_only_when_asked_for(vendor: Desk) -> None:
    vendor.update(SIBLINGS[1])
    assert vendor.operations() == [PATCH, LIST]
    printed = vendor.update(SIBLINGS[1], "--start-over")
    assert f": 1 operation\nupdate: removed {PATCH}" in printed
    assert vendor.text() == oas.source(SIBLINGS[1]).text


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
    vendor: Desk, arguments: list[str], message: str
) -> None:
    before = vendor.text()
    assert message in vendor.update(*arguments, status=2)
    assert vendor.text() == before


def test_an_edit_by_hand_is_noticed_and_kept_on_demand(vendor: Desk) -> None:
    edited = vendor.text().replace("minimum: 1", "minimum: 2")
    vendor.file.write_text(f"{edited}# edited\n", "utf-8")
    assert "edited by hand" in vendor.update(SIBLINGS[0], status=2)
    vendor.update(SIBLINGS[0], "--keep-edits")
    assert "# edited" in vendor.text()
    vendor.file.write_text(f"{vendor.text()}# once more\n", "utf-8")
    assert "is unchanged: " in vendor.update("--keep-edits")
    vendor.update(SIBLINGS[1])
    vendor.file.unlink()
    vendor.update(SIBLINGS[1])
    vendor.file = vendor.folder / "no-such-folder" / "openapi.yaml"
    assert "No such file or directory" in vendor.update(SIBLINGS[1], status=2)


def test_a_recorded_hash_that_is_damaged_counts_as_an_edit(vendor: Desk) -> None:
    record.hash_file(vendor.file).write_bytes(b"\xff\xfe")
    assert "edited by hand" in vendor.update(SIBLINGS[0], status=2)


def test_a_folder_in_place_of_the_recorded_hash_is_named(tmp_path: Path) -> None:
    (tmp_path / "openapi.yaml").touch()
    (tmp_path / "openapi.yaml.sha256").mkdir()
    with pytest.raises(FileError, match=r"^openapi.yaml.sha256: cannot be read: Is a"):
        record.is_edited(tmp_path / "openapi.yaml")


def test_the_recorded_hash_is_one_that_sha256sum_checks() -> None:
    command = ["sha256sum", "-c", "openapi.yaml.sha256"]
    assert subprocess.run(command, cwd=ROOT, check=False).returncode == 0
    assert not record.is_edited(ROOT / "openapi.yaml")


def test_the_change_of_the_accepted_contract_is_reported(desk: Desk) -> None:
    text = PAGE.read_text("utf-8").replace("model_saved_name:", "saved_name:")
    report = desk.update(desk.page(text))
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
        ("schemas/ModelRequestObject'", "schemas/Nowhere'", 69, "points to nothing; correct or remove it in a saved copy of the page"),
        ("'#/components/schemas/ModelRequestObject'", "other.yaml#/A", 69, "points outside the document"),
        ("openapi: 3", "swagger: 3", 12, "not an OpenAPI document"),
        ("yaml PATCH /models/modify-model", "yaml PUT /models", 12, "no PUT /models, which the fence names"),
        ("paths:\n", "paths:\n  /b: [\n", 45, "not YAML"),
    ],
)  # fmt: skip
def test_a_fault_in_a_page_is_one_line_with_the_line_of_the_file(
    desk: Desk, version: str, old: str, new: str, line: int, message: str
) -> None:
    text = PAGE.read_text("utf-8").replace("openapi: 3.0.0", f"openapi: {version}")
    path = desk.page(text.replace(old, new, 1))
    error = desk.update(path, status=2)
    assert error.startswith(f"update: {path}: ")
    assert error.count("\n") == 1
    assert message in error
    assert f"line {line}" in error
    assert [*desk.folder.iterdir()] == [path]


@pytest.mark.parametrize(
    ("where", "fault"),
    [
        ("in: query, style: curly", "/style: not valid OpenAPI 3.0.0: 'curly' is not allowed here; use one of ['form', 'space"),
        ("in: header, style: form", "/style: not valid OpenAPI 3.0.0: 'form' is not allowed here; use one of ['simple']"),
        ("in: quary, style: form", "/in: not valid OpenAPI 3.0.0: 'quary' is not allowed here; did you mean 'query'?"),
        ("in: query, requird: true", ": not valid OpenAPI 3.0.0: 'requird' does not match"),
    ],
)  # fmt: skip
def test_the_fault_of_a_parameter_is_that_of_its_kind(
    desk: Desk, where: str, fault: str
) -> None:
    lines = where.replace(", ", "\n          ")
    text = PAGE.read_text("utf-8").replace("in: header", lines, 1)
    assert f"parameters/0{fault}" in desk.update(desk.page(text), status=2)


INFO = 'info: {title: T, version: "1"}'
LATER = "\ncomponents: {schemas: {A: {type: object, 'pattern': 1, required: a}}}"
SCHEMES = "\ncomponents: {securitySchemes: {k: {type: x, name: n, in: query}}}"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("openapi: 3.9.0", "OpenAPI 3.9.0, not 3.0, 3.1 or 3.2"),
        (f"openapi: 3.0.0\n{INFO}\npaths: {{}}", "there is no operation inside"),
        (f"openapi: 3.0.0\n{INFO}\npaths: {{}}\nunknown: 1", "line 1: not valid OpenAPI 3.0.0: 'unknown'"),
        (f"openapi: 3.1.0\n{INFO}{LATER}", "#/components/schemas/A/pattern: not valid OpenAPI 3.1.0: 1 is not"),
        (f"openapi: 3.1.0\n{INFO}{SCHEMES}", "#/components/securitySchemes/k/type: not valid"),
        (f"openapi: 3.1.0\ninfo:\n  title: 1{LATER}", "line 2: #/info: not valid OpenAPI 3.1.0: 'version' is a"),
    ],
)  # fmt: skip
def test_a_document_that_is_not_openapi_is_refused_for_its_first_fault(
    desk: Desk, text: str, message: str
) -> None:
    assert message in desk.update(desk.page(text, "bare.yaml"), status=2)


def test_what_concerns_single_operations_is_left_to_the_generator(desk: Desk) -> None:
    wrong = "{in: query, name: n, schema: {type: integer, default: all}}"
    answers = "responses: {'200': {description: d}}"
    same = f"{{get: {{operationId: same, parameters: [{wrong}], {answers}}}}}"
    paths = f"paths: {{/a: {same}, '/b{{': {same}}}"
    desk.update(desk.page(f"openapi: 3.1.0\n{INFO}\n{paths}", "bare.yaml"))


# An alarm that arrives in a finalizer or a callback of the garbage collector is only printed, and comes again.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_document_that_would_take_forever_is_stopped(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never_ends(*_: object) -> None:
        while True:
            pass

    monkeypatch.setattr(limits, "RING_AGAIN_AFTER", 0.05)
    monkeypatch.setattr(update, "SECONDS", 0.2)
    monkeypatch.setattr(update, "check", never_ends)
    page = desk.page(json.dumps(oas.read(PAGE)), "bare.json")
    assert "takes longer than 0.2 seconds" in desk.update(page, status=2)
    assert not desk.file.exists()


def test_parts_that_double_with_each_level_cost_little(desk: Desk) -> None:
    twice: Json = {
        f"F{n}": {"allOf": [{"$ref": f"#/components/schemas/F{n + 1}"}] * 2}
        for n in range(25)
    }
    twice |= {"F25": {}, "ModelRequestObject": {"$ref": "#/components/schemas/F0"}}
    document: Json = oas.read(PAGE)
    document["components"]["schemas"] |= twice
    desk.update(desk.page(json.dumps(document), "bare.json"))
    assert desk.file.exists()


def test_make_passes_pages_and_flags_on() -> None:
    command = ["make", "-n", "update", "PAGES=a.md b.md", "FLAGS=--remove 'GET /x'"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert "scripts.update --remove 'GET /x' a.md b.md\n" in done.stdout


def test_a_property_called_ref_or_example_is_no_reference() -> None:
    schema = {
        "properties": {"$ref": {"type": "string"}, "example": {"$ref": "#/x"}},
        "example": {"$ref": "just data"},
    }
    found = [ref for _place, ref in pages.references({"schema": schema}, ())]
    assert found == ["#/x"]
