"""What reaches the generator: constructs that it is known to do right, under opaque names."""

from __future__ import annotations

import json
from typing import Any

import pytest

from scripts.contract.model import Contract
from scripts.contract.read import read
from scripts.generator.lower import lower
from tests.generation.packages import answer, document

Json = Any

TEXT = {"type": "string"}
FILE = {"type": "string", "format": "binary"}
NULL = {"type": "null"}


def sent(
    schema: Json, content_type: str = "application/json", **schemas: Json
) -> Contract:
    """The contract of one operation with a body."""
    body = {"required": True, "content": {content_type: {"schema": schema}}}
    operation = {"operationId": "send", "requestBody": body, "responses": {}}
    return read(document({"/x": {"post": operation}}, **schemas))


def asked(**parameter: Json) -> Json:
    """The lowered parameter of one operation."""
    path = "/x/{p}" if parameter["in"] == "path" else "/x"
    operation = {"operationId": "ask", "parameters": [{"name": "p", **parameter}]}
    plain = lower(read(document({path: {"get": operation | {"responses": {}}}})))
    [item] = plain.document["paths"].values()
    return item["get"]["parameters"][0]


def body_of(contract: Contract) -> Json:
    [item] = lower(contract).document["paths"].values()
    [media] = item["post"]["requestBody"]["content"].items()
    return media


def field(schema: Json, **schemas: Json) -> Json:
    """The lowered type of the one field of an object."""
    thing = {"type": "object", "properties": {"a": schema}}
    plain = lower(sent({"$ref": "#/components/schemas/Thing"}, Thing=thing, **schemas))
    return plain.document["components"]["schemas"]["C1"]["properties"]["p1"]


@pytest.mark.parametrize(
    ("schema", "plain"),
    [
        ({}, {}),
        ({"type": "string", "format": "made-up"}, TEXT),
        ({"type": "string", "format": "binary"}, TEXT),
        ({"type": "string", "format": "date"}, TEXT | {"format": "date"}),
        ({"type": "string", "format": "date-time"}, TEXT | {"format": "date-time"}),
        ({"type": "string", "format": "uuid"}, TEXT | {"format": "uuid"}),
        ({"type": "integer", "default": 5, "maximum": 9}, {"type": "integer"}),
        ({"type": ["string", "null"]}, {"oneOf": [TEXT, NULL]}),
        ({"type": ["string", "integer"]}, {"oneOf": [TEXT, {"type": "integer"}]}),
        ({"type": "null"}, NULL),
        ({"type": "array"}, {"type": "array", "items": {}}),
        (
            {"type": "array", "prefixItems": [{"type": "string"}]},
            {"type": "array", "items": {"oneOf": [TEXT, {}]}},
        ),
        (
            {"anyOf": [{"type": "string", "minLength": 1}, {"type": "string"}]},
            TEXT,
        ),
        ({"const": "a"}, {"const": "a"}),
        ({"const": 1}, {"const": 1}),
        ({"const": True}, {"const": True}),
        ({"const": 1.5}, {"type": "number"}),
        ({"const": "a\nb"}, TEXT),
        ({"const": 'a"b'}, TEXT),
        ({"const": "a\\b"}, TEXT),
        ({"enum": [1, "a"]}, {"oneOf": [{"type": "integer"}, TEXT]}),
        ({"enum": [1.5, 2]}, {"type": "number"}),
        ({"type": "number", "enum": [1, 2]}, {"type": "number"}),
        ({"enum": [True]}, {"type": "boolean"}),
        ({"enum": ["a", "b"]}, {"$ref": "#/components/schemas/C2"}),
        (
            {"enum": [1, 2, None]},
            {"oneOf": [{"$ref": "#/components/schemas/C2"}, NULL]},
        ),
        ({"type": "object"}, {"$ref": "#/components/schemas/C2"}),
    ],
    ids=json.dumps,
)
def test_a_schema_becomes_the_type_that_the_generator_does_right(
    schema: Json, plain: Json
) -> None:
    assert field(schema) == plain


def test_a_type_that_contains_itself_ends_in_anything() -> None:
    tree = {"type": "array", "items": {"$ref": "#/components/schemas/Tree"}}
    assert field({"$ref": "#/components/schemas/Tree"}, Tree=tree) == {
        "type": "array",
        "items": {},
    }


def test_a_class_that_contains_itself_refers_to_itself() -> None:
    thing = {"type": "object", "properties": {"a": {"$ref": "#/components/schemas/T"}}}
    contract = sent({"$ref": "#/components/schemas/T"}, T=thing)
    assert lower(contract).document["components"]["schemas"] == {
        "C1": {"properties": {"p1": {"$ref": "#/components/schemas/C1"}}}
    }


def test_a_type_that_would_be_written_a_thousand_times_is_anything() -> None:
    def pair(other: str) -> Json:
        return {
            "anyOf": [
                {"type": "array", "items": {"$ref": f"#/components/schemas/{other}"}},
                {
                    "type": "array",
                    "items": {
                        "type": "array",
                        "items": {"$ref": f"#/components/schemas/{other}"},
                    },
                },
            ]
        }

    schemas = {f"T{n}": pair(f"T{n + 1}") for n in range(40)} | {"T40": TEXT}
    plain = field({"$ref": "#/components/schemas/T0"}, **schemas)
    assert len(json.dumps(plain)) < 10_000


@pytest.mark.parametrize(
    ("sends", "reads", "required"),
    [
        (True, False, ["p2", "p3"]),
        (False, True, ["p1", "p3"]),
        (True, True, ["p3"]),
    ],
)
def test_a_field_that_does_not_travel_both_ways_is_not_required_where_it_does_not(
    sends: bool, reads: bool, required: list[str]
) -> None:
    thing = {
        "type": "object",
        "required": ["id", "secret", "name"],
        "properties": {
            "id": {"type": "string", "readOnly": True},
            "secret": {"$ref": "#/components/schemas/Secret"},
            "name": {"type": "string"},
        },
    }
    used = {"$ref": "#/components/schemas/Thing"}
    operation: Json = {"operationId": "x", "responses": {}}
    if sends:
        operation["requestBody"] = {"content": {"application/json": {"schema": used}}}
    if reads:
        operation["responses"] = answer(used)
    secret = {"type": "string", "writeOnly": True}
    contract = read(document({"/x": {"post": operation}}, Thing=thing, Secret=secret))
    assert lower(contract).document["components"]["schemas"]["C1"]["required"] == (
        required
    )


@pytest.mark.parametrize(
    ("content_type", "schema", "lowered"),
    [
        ("application/vnd.x+json", TEXT, ("application/json", TEXT)),
        ("application/json", {}, ("application/json", {})),
        (
            "application/x-www-form-urlencoded",
            {"type": "object", "properties": {"a": TEXT}},
            (
                "application/x-www-form-urlencoded",
                {"$ref": "#/components/schemas/C1"},
            ),
        ),
        (
            "application/x-www-form-urlencoded",
            {"anyOf": [TEXT, NULL]},
            ("application/x-www-form-urlencoded", {}),
        ),
        ("image/png", {}, ("application/octet-stream", FILE)),
        ("text/csv", {}, ("application/octet-stream", TEXT)),
    ],
)
def test_a_body_is_lowered_by_its_kind(
    content_type: str, schema: Json, lowered: Json
) -> None:
    made, media = body_of(sent(schema, content_type))
    assert (made, media["schema"]) == lowered


def test_binary_fields_are_files_in_a_multipart_body_and_nowhere_else() -> None:
    thing = {
        "type": "object",
        "properties": {
            "one": {"type": "string", "format": "binary"},
            "more": {"type": "array", "items": {"type": "string", "format": "binary"}},
            "typed": {"type": "string", "contentMediaType": "image/png"},
            "nested": {
                "type": "object",
                "properties": {"a": {"type": "string", "format": "binary"}},
            },
        },
    }
    use = {"$ref": "#/components/schemas/T"}
    alone = lower(sent(use, "multipart/form-data", T=thing)).document
    assert alone["components"]["schemas"] == {
        "C1": {
            "properties": {
                "p1": FILE,
                "p2": {"type": "array", "items": FILE},
                "p3": FILE,
                "p4": {"$ref": "#/components/schemas/C2"},
            }
        },
        "C2": {"properties": {"p5": TEXT}},
    }
    as_json = lower(sent(use, "application/json", T=thing)).document
    assert FILE not in as_json["components"]["schemas"]["C1"]["properties"].values()


def test_a_class_of_a_multipart_body_that_travels_as_json_too_has_no_files() -> None:
    use = {"$ref": "#/components/schemas/T"}
    operation = {
        "requestBody": {"content": {"multipart/form-data": {"schema": use}}},
        "responses": answer(use),
    }
    thing = {"type": "object", "properties": {"a": FILE}}
    plain = lower(read(document({"/x": {"post": operation}}, T=thing))).document
    assert plain["components"]["schemas"]["C1"]["properties"] == {"p1": TEXT}


@pytest.mark.parametrize("where", ["header", "cookie"])
@pytest.mark.parametrize(
    "schema",
    [
        {"type": "array", "items": TEXT},
        {"type": "string", "format": "date-time"},
        {"type": "string", "format": "uuid"},
        {"const": "a"},
        {"type": "object"},
        {},
    ],
    ids=json.dumps,
)
def test_what_has_no_form_of_its_own_in_a_header_or_cookie_is_given_as_text(
    where: str, schema: Json
) -> None:
    assert asked(**{"in": where, "schema": schema})["schema"] == TEXT


def test_numbers_and_enums_keep_their_types_in_a_header() -> None:
    assert asked(**{"in": "header", "schema": {"type": "integer"}})["schema"] == {
        "type": "integer"
    }
    enum = asked(**{"in": "header", "schema": {"enum": ["a"]}})["schema"]
    assert enum == {"$ref": "#/components/schemas/C1"}


def test_nothing_in_a_path_says_null() -> None:
    schema = {"type": ["string", "null"]}
    assert asked(**{"in": "path", "required": True, "schema": schema}) == {
        "name": "p1",
        "in": "path",
        "required": True,
        "schema": TEXT,
    }


@pytest.mark.parametrize(
    ("content", "lowered"),
    [
        ({}, None),
        ({"application/json": {}}, {"oneOf": [{}, NULL]}),
        ({"application/json": {"schema": {}}}, {"oneOf": [{}, NULL]}),
        ({"text/csv": {}, "application/json": {"schema": TEXT}}, TEXT),
        ({"image/png": {}, "text/csv": {}}, TEXT),
        ({"image/png": {}}, FILE),
        ({"text/event-stream": {}}, TEXT),
    ],
    ids=json.dumps,
)
def test_an_answer_is_lowered_by_the_content_type_that_is_asked_for(
    content: Json, lowered: Json
) -> None:
    operation = {"responses": {"200": {"description": "d", "content": content}}}
    [item] = (
        lower(read(document({"/x": {"get": operation}}))).document["paths"].values()
    )
    made = item["get"]["responses"]["200"].get("content")
    assert (
        made is None
        if lowered is None
        else lowered in [media["schema"] for media in made.values()]
    )


def test_opaque_names_never_meet_those_of_the_document() -> None:
    thing = {"type": "object", "properties": {"p1": TEXT, "pq2": TEXT, "P3": TEXT}}
    plain = lower(sent(thing)).document["components"]["schemas"]["C1"]
    assert set(plain["properties"]) == {"pqq1", "pqq2", "pqq3"}


def test_no_word_of_the_document_reaches_the_generator() -> None:
    thing = {
        "type": "object",
        "title": "MARK",
        "description": "MARK",
        "example": "MARK",
        "x-note": "MARK",
        "properties": {
            "MARK": {"type": "string", "default": "MARK", "pattern": "MARK"}
        },
    }
    operation = {
        "operationId": "MARK",
        "tags": ["MARK"],
        "summary": "MARK",
        "description": "MARK",
        "deprecated": True,
        "parameters": [{"name": "MARK", "in": "query", "schema": TEXT}],
        "requestBody": {
            "content": {
                "application/json": {"schema": {"$ref": "#/components/schemas/MARK"}}
            }
        },
        "responses": {"204": {"description": "MARK"}},
    }
    contract = read(document({"/MARK": {"post": operation}}, MARK=thing))
    assert list(contract.operations) == ["POST /MARK"]
    assert "MARK" not in json.dumps(lower(contract).document)
