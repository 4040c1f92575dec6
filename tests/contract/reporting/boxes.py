"""A small document, edits of it, and the reports on them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from scripts.contract.comparing.operations import compare
from scripts.contract.reading.contract import read
from scripts.contract.reporting.report import Report, report_on

Json = Any
BOXES = 12


def ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def answer(schema: Json) -> Json:
    content = {"application/json": {"schema": schema}}
    return {"200": {"description": "d", "content": content}}


def document() -> Json:
    """A dozen operations that answer boxes, and one that answers something of its own."""
    paths: Json = {
        f"/box/{number}": {
            "get": {
                "operationId": f"box{number}",
                "responses": answer(ref("Box")),
                "security": [{"key": []}],
            }
        }
        for number in range(BOXES)
    }
    paths["/odd"] = {"get": {"operationId": "odd", "responses": answer(ref("Odd"))}}
    colours = [f"colour{number}" for number in range(40)]
    return {
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1"},
        "servers": [{"url": "https://boxes.example/v1"}],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
                "token": {"type": "http", "scheme": "bearer"},
            },
            "schemas": {
                "Box": {
                    "type": "object",
                    "required": ["size"],
                    "properties": {
                        "size": {"type": "integer"},
                        "colour": {"type": "string", "enum": colours},
                    },
                },
                "Odd": {"type": "object", "properties": {"part": ref("Part")}},
                "Part": {"type": "object", "properties": {"name": {"type": "string"}}},
            },
        },
    }


def report(edit: Callable[[Json], object]) -> Report:
    changed = document()
    edit(changed)
    old = read(document())
    new = read(changed)
    return report_on(compare(old, new), old, new)


def remove_odd(d: Json) -> None:
    del d["paths"]["/odd"]


def make_size_optional(d: Json) -> None:
    d["components"]["schemas"]["Box"]["required"] = []


def between(before: Callable[[Json], object], after: Callable[[Json], object]) -> Report:  # fmt: skip
    """The report on two edits of the document."""
    old_document = document()
    before(old_document)
    new_document = document()
    after(new_document)
    old = read(old_document)
    new = read(new_document)
    return report_on(compare(old, new), old, new)


def part(**keywords: Json) -> Callable[[Json], None]:
    def edit(d: Json) -> None:
        d["components"]["schemas"]["Part"] |= keywords

    return edit
