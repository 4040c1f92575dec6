"""The section `pages` of generator-config.yaml: what is wrong with it, and what it makes of the types."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from scripts.common.errors import GenerationError
from scripts.contract.reading.contract import read
from scripts.generator.build import build
from scripts.generator.pages import page_settings, paged_lists
from tests.generator.packages import answer, document, ref

THINGS: dict[str, Any] = {
    "parameters": [
        {"name": "page", "in": "query", "schema": {"type": "integer"}},
        {"name": "start-at", "in": "query", "schema": {"type": "string"}},
    ],
    "operationId": "list_things",
    "responses": answer(ref("Page")),
}
DOCUMENT = document(
    {
        "/things": {"get": THINGS, "post": {**THINGS, "operationId": "find_things"}},
        "/words": {
            "get": {
                "operationId": "list_words",
                "responses": answer({"type": "array", "items": {"type": "string"}}),
            }
        },
        "/text": {
            "get": {
                "operationId": "read_text",
                "responses": answer({"type": "string"}, "text/plain"),
            }
        },
    },
    Page={
        "type": "object",
        "properties": {
            "things": {"type": "array", "items": ref("Thing")},
            "next": {"type": "string"},
            "count": {"type": "integer"},
        },
    },
    Thing={"type": "object", "properties": {"id": {"type": "integer"}}},
)
CODE = """
from typing import assert_type

from enkrypt_api_client import AsyncEnkryptClient, EnkryptClient
from enkrypt_api_client.api.default import find_things, list_things, list_words
from enkrypt_api_client.models import Page, Thing


def right(client: EnkryptClient) -> None:
    for thing in client.pages(list_things, page=2):
        assert_type(thing, Thing)
    for page in client.pages(list_things).by_page():
        assert_type(page, Page)
    for word in client.pages(list_words):
        assert_type(word, str)


async def right_async(client: AsyncEnkryptClient) -> None:
    async for thing in client.pages(list_things):
        assert_type(thing, Thing)
    async for page in client.pages(list_things, page=1).by_page():
        assert_type(page, Page)


def wrong(client: EnkryptClient) -> None:
    client.pages(list_things, pages=1)
    client.pages(find_things)
"""


def problems(section: str, folder: Path) -> str:
    """What is said of a section `pages`."""
    path = folder / "generator-config.yaml"
    path.write_text(yaml.safe_dump({"pages": yaml.safe_load(section)}), "utf-8")
    with pytest.raises(GenerationError) as caught:
        paged_lists(read(DOCUMENT), page_settings(path))
    return str(caught.value)


@pytest.mark.parametrize(
    ("section", "words"),
    [
        ("[list_things]", "pages maps functions of api/ to settings"),
        ("list_things: {kind: number}", "kind must be one of cursor, page, offset, li"),
        ("list_things: page", "kind must be one of cursor, page, offset, link"),
        ("list_things: {kind: [page]}", "kind must be one of cursor, page, offset, li"),
        ("list_things: {kind: page, items: things}", "parameter is missing"),
        ("list_things: {kind: link, parameter: page}", "parameter means nothing for"),
        (
            "list_things: {kind: page, parameter: page, first: -1}",
            "first must be a whole",
        ),
        ("list_things: {kind: page, parameter: [page]}", "parameter must be a text"),
        ("list_things: {kind: cursor, parameter: start_at}", "give one of next, the"),
        ("lists: {kind: link}", "lists: api/ has no such function"),
        (
            "list_things: {kind: page, parameter: page}",
            "its answer is no list; name the",
        ),
        (
            "list_things: {kind: page, parameter: page, items: rows}",
            "items: the document has no field rows there",
        ),
        (
            "list_things: {kind: page, parameter: page, items: count}",
            "items: count is no list",
        ),
        (
            "list_things: {kind: page, parameter: pages, items: things}",
            "parameter: it has no parameter pages",
        ),
        (
            "list_things: {kind: page, parameter: start_at, items: things}",
            "parameter: start_at takes string, and would be given integer",
        ),
        (
            "list_things: {kind: cursor, parameter: start_at, items: things, next_of_item: id}",
            "parameter: start_at takes string, and would be given integer",
        ),
        (
            "list_things: {kind: page, parameter: page, items: things, more: count}",
            "more: count is none of boolean",
        ),
        (
            "find_things: {kind: link, items: things, next: next}",
            "links are followed for GET alone",
        ),
        ("read_text: {kind: link}", "it must answer with one kind of JSON"),
    ],
)
def test_what_the_document_does_not_have_is_named(
    section: str, words: str, tmp_path: Path
) -> None:
    assert words in problems(section, tmp_path)


def test_all_problems_are_named_at_once(tmp_path: Path) -> None:
    message = problems(
        "{first: {kind: link}, second: {kind: link}, list_words: {kind: link}}",
        tmp_path,
    )

    assert "first" in message
    assert "second" in message
    assert "list_words" not in message


@pytest.mark.proof
def test_type_checkers_know_items_pages_and_which_operations_have_them(
    tmp_path: Path,
) -> None:
    (tmp_path / "things.yaml").write_text(yaml.safe_dump(DOCUMENT), "utf-8")
    configuration = tmp_path / "generator-config.yaml"
    things = {"kind": "page", "parameter": "page", "items": "things"}
    words = {"kind": "link"}
    section = {"list_things": things, "list_words": words}
    configuration.write_text(yaml.safe_dump({"pages": section}), "utf-8")
    package = build(
        tmp_path / "things.yaml", tmp_path, pages=page_settings(configuration)
    ).package
    code = package.with_name("code.py")
    code.write_text(CODE, "utf-8")

    checked = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--no-incremental", code.name],
        cwd=code.parent,
        capture_output=True,
        text=True,
    )

    lines = checked.stdout.splitlines()
    errors = [line for line in lines if re.match(r"code\.py:\d+: error: ", line)]
    assert len(errors) == 2, checked.stdout
    unknown_argument, no_list = CODE.count("\n") - 1, CODE.count("\n")
    assert errors[0].startswith(f"code.py:{unknown_argument}: ")
    assert errors[1].startswith(f"code.py:{no_list}: ")
