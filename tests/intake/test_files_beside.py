"""References into files beside a document are taken in; nothing is read outside its folder or over the network."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts import update
from scripts.intake import document as oas
from scripts.intake.document import Json

HEAD = """\
openapi: 3.0.3
info: {title: Lamps, version: '1'}
servers: [{url: https://lamps.example}]
"""
COMMON = """\
Lamp:
  type: object
  properties:
    shade: {$ref: '#/Shade'}
    parts: {type: array, items: {$ref: 'sub/parts.yaml#/parts/Part'}}
Shade: {type: string, enum: [red, green]}
"""
PARTS = """\
parts:
  Part:
    type: object
    properties:
      inside: {type: array, items: {$ref: '#/parts/Part'}}
      lamp: {$ref: '../common.yaml#/Lamp'}
      again: {$ref: '../main.yaml#/components/schemas/Own'}
"""
MAIN = f"""\
{HEAD}paths:
  /lamps:
    parameters: [{{$ref: './parameters.json'}}]
    get:
      responses:
        '200':
          description: A lamp.
          headers: {{X-Next: {{$ref: 'headers.yaml#/Next'}}}}
          content:
            application/json:
              schema: {{$ref: './common.yaml#/Lamp'}}
              examples: {{one: {{$ref: 'examples.yaml#/one'}}}}
        default: {{$ref: 'answers.yaml#/Fault'}}
  /bulbs: {{$ref: 'bulbs.yaml'}}
components:
  schemas:
    Own: {{type: object, properties: {{$ref: {{type: string}}}}}}
    Shade: {{type: integer}}
"""
FILES = {
    "common.yaml": COMMON,
    "sub/parts.yaml": PARTS,
    "parameters.json": '{"name": "limit", "in": "query", "schema": {"$ref": "common.yaml#/Shade"}}',
    "headers.yaml": "Next: {schema: {type: string}}\n",
    "examples.yaml": "one: {value: {$ref: just data}}\n",
    "answers.yaml": "Fault: {description: A fault.}\n",
    "bulbs.yaml": "put: {responses: {'204': {description: Done.}}}\n",
}


def write(folder: Path, files: dict[str, str]) -> Path:
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf-8")
    return folder / "main.yaml"


def taken(page: Path, output: Path) -> Json:
    assert update.main([str(page), f"--output={output}"]) == 0
    return oas.read(output)


def refused(page: Path, output: Path, capsys: pytest.CaptureFixture[str]) -> str:
    assert update.main([str(page), f"--output={output}"]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert not output.exists()
    return error


def test_what_files_beside_the_document_hold_becomes_components(tmp_path: Path) -> None:
    page = write(tmp_path / "api", {"main.yaml": MAIN, **FILES})
    document = taken(page, tmp_path / "openapi.yaml")
    schemas = document["components"]["schemas"]
    assert schemas["Own"] == {
        "type": "object",
        "properties": {"$ref": {"type": "string"}},
    }
    assert schemas["Shade"] == {"type": "integer"}
    assert schemas["Shade2"] == {"type": "string", "enum": ["red", "green"]}
    assert schemas["Lamp"]["properties"] == {
        "shade": {"$ref": "#/components/schemas/Shade2"},
        "parts": {"type": "array", "items": {"$ref": "#/components/schemas/Part"}},
    }
    assert schemas["Part"]["properties"] == {
        "inside": {"type": "array", "items": {"$ref": "#/components/schemas/Part"}},
        "lamp": {"$ref": "#/components/schemas/Lamp"},
        "again": {"$ref": "#/components/schemas/Own"},
    }
    lamps = document["paths"]["/lamps"]
    assert lamps["parameters"] == [{"$ref": "#/components/parameters/parameters"}]
    parameter = document["components"]["parameters"]["parameters"]
    assert parameter["schema"] == {"$ref": "#/components/schemas/Shade2"}
    answer = lamps["get"]["responses"]["200"]
    assert answer["headers"] == {"X-Next": {"$ref": "#/components/headers/Next"}}
    media = answer["content"]["application/json"]
    assert media["schema"] == {"$ref": "#/components/schemas/Lamp"}
    assert document["components"]["examples"]["one"] == {"value": {"$ref": "just data"}}
    assert document["paths"]["/bulbs"] == {
        "put": {"responses": {"204": {"description": "Done."}}}
    }


def test_a_page_takes_in_files_beside_it(tmp_path: Path) -> None:
    document = MAIN.replace("../main.yaml", "x")
    page = write(
        tmp_path / "api", {**FILES, "sub/parts.yaml": "parts: {Part: {type: string}}\n"}
    )
    page = page.with_name("page.md")
    page.write_text(f"# Lamps\n\n````yaml GET /lamps\n{document}````\n", "utf-8")
    assert "Lamp" in taken(page, tmp_path / "openapi.yaml")["components"]["schemas"]


def test_the_mapping_of_a_discriminator_is_taken_in(tmp_path: Path) -> None:
    union = "oneOf: [{$ref: 'kinds.yaml#/Red'}], discriminator: {propertyName: k, mapping: {red: 'kinds.yaml#/Red', own: Own}}"
    main = MAIN.replace("Shade: {type: integer}", f"Kind: {{{union}}}")
    kinds = "Red: {type: object, properties: {k: {type: string}}}\n"
    page = write(tmp_path / "api", {"main.yaml": main, **FILES, "kinds.yaml": kinds})
    kind = taken(page, tmp_path / "openapi.yaml")["components"]["schemas"]["Kind"]
    red = "#/components/schemas/Red"
    assert kind["oneOf"] == [{"$ref": red}]
    assert kind["discriminator"]["mapping"] == {"red": red, "own": "Own"}


@pytest.mark.parametrize(
    ("reference", "message"),
    [
        ("https://evil.example/common.yaml#/Lamp", "to another host, and is never fetched"),
        ("//evil.example/common.yaml#/Lamp", "to another host"),
        ("file:///etc/hostname", "to another host"),
        ("../outside.yaml#/Lamp", "out of its folder"),
        ("sub/../../outside.yaml#/Lamp", "out of its folder"),
        ("%2e%2e/outside.yaml#/Lamp", "out of its folder"),
        ("/etc/hostname", "out of its folder"),
        ("link.yaml#/Lamp", "out of its folder"),
        ("linked/outside.yaml#/Lamp", "out of its folder"),
        ("nowhere.yaml#/Lamp", "to a file that is not there"),
        ("sub#/Lamp", "to a file that is not there"),
        ("a%00b.yaml", "to what is no file"),
        ("common.yaml#/Nothing", "points to nothing"),
        ("loop.yaml", "to what is no file"),
        ("a" * 5_000, "to what is no file"),
    ],
)  # fmt: skip
def test_a_reference_that_may_not_be_followed_is_refused_by_line(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    reference: str,
    message: str,
) -> None:
    (tmp_path / "outside.yaml").write_text("Lamp: {type: string}\n", "utf-8")
    main = MAIN.replace("./common.yaml#/Lamp", reference)
    page = write(tmp_path / "api", {"main.yaml": main, **FILES})
    (page.parent / "link.yaml").symlink_to(tmp_path / "outside.yaml")
    (page.parent / "linked").symlink_to(tmp_path, target_is_directory=True)
    (page.parent / "loop.yaml").symlink_to("loop.yaml")
    error = refused(page, tmp_path / "openapi.yaml", capsys)
    assert message in error
    assert f"{page}: line 14: #/paths/~1lamps/get/responses/200" in error


def test_a_fault_in_a_file_beside_is_named_by_that_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    common = COMMON.replace("'#/Shade'", "'#/Nothing'")
    page = write(tmp_path / "api", {"main.yaml": MAIN, **FILES, "common.yaml": common})
    error = refused(page, tmp_path / "openapi.yaml", capsys)
    assert "common.yaml: line 4: #/Lamp/properties/shade: the reference" in error
    write(tmp_path / "api", {"common.yaml": "Lamp: [\n"})
    assert "common.yaml: not YAML: line 2" in refused(page, tmp_path / "openapi.yaml", capsys)  # fmt: skip


def test_the_number_of_files_is_limited(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chain = {
        f"f{number}.yaml": f"A: {{allOf: [{{$ref: 'f{number + 1}.yaml#/A'}}]}}\n"
        for number in range(300)
    }
    main = MAIN.replace("./common.yaml#/Lamp", "f0.yaml#/A")
    page = write(tmp_path / "api", {"main.yaml": main, **FILES, **chain})
    assert "more than 200 files" in refused(page, tmp_path / "openapi.yaml", capsys)
