"""The command `python -m scripts.drift`: formats, exit codes, positions, revisions of git, and warnings."""

from __future__ import annotations

import copy
import fnmatch
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scripts import drift
from scripts.contract.comparing.changes import RULES
from scripts.intake import document as oas
from tests.mutation.table import apply

HOSTING = "#/components/schemas/ModelCustomRequestObject/properties/model_config/properties/hosting_type"
Written = Callable[[str], Path]
Output = pytest.CaptureFixture[str]


@pytest.fixture
def old(saved_document: Any, tmp_path: Path) -> Path:
    """A file with the document of the saved page."""
    path = tmp_path / "old.yaml"
    path.write_text(oas.to_yaml(saved_document), "utf-8")
    return path


@pytest.fixture
def written(saved_document: Any, tmp_path: Path) -> Written:
    """Writes the document of the page with an edit of `hosting_type`."""

    def write(edits: str) -> Path:
        changed = copy.deepcopy(saved_document)
        apply(edits, "", oas.lookup(changed, HOSTING))
        (tmp_path / "new.yaml").write_text(oas.to_yaml(changed), "utf-8")
        return tmp_path / "new.yaml"

    return write


def run(*arguments: object) -> int:
    return drift.main([str(argument) for argument in arguments])


def line(path: Path) -> int:
    """The number of the line with `hosting_type`."""
    lines = [text.strip() for text in path.read_text("utf-8").splitlines()]
    assert lines.count("hosting_type:") == 1
    return lines.index("hosting_type:") + 1


def test_json_has_the_rule_and_the_lines_of_both_sides(
    old: Path,
    written: Written,
    capsys: Output,
) -> None:
    new = written('enum-="Internal"')
    assert run(old, new, "--json") == 1
    said = json.loads(capsys.readouterr().out)
    assert (said["breaking"], said["bump"]) == (True, "major")
    (row,) = said["changes"]
    columns = [row[side].pop("column") for side in ("old", "new")]
    assert all(column > 8 for column in columns)
    assert row == {
        "id": row["id"],
        "rule": "enum-value-removed",
        "what": "enum value removed",
        "where": "ModelCustomRequestObject.model_config.hosting_type",
        "breaking": True,
        "effect": "narrowed",
        "travels": ["sent", "received"],
        "before": "Internal",
        "after": None,
        "old": {"pointer": HOSTING, "line": line(old)},
        "new": {"pointer": HOSTING, "line": line(new)},
        "operations": ["PATCH /models/modify-model"],
        "worth_a_look": False,
        "first_typed": False,
        "accepted": None,
        "consequences": [],
    }


# What is said of an enum value that went and one that came, with a `*` for what does not matter.
SAID = {
    "github": """
::notice title=Drift::2 changes: 1 breaks callers (on the wire), 1 compatible (1 worth a look). Release the client as a major version *
::error file={new},line={now},col=*hosting_type: enum value removed (was `Internal`)
::notice file={new},line={now},col=*hosting_type: enum value added (`` a|50%25`c ``)
""",
    "text": """
Enkrypt AI APIs 2.0.0
{old} -> {new}
2 changes: 1 breaks callers (on the wire), 1 compatible (1 worth a look).
Calls of one operation break: PATCH /models/modify-model.
Operations: 0 added, 0 removed, 1 changed (1 breaking).
Types: 0 added, 0 removed, 1 changed (1 breaking).
Release the client as a major version (before 1.0: minor).

=== Breaking ===

ModelCustomRequestObject (reaches PATCH /models/modify-model)
{old}:{was}:*: breaking: *.hosting_type: *, sent and received (was `Internal`) [[]enum-value-removed]
    To do: Stop sending `Internal`.

=== Compatible, but worth a look ===
enum value added: code that has a case for each value *

{new}:{now}:*: compatible, but look: *.hosting_type: *; reaches PATCH /models/modify-model [[]enum-value-added]
""",
    "markdown": """
# Drift: *\n\nRelease the client as a major version *## Breaking
*hosting_type` | * | sent and received | `Internal` |  | {was} → {now} |
*## Compatible, but worth a look
*hosting_type` | * | sent and received |  | `` a\\|50%`c `` | {was} → {now} | `PATCH /models/modify-model` |
*## Why*
""",
}


@pytest.mark.parametrize("form", SAID)
def test_each_format_names_lines_and_values_breaking_changes_first(
    old: Path,
    written: Written,
    capsys: Output,
    form: str,
) -> None:
    new = written('enum=["External", "a|50%`c"]')
    assert run(old, new, "--format", form) == 1
    wanted = SAID[form].lstrip().format(old=old, new=new, was=line(old), now=line(new))
    assert fnmatch.fnmatchcase(capsys.readouterr().out, wanted)


def test_exit_code_0_and_an_empty_report_for_the_same_contract(
    old: Path,
    capsys: Output,
) -> None:
    assert run(old, old, "--json") == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["breaking"], said["bump"], said["changes"]) == (False, "none", [])


@pytest.mark.parametrize(
    "text", ["", "a: [", "openapi: 2.0", "swagger: '2.0'\npaths: {}", "[1, 2]", "<html>"]
)  # fmt: skip
def test_exit_code_2_and_the_cause_on_stderr_for_what_is_no_openapi_document(
    old: Path,
    tmp_path: Path,
    text: str,
    capsys: Output,
) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text(text, "utf-8")
    assert run(old, broken) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "broken.yaml" in said.err


def test_what_is_not_understood_is_a_warning_with_its_place_and_stops_nothing(
    old: Path,
    written: Written,
    capsys: Output,
) -> None:
    assert run(old, written('maxLenght=5 & maxLength="five"')) == 1
    said = capsys.readouterr()
    assert "did you mean 'maxLength'" in said.err
    assert "hosting_type" in said.err
    assert "annotation changed" in said.out


def test_malformed_corners_and_anchors_compare(tmp_path: Path, capsys: Output) -> None:
    for kind in ("string", "integer"):
        (tmp_path / kind).write_text(
            "openapi: 3.0.3\ninfo: {title: T, version: 1}\n"
            f"x-shared: &value {{type: {kind}, tags: 7}}\n"
            "paths:\n  /a: {get: {frob: 1, responses: {200: {content: {application/json: {schema: *value}}}}}}\n"
        )
    assert run(tmp_path / "string", tmp_path / "integer", "--format", "text") == 1
    assert "type changed, received (`string` -> `integer`)" in capsys.readouterr().out


def test_a_document_is_read_from_a_revision_of_git(
    old: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Output,
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE"):
        monkeypatch.delenv(name, raising=False)
    text = old.read_text("utf-8")
    Path("api.yaml").write_text(text, "utf-8")
    person = ["-c", "user.name=A", "-c", "user.email=a@a.example"]
    for command in (["init", "-q"], ["add", "api.yaml"], [*person, "commit", "-qm", "x"]):  # fmt: skip
        subprocess.run(["git", *command], check=True)
    Path("api.yaml").write_text(text.replace("- Internal", "- Other"), "utf-8")
    assert run("HEAD:api.yaml", "api.yaml", "--format", "text") == 1
    assert "hosting_type" in capsys.readouterr().out
    assert run("HEAD:api.yaml", "HEAD:api.yaml") == 0
    assert run("HEAD:absent.yaml", "api.yaml") == 2
    assert "HEAD:absent.yaml" in capsys.readouterr().err


def test_every_rule_is_listed_with_whom_it_breaks(capsys: Output) -> None:
    assert run("--rules") == 0
    text = capsys.readouterr().out
    assert all(f"| `{name}` |" in text for name in RULES)
    assert "| `limit-tightened` | if sent |" in text


@pytest.mark.parametrize("form", drift.FORMATS)
def test_text_of_a_document_is_shown_and_never_obeyed(
    tmp_path: Path, capsys: Output, form: str
) -> None:
    hostile = (
        "x\x1b[2J\u202e\n::error::own\n## [9.9.9]\n- **Breaking:** <script>##[error]"
    )
    for name, kind in (("old", "string"), ("new", "integer")):
        field = {"type": kind, "enum": [hostile], "default": f"{hostile} {name}"}
        odd = {
            "type": "object",
            "properties": {hostile: field},
            "maxLenght\n::error::": 1,
        }
        body = {"content": {"application/json": {"schema": odd}}}
        operation = {"operationId": hostile, "requestBody": body, "responses": {}}
        document = {
            "openapi": "3.0.3",
            "info": {"title": "T", "version": "1"},
            "paths": {"/a": {"post": operation}},
        }
        (tmp_path / name).write_text(json.dumps(document), "utf-8")
    assert run(tmp_path / "old", tmp_path / "new", "--format", form) == 1
    said = capsys.readouterr()
    assert "9.9.9" in said.out
    for line in said.out.splitlines() + said.err.splitlines():
        assert line.isprintable()
        assert not line.startswith(("::error::own", "## [9.9.9]", "- **Breaking"))
        assert "##[error]" not in line


def test_a_report_that_cannot_be_written_is_an_error_with_the_name_of_its_file(
    old: Path,
    tmp_path: Path,
    capsys: Output,
) -> None:
    assert run(old, old, "--output", tmp_path) == 2
    message = capsys.readouterr().err
    assert message == f"drift: {tmp_path}: cannot be written: Is a directory\n"


def test_a_project_without_its_document_is_an_error_with_the_name_of_the_file(
    tmp_path: Path, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drift, "ROOT", tmp_path)
    assert run() == 2
    error = capsys.readouterr().err
    assert error.endswith("openapi.yaml: cannot be read: No such file or directory\n")
    assert "Errno" not in error
