"""Every form in which vendors publish pages: taken, or refused by name and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts import update
from scripts.intake import document as oas
from scripts.intake.markdown import Announcement

DOCUMENT = """\
openapi: 3.0.3
info: {title: Lamps, version: '1'}
servers: [{url: https://lamps.example}]
paths:
  /lamps: {get: {operationId: lamps, tags: [l], responses: {'204': {description: done}}}}
"""
FENCE = "````"
PLAIN = f"# Lamps\n\n{FENCE}yaml GET /lamps\n{DOCUMENT}{FENCE}\n"


def indented(text: str, by: str = "   ") -> str:
    return "".join(f"{by}{line}\n" for line in text.splitlines())


def taken(folder: Path, content: str, name: str = "page.md") -> oas.Source:
    page = folder / name
    page.write_text(content, "utf-8", newline="")
    assert update.main([str(page), f"--output={folder / 'openapi.yaml'}"]) == 0
    return oas.source(page)


def refused(
    folder: Path,
    content: str,
    capsys: pytest.CaptureFixture[str],
    name: str = "page.md",
) -> str:
    page = folder / name
    page.write_text(content, "utf-8")
    assert update.main([str(page), f"--output={folder / 'openapi.yaml'}"]) == 2
    error = capsys.readouterr().err
    assert error.startswith(f"update: {page}: ")
    assert error.count("\n") == 1
    assert not (folder / "openapi.yaml").exists()
    return error


@pytest.mark.parametrize(
    "content",
    [
        PLAIN,
        f"<!-- saved by a tool -->\n{PLAIN}",
        f"<!--\nsaved\nby a tool\n-->\n\n{PLAIN}",
        f"\ufeff<!-- one --><!-- two -->\n{PLAIN}",
        f"---\ntitle: Lamps\n---\n\n{PLAIN}",
        f"<Note>\n  Text\n</Note>\n\n{PLAIN}",
        indented(PLAIN),
        indented(PLAIN, "      "),
        f"- a list\n\n{indented(PLAIN, '  ')}",
        PLAIN.replace(FENCE, "~~~~"),
        PLAIN.replace(FENCE, "`````"),
        PLAIN.replace("yaml GET", "YAML GET"),
        PLAIN.replace("yaml GET", "Yml get"),
        PLAIN.replace("yaml GET", " yaml  get"),
        PLAIN.replace("yaml GET", "yaml openapi.json get"),
        PLAIN.replace("yaml GET", "yaml /api-reference/v2.yaml GET"),
        PLAIN.replace("yaml GET", "yaml \"my api.json\" GET"),
        PLAIN.replace("yaml GET", "yaml https://lamps.example/openapi.json GET"),
        PLAIN.replace("GET /lamps\n", "GET /lamps theme={null}\n"),
        PLAIN.replace("GET /lamps\n", "\n"),
        PLAIN.replace("\n", "\r\n"),
        PLAIN.replace(FENCE, "```"),
        PLAIN.replace(FENCE, "~~~"),
        f"```bash\nnever closed\n\n{PLAIN.replace(FENCE, '```')}",
        f"```bash\nnever closed\n\n{PLAIN}",
        f"```json\n{{}}\n```\n\n~~~\ncode\n~~~\n\n{PLAIN}\n```\nmore\n```\n",
        f"<!--\n{FENCE}yaml GET /old\nopenapi: 1\n{FENCE}\n-->\n{PLAIN}",
        f"`````md\n{FENCE}yaml GET /example\nopenapi: 1\n{FENCE}\n`````\n{PLAIN}",
    ],
)  # fmt: skip
def test_a_page_is_taken_however_its_fence_is_written(
    tmp_path: Path, content: str
) -> None:
    source = taken(tmp_path, content)
    assert source.document == oas.parse(DOCUMENT)
    written = (tmp_path / "openapi.yaml").read_text("utf-8")
    assert written == DOCUMENT
    line, _ = source.positions["info",]
    assert "info:" in content.split("\n")[line - 1]


def test_json_in_three_backticks_is_taken_since_no_line_of_it_can_close_the_fence(
    tmp_path: Path,
) -> None:
    answers = '{"responses": {"204": {"description": "```"}}}'
    text = (
        '{"components": {}, "openapi": "3.0.3", "info": {"title": "L", "version": "1"},'
    )
    text += f'\n"paths": {{"/l": {{"get": {answers}}}}}}}'
    content = f"# Lamps\n\n```json\n{text}\n```\n"
    assert taken(tmp_path, content).document["openapi"] == "3.0.3"


def test_code_in_a_description_does_not_close_a_fence_of_three(tmp_path: Path) -> None:
    described = DOCUMENT.replace(
        "servers:",
        "tags:\n- name: t\n  description: |\n    ```\n    code\n    ```\nservers:",
    )
    source = taken(tmp_path, f"```yaml GET /lamps\n{described}```\n")
    assert source.document == oas.parse(described)


@pytest.mark.parametrize(
    ("info", "announcement"),
    [
        ("yaml GET /a", Announcement("get", "/a")),
        ("yaml /x.json POST /a/{b}", Announcement("post", "/a/{b}", "/x.json")),
        ("yaml 'x y.json' put /a", Announcement("put", "/a", "x y.json")),
        ("json x.json webhook order.paid", Announcement("webhook", "order.paid", "x.json")),
        ("yaml /a", None),
        ("yaml", None),
    ],
)  # fmt: skip
def test_the_opening_of_a_fence_says_what_is_inside(
    tmp_path: Path, info: str, announcement: Announcement | None
) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"{FENCE}{info}\nopenapi: '3'\n{FENCE}\n", "utf-8")
    assert oas.source(page).announcement == announcement


OLDER = """\
paths:
  path: /lamps
  method: get
  request: {security: [], parameters: {path: {}, query: {}}}
  response: {'200': {application/json: {schemaArray: []}}}
components: {schemas: {}}
"""
CHANNEL = "id: feed\ntitle: Feed\naddress: /ws\nservers: []\noperations: []\n"
HOOK = DOCUMENT.partition("paths:")[0]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (PLAIN.replace("GET /lamps\n", "x.json get /bulbs\n"), "line 4: no GET /bulbs, which the fence names"),
        (PLAIN.replace("GET /lamps\n", "x.json post /lamps\n"), "line 4: no POST /lamps, which the fence names"),
        (PLAIN.replace(FENCE, "~~~").replace("GET /lamps\n", "\n"), "line 3: this fence has three tildes"),
        (PLAIN.replace(FENCE, "```").replace("GET /lamps\n", "\n"), "line 3: this fence has three backticks"),
        (PLAIN.replace(FENCE, "```").replace("}\n```", "}\n"), "line 3: the fence that opens here is never closed"),
        (PLAIN.replace(f"}}\n{FENCE}", f"}}\n  {FENCE}"), "line 3: the fence that opens here is never closed by a line of 4 backticks"),
        (PLAIN.replace(FENCE, "~~~~", 1), "line 3: the fence that opens here is never closed by a line of 4 tildes"),
        (f"\n<!-- never closed\n{PLAIN}", "line 2: the comment that opens here is never closed"),
        (f"{FENCE}yaml x.json webhook lamp.lit\n{HOOK}paths: {{}}\n{FENCE}\n", "line 2: this page describes the webhook 'lamp.lit'"),
        (f"{FENCE}yaml x.json webhook lamp.lit\n{OLDER}{FENCE}\n", "line 2: this page describes the webhook 'lamp.lit'"),
        (f"{FENCE}yaml x.json webhook lamp.lit\n{DOCUMENT}{FENCE}\n", "line 2: no webhook 'lamp.lit', which the fence names"),
        (f"\n{FENCE}yaml asyncapi.yaml feed\n{CHANNEL}{FENCE}\n", "line 3: this page describes messages (AsyncAPI)"),
        (f"{FENCE}yaml\nasyncapi: 3.0.0\ninfo: {{}}\n{FENCE}\n", "line 2: this page describes messages (AsyncAPI)"),
        (f"{FENCE}yaml get /lamps\n{OLDER}{FENCE}\n", "line 2: #/paths: this is the older form of the export"),
        (f"{FENCE}yaml\nswagger: '2.0'\npaths: {{}}\n{FENCE}\n", "line 2: #/swagger: not an OpenAPI document: this is Swagger 2.0"),
        (PLAIN.replace("openapi: 3.0.3", "openapi: 3.1"), "line 4: #/openapi: YAML reads 3.1 as a number; write the version in quotes"),
        (f"{FENCE}yaml\nsome: example\n{FENCE}\n", "line 2: not an OpenAPI document"),
        (f"{FENCE}yaml\n{HOOK}paths: {{}}\n{FENCE}\n", "line 2: there is no operation inside"),
        ("<!-- a comment --><!DOCTYPE html>\n<html></html>", "this is HTML or XML"),
        ("<?xml version='1.0'?><a/>", "this is HTML or XML"),
    ],
)  # fmt: skip
def test_a_page_is_refused_by_name_and_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str, message: str
) -> None:
    assert message in refused(tmp_path, content, capsys)


def test_pages_of_two_vendors_contradict_each_other_also_from_the_start(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mine = tmp_path / "mine.md"
    mine.write_text(PLAIN, "utf-8")
    other = tmp_path / "other.md"
    other.write_text(PLAIN.replace("lamps.example", "bulbs.example"), "utf-8")
    output = f"--output={tmp_path / 'openapi.yaml'}"
    assert update.main([str(mine), str(other), "--start-over", output]) == 2
    error = capsys.readouterr().err
    assert "#/servers differs in" in error
    assert "give only pages of one API" in error
    assert "--start-over" not in error
    renamed = other.read_text("utf-8").replace("GET /lamps", "GET /bulbs")
    other.write_text(renamed.replace("/lamps:", "/bulbs:"), "utf-8")
    assert update.main([str(mine), output]) == 0
    assert update.main([str(other), output]) == 2
    assert "--start-over" in capsys.readouterr().err


def test_an_unchanged_page_changes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    taken(tmp_path, PLAIN)
    capsys.readouterr()
    taken(tmp_path, PLAIN)
    assert "openapi.yaml is unchanged: 1 operation\n" in capsys.readouterr().out


def test_an_operation_id_that_stands_twice_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    taken(tmp_path, PLAIN)
    capsys.readouterr()
    other = PLAIN.replace("GET /lamps", "GET /bulbs").replace("/lamps:", "/bulbs:")
    taken(tmp_path, other, "other.md")
    printed = capsys.readouterr().out
    assert "note: the operationId 'lamps' is that of GET /lamps, GET /bulbs;" in printed
    assert (
        "if GET /lamps has moved, drop it: make update FLAGS=\"--remove 'GET /lamps'\""
        in printed
    )
    taken(tmp_path, PLAIN.replace("done", "gone"))
    assert "operationId" not in capsys.readouterr().out
