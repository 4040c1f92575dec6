"""What reaches the generator: types that it is known to do right, under opaque names."""

from __future__ import annotations

import json
from typing import Any

import pytest

from scripts.contract.read import read
from scripts.generator.lower import lower
from tests.generation.packages import answer, document

Json = Any

TEXT = {"type": "string"}
FILE = {"type": "string", "format": "binary"}
NULL = {"type": "null"}
WHOLE = {"type": "integer"}


def ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def lowered(operation: Json, **schemas: Json) -> tuple[Json, Json]:
    """The lowered form of one operation, and the lowered classes."""
    path = "/x/{p}" if "path" in json.dumps(operation) else "/x"
    operation = {"operationId": "do", "responses": {}} | operation
    plain = lower(read(document({path: {"post": operation}}, **schemas))).document
    [item] = plain["paths"].values()
    return item["post"], plain["components"]["schemas"]


def body(schema: Json, content_type: str = "application/json") -> Json:
    return {"requestBody": {"content": {content_type: {"schema": schema}}}}


def field(schema: Json, **schemas: Json) -> Json:
    """The lowered type of the one field of an object."""
    thing = {"type": "object", "properties": {"a": schema}}
    _item, classes = lowered(body(ref("Thing")), Thing=thing, **schemas)
    return classes["C1"]["properties"]["p1"]


@pytest.mark.parametrize(
    ("schema", "plain"),
    [
        ({}, {}),
        (TEXT | {"format": "made-up"}, TEXT),
        (FILE, TEXT),
        (TEXT | {"format": "uuid"}, TEXT | {"format": "uuid"}),
        (WHOLE | {"default": 5, "maximum": 9}, WHOLE),
        ({"type": ["string", "null"]}, {"oneOf": [TEXT, NULL]}),
        ({"type": ["string", "integer"]}, {"oneOf": [TEXT, WHOLE]}),
        ({"type": "array"}, {"type": "array", "items": {}}),
        (
            {"type": "array", "prefixItems": [TEXT]},
            {"type": "array", "items": {"oneOf": [TEXT, {}]}},
        ),
        ({"anyOf": [TEXT | {"minLength": 1}, TEXT]}, TEXT),
        ({"const": 'a"\\\n'}, {"const": 'a"\\\n'}),
        ({"const": True}, {"const": True}),
        ({"const": 1.5}, {"type": "number"}),
        ({"enum": [1, "a"]}, {"oneOf": [WHOLE, TEXT]}),
        ({"type": "number", "enum": [1, 2]}, {"type": "number"}),
        ({"enum": ["a", "b"]}, ref("C2")),
        ({"enum": [1, 2, None]}, {"oneOf": [ref("C2"), NULL]}),
        ({"type": "object"}, ref("C2")),
    ],
    ids=json.dumps,
)
def test_a_schema_becomes_the_type_that_the_generator_does_right(
    schema: Json, plain: Json
) -> None:
    assert field(schema) == plain


def test_a_type_that_contains_itself_ends_in_anything_and_a_class_does_not() -> None:
    tree = {"type": "array", "items": ref("Tree")}
    assert field(ref("Tree"), Tree=tree) == {"type": "array", "items": {}}
    assert field(ref("Thing")) == ref("C1")


def test_a_type_that_would_be_written_a_thousand_times_is_anything() -> None:
    def lists(other: str) -> Json:
        one = {"type": "array", "items": ref(other)}
        return {"anyOf": [one, {"type": "array", "items": one}]}

    schemas = {f"T{n}": lists(f"T{n + 1}") for n in range(40)} | {"T40": TEXT}
    assert len(json.dumps(field(ref("T0"), **schemas))) < 10_000


@pytest.mark.parametrize(
    ("operation", "required"),
    [
        (body(ref("Thing")), ["p2", "p3"]),
        ({"responses": answer(ref("Thing"))}, ["p1", "p3"]),
        (body(ref("Thing")) | {"responses": answer(ref("Thing"))}, ["p3"]),
    ],
)
def test_a_field_that_does_not_travel_both_ways_is_not_required_where_it_does_not(
    operation: Json, required: list[str]
) -> None:
    fields = {"id": TEXT | {"readOnly": True}, "secret": ref("Secret"), "name": TEXT}
    thing = {"type": "object", "required": [*fields], "properties": fields}
    secret = TEXT | {"writeOnly": True}
    _item, classes = lowered(operation, Thing=thing, Secret=secret)
    assert classes["C1"]["required"] == required


@pytest.mark.parametrize(
    ("content_type", "schema", "plain"),
    [
        ("application/vnd.x+json", TEXT, TEXT),
        ("application/x-www-form-urlencoded", ref("T"), ref("C1")),
        ("application/x-www-form-urlencoded", {"anyOf": [TEXT, NULL]}, {}),
        ("image/png", TEXT, {}),
        ("text/csv", TEXT, {}),
    ],
)
def test_a_body_has_a_type_where_its_kind_has_one(
    content_type: str, schema: Json, plain: Json
) -> None:
    thing = {"type": "object", "properties": {"a": TEXT}}
    item, _classes = lowered(body(schema, content_type), T=thing)
    assert item["requestBody"]["content"] == {"application/json": {"schema": plain}}


FILES = {
    "type": "object",
    "properties": {
        "one": FILE,
        "more": {"type": "array", "items": FILE},
        "typed": TEXT | {"contentMediaType": "image/png"},
        "nested": {"type": "object", "properties": {"a": FILE}},
    },
}


def test_binary_fields_are_files_in_a_multipart_body_and_nowhere_else() -> None:
    multipart = body(ref("T"), "multipart/form-data")
    _item, classes = lowered(multipart, T=FILES)
    assert [*classes["C1"]["properties"].values()] == [
        FILE,
        {"type": "array", "items": FILE},
        FILE,
        ref("C2"),
    ]
    assert classes["C2"] == {"properties": {"p5": TEXT}}
    for other in (body(ref("T")), multipart | {"responses": answer(ref("T"))}):
        _item, classes = lowered(other, T=FILES)
        assert FILE not in classes["C1"]["properties"].values()


@pytest.mark.parametrize("where", ["header", "cookie", "path"])
@pytest.mark.parametrize(
    ("schema", "as_text"),
    [
        ({"type": "array", "items": TEXT}, True),
        (TEXT | {"format": "date-time"}, True),
        ({"const": "a"}, True),
        ({}, True),
        (WHOLE, False),
        ({"enum": ["a"]}, False),
    ],
    ids=json.dumps,
)
def test_what_has_no_form_of_its_own_in_a_header_or_cookie_is_given_as_text(
    where: str, schema: Json, as_text: bool
) -> None:
    held = {"name": "p", "in": where, "required": True, "schema": schema}
    item, _classes = lowered({"parameters": [held]})
    assert item["parameters"][0]["in"] == "query"
    is_text = item["parameters"][0]["schema"] == TEXT
    assert is_text is (as_text and where != "path")


@pytest.mark.parametrize(
    ("content", "plain"),
    [
        ({}, None),
        ({"application/json": {}}, {}),
        ({"text/csv": {}, "application/json": {"schema": TEXT}}, TEXT),
        ({"image/png": {}, "text/csv": {"schema": TEXT}}, {}),
    ],
    ids=json.dumps,
)
def test_an_answer_has_the_type_of_its_json(content: Json, plain: Json) -> None:
    described = {"200": {"description": "d", "content": content}}
    item, _classes = lowered({"responses": described})
    made = item["responses"]["200"].get("content")
    assert made == (plain if plain is None else {"application/json": {"schema": plain}})


def test_no_text_of_the_document_reaches_the_generator() -> None:
    words = {"title": "MARK", "description": "MARK", "example": "MARK", "x-a": "MARK"}
    named = {"type": "string", "default": "MARK", "pattern": "MARK"}
    operation = {
        **dict.fromkeys(("operationId", "summary", "description"), "MARK"),
        "tags": ["MARK"],
        "parameters": [{"name": "MARK", "in": "query", "schema": TEXT}],
        "responses": {"204": {"description": "MARK"}},
        **body(ref("MARK")),
    }
    thing = {"type": "object", "properties": {"MARK": named}, **words}
    assert "MARK" not in json.dumps(lowered(operation, MARK=thing))
