"""Reading untrusted documents, and finding their parts."""

from __future__ import annotations

from typing import Any

import pytest

from scripts import document as oas
from scripts.document import DocumentError


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"),
        ("off", "off"),
        ("2024-10-15", "2024-10-15"),
        ("1:30", "1:30"),
        ("012", 12),
        ("0o17", 15),
        ("0xff", 255),
        ("+7", 7),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("TRUE", True),
        ("False", False),
        ("~", None),
        ("''", ""),
        (".nan", ".nan"),
    ],
)
def test_scalars_are_read_by_the_core_schema_of_yaml_1_2(text: str, value: Any) -> None:
    (read,) = oas.parse(f"- {text}\n")
    assert read == value
    assert type(read) is type(value)


def test_keys_are_text_whatever_they_look_like() -> None:
    assert oas.parse("{200: a, true: b, 1.0: c}") == {
        "200": "a",
        "true": "b",
        "1.0": "c",
    }


BOMB = "a: &a [x]\n" + "".join(
    f"{chr(98 + i)}: &{chr(98 + i)} [*{chr(97 + i)}, *{chr(97 + i)}]\n"
    for i in range(20)
)


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        (BOMB, "aliases"),
        ("a: !!python/name:os.system x", "tags"),
        ("a: !custom x", "tags"),
        ("a: 1\na: 2", "stands twice"),
        ("a: 1\n---\nb: 2", "second document"),
        ("? [a]\n: 1", "no text"),
        ("[" * 100 + "]" * 100, "nested deeper"),
        ("{" + '"a":{' * 100 + "}" * 101, "nested deeper"),
        ('a: "\\u202e"', "U+202E"),
        ('a: "\\u0000"', "U+0000"),
        ('"k\\u200b": 1', "U+200B"),
    ],
)
def test_what_no_document_needs_is_refused(text: str, cause: str) -> None:
    with pytest.raises(DocumentError, match=cause.replace("+", r"\+")):
        oas.parse(text)


@pytest.mark.parametrize("data", [b"\xff", b"a: \xe2\x80\xae", b"\x00"])
def test_bytes_that_hide_something_are_refused(data: bytes) -> None:
    with pytest.raises(DocumentError):
        oas.decode(data)


def test_size_is_limited() -> None:
    with pytest.raises(DocumentError, match="larger than"):
        oas.decode(b" " * (oas.MAX_BYTES + 1))


def test_every_place_that_holds_a_schema_is_found() -> None:
    schema = {"type": "string"}
    document = {
        "paths": {
            "/a": {
                "parameters": [{"schema": {**schema}}],
                "get": {
                    "parameters": [{"content": {"text/plain": {"schema": {**schema}}}}],
                    "requestBody": {
                        "content": {"application/json": {"schema": {**schema}}}
                    },
                    "responses": {"200": {"headers": {"X": {"schema": {**schema}}}}},
                },
            }
        },
        "components": {
            "schemas": {
                "A": {
                    "properties": {"title": {"items": {**schema}}},
                    "allOf": [{"additionalProperties": {**schema}}],
                    "example": {"properties": {"x": {"not": "a schema"}}},
                }
            },
            "responses": {
                "R": {"content": {"application/json": {"schema": {**schema}}}}
            },
        },
    }
    assert {oas.at(place) for place, _schema in oas.schemas(document)} == {
        "#/components/schemas/A",
        "#/components/schemas/A/allOf/0",
        "#/components/schemas/A/allOf/0/additionalProperties",
        "#/components/schemas/A/properties/title",
        "#/components/schemas/A/properties/title/items",
        "#/components/responses/R/content/application~1json/schema",
        "#/paths/~1a/parameters/0/schema",
        "#/paths/~1a/get/parameters/0/content/text~1plain/schema",
        "#/paths/~1a/get/requestBody/content/application~1json/schema",
        "#/paths/~1a/get/responses/200/headers/X/schema",
    }


def test_references_resolve_to_what_they_name_and_never_in_circles() -> None:
    document = {"a/b": [{"$ref": "#/c"}], "c": {"v": 1}, "d": {"$ref": "#/d"}}
    assert oas.resolved(document, {"$ref": "#/a~1b/0"}) == {"v": 1}
    with pytest.raises(DocumentError, match="back to itself"):
        oas.resolved(document, {"$ref": "#/d"})
    with pytest.raises(DocumentError, match="points at nothing"):
        oas.lookup(document, "#/a~1b/7")
