"""Taking in a vendor page."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from scripts import document as oas
from scripts import update
from tests.conftest import PAGE, ROOT

FENCE = "````"


def fenced(text: str, announced: str = "PATCH /models/modify-model") -> str:
    return f"# Page\n\n{FENCE}yaml {announced}\n{text}{FENCE}\n"


def run(tmp_path: Path, name: str, content: str) -> tuple[int, Path]:
    page, output = tmp_path / name, tmp_path / "openapi.yaml"
    page.write_text(content, "utf-8")
    return update.main([str(page), "--output", str(output)]), output


def test_the_fenced_text_is_written_byte_for_byte(tmp_path: Path) -> None:
    output = tmp_path / "openapi.yaml"
    assert update.main([str(PAGE), "--output", str(output)]) == 0
    page = PAGE.read_bytes()
    start = page.index(b"\n", page.index(b"````yaml")) + 1
    assert output.read_bytes() == page[start : page.index(b"````", start)]


def test_the_change_of_the_accepted_contract_is_said_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = PAGE.read_text("utf-8").replace("model_saved_name:", "saved_name:")
    assert run(tmp_path, "page.md", text)[0] == 0
    said = capsys.readouterr().out
    assert "ModelRequestObject.model_saved_name" in said
    assert "breaking" in said.lower()


def test_a_bare_yaml_document_is_taken_as_it_is(tmp_path: Path) -> None:
    text = (ROOT / "openapi.yaml").read_text("utf-8")
    assert run(tmp_path, "bare.yml", text)[0] == 0
    assert (tmp_path / "openapi.yaml").read_text("utf-8") == text


def test_a_json_document_says_the_same_as_yaml(
    tmp_path: Path, document: oas.Json
) -> None:
    status, output = run(tmp_path, "bare.json", json.dumps(document))
    assert status == 0
    assert oas.read(output) == document


MINIMAL = 'openapi: {version}\ninfo: {{title: T, version: "1"}}\npaths: {{}}\n'


@pytest.mark.parametrize(
    ("name", "content", "cause"),
    [
        ("page.md", "# nothing here\n", "no fence"),
        ("page.md", fenced("a: [1\n"), "not YAML: line 2"),
        ("page.md", fenced("- a\n"), "not an OpenAPI document"),
        ("old.yaml", 'swagger: "2.0"\n', "not an OpenAPI document"),
        ("new.yaml", MINIMAL.format(version="3.2.0"), "only 3.0 and 3.1"),
        ("bad.yaml", "openapi: 3.0.0\ninfo: {}\npaths: {}\n", "#/info"),
        ("page.md", fenced(MINIMAL.format(version="3.0.0")), "announces PATCH"),
        (
            "ref.yaml",
            MINIMAL.format(version="3.0.0")
            + "components: {schemas: {A: {$ref: '#/components/schemas/Nowhere'}}}\n",
            "points at nothing",
        ),
        (
            "remote.yaml",
            MINIMAL.format(version="3.0.0")
            + "components: {schemas: {A: {$ref: 'other.yaml#/A'}}}\n",
            "leads out of the document",
        ),
    ],
)
def test_an_unusable_page_is_one_line_on_stderr_and_changes_nothing(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    name: str,
    content: str,
    cause: str,
) -> None:
    (tmp_path / "openapi.yaml").write_text("as it was")
    status, output = run(tmp_path, name, content)
    lines = capsys.readouterr().err.splitlines()
    assert status == 2
    assert len(lines) == 1
    assert name in lines[0]
    assert cause in lines[0]
    assert output.read_text() == "as it was"
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted([name, "openapi.yaml"])


def test_no_page_and_a_missing_page_are_refused(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert update.main([]) == 2
    assert "no page given" in capsys.readouterr().err
    assert update.main(["does-not-exist.md"]) == 2
    assert "does-not-exist.md" in capsys.readouterr().err


def test_a_page_of_nothing_but_openings_is_refused_in_no_time(tmp_path: Path) -> None:
    started = time.monotonic()
    assert run(tmp_path, "page.md", f"{FENCE}yaml GET /x\n" * 40_000)[0] == 2
    assert time.monotonic() - started < 10


def test_a_fence_is_closed_by_one_as_long_and_by_nothing_shorter(
    tmp_path: Path,
) -> None:
    text = MINIMAL.format(version="3.0.0")
    shorter = f"`````yaml\n{text}````\n"
    assert run(tmp_path, "page.md", f"{shorter}more\n")[0] == 2
    assert run(tmp_path, "page.md", f"{shorter}`````\n")[0] == 2  # ```` is no YAML
    assert run(tmp_path, "page.md", f"`````yaml\n{text}``````  \r\nmore")[0] == 0


def test_a_page_that_would_take_the_validator_for_ever_is_one_line_on_stderr(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    document: oas.Json,
) -> None:
    monkeypatch.setattr(update, "SECONDS", 1)
    twice = {
        f"F{n}": {"allOf": [{"$ref": f"#/components/schemas/F{n + 1}"}] * 2}
        for n in range(25)
    }
    schemas = twice | {"F25": {"type": "object"}} | document["components"]["schemas"]
    components = document["components"] | {"schemas": schemas}
    text = json.dumps(document | {"components": components})
    assert run(tmp_path, "bare.json", text) == (2, tmp_path / "openapi.yaml")
    assert not (tmp_path / "openapi.yaml").exists()
    assert capsys.readouterr().err.count("\n") == 1


def test_a_path_that_the_validator_trips_over_is_one_line_on_stderr(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], document: oas.Json
) -> None:
    (item,) = document["paths"].values()
    text = json.dumps(document | {"paths": {"/a{": item}})
    assert run(tmp_path, "bare.json", text)[0] == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_property_called_ref_or_example_is_no_reference(document: oas.Json) -> None:
    schema = {
        "type": "object",
        "properties": {"$ref": {"type": "string"}, "example": {"$ref": "#/x"}},
        "example": {"$ref": "just data"},
    }
    found = [ref for _place, ref in update.references({"schema": schema})]
    assert found == ["#/x"]
