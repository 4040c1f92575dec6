"""What the generated package knows of its operations beside their code: addresses, credentials, and schemas to check with."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from jsonschema_rs import Draft202012Validator

from scripts.contract.reading.contract import read
from scripts.generator import own_modules
from scripts.generator.plan import plan
from tests.generator.packages import Json, answer, body, completed, document, part

TEXT = {"type": "string"}
ID = TEXT | {"readOnly": True}
REF = {"$ref": "#/components/schemas/a~1b%"}
NODE: Json = {
    "type": "object",
    "properties": {
        "id": ID,
        "children": {"type": "array", "items": REF},
        "maybes": {"type": "array", "items": {"type": ["object", "null"]}},
        "union": {"oneOf": [TEXT, {"type": "object"}]},
        "map": {
            "type": "object",
            "properties": {"name": TEXT},
            "additionalProperties": {"type": "object"},
        },
    },
    "required": ["id"],
}
DONE: Json = {"responses": {"204": {"description": ""}}}
Write = Callable[..., Any]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes the module of an operation; gives its value, the module of the document, and the warnings."""

    def written(described: Json, *, path: str = "/things", **more: Json) -> Any:
        made = document({path: {"post": {"operationId": "do", **DONE, **described}}})
        made |= more
        made["components"] = {"schemas": {"a/b%": NODE}, **more.get("components", {})}
        (tmp_path / "models").mkdir()
        contract = read(made)
        assert not contract.left_out
        warnings = own_modules.write(contract, plan(contract), tmp_path, text=b"text")
        with completed(tmp_path) as package:
            operation = part(package, "_operations.default.do").OPERATION
            origin = part(package, "_document")
        return SimpleNamespace(operation=operation, warnings=warnings, document=origin)

    return written


def accepts(schema: str, value: Json) -> bool:
    return Draft202012Validator(json.loads(schema)).is_valid(value)


NAMED = {"required": ["id", "name"], "properties": {"name": TEXT}}
FILE = TEXT | {"format": "binary"}
FILES = {"one": FILE, "many": {"type": "array", "items": FILE}, "text": TEXT, "id": ID}
FORM = {"type": "object", "required": ["one", "id"], "properties": FILES}


@pytest.mark.parametrize(
    ("schema", "content_type", "accepted", "refused"),
    [
        (
            REF,  # read-only fields are neither required nor taken
            "application/json",
            [{}, {"children": [{"children": []}]}],
            [{"id": "x"}, {"children": [{"id": "x"}]}, {"children": [1]}, []],
        ),
        (
            {"allOf": [REF, NAMED]},  # nor where another part requires them
            "application/json",
            [{"name": "n"}],
            [{}, {"name": "n", "id": "x"}],
        ),
        (
            FORM,  # files are no JSON: an empty string stands for one
            "multipart/form-data",
            [{"one": "", "many": ["", None], "text": "x"}, {"one": "", "many": ""}],
            [
                *({"one": "", "id": "x"}, [], {"text": "x"}, {"one": "", "text": 2}),
                *({"one": "path"}, {"one": 1}, {"one": "", "many": ["", "path"]}),
            ],
        ),
    ],
)
def test_a_body_is_checked_by_all_its_schemas(
    write: Write, schema: Json, content_type: str, accepted: Json, refused: Json
) -> None:
    made = write(body(schema, content_type))
    assert [
        value for value in accepted if not accepts(made.operation.body.schema, value)
    ] == []
    assert [
        value for value in refused if accepts(made.operation.body.schema, value)
    ] == []
    assert not made.warnings


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ({}, None),
        ({"children": None}, None),
        ({"children": [{}, {"maybes": [None]}], "union": []}, None),
        ({"children": {}}, ["children"]),
        ({"map": {"name": 1, "other": {}}}, None),
        ({"map": {"other": 1}}, ["map", "other"]),
        ({"children": [{"children": [1]}]}, ["children", 0, "children", 0]),
        ({"children": [None]}, ["children", 0]),
        ([], []),
        (None, []),
    ],
)
def test_an_answer_is_checked_for_where_its_containers_stand_and_nothing_else(
    write: Write, content: Json, fault: list[Any] | None
) -> None:
    described = write({"responses": answer(REF)}).operation.responses["200"]
    assert described.kind == "json"
    found = list(
        Draft202012Validator(json.loads(described.schema)).iter_errors(content)
    )
    assert (found[0].instance_path if found else None) == fault


WHOLES = {"type": "array", "items": {"type": "integer"}}


@pytest.mark.parametrize(
    ("where", "schema", "accepted", "refused"),
    [
        ("header", TEXT, ["a b"], ["", " a", "a ", "ü", "a\nb"]),
        ("header", WHOLES, [[1, 2], "1,2"], [["x"], "\n"]),  # or its text
        ("path", TEXT, ["a b"], ["", ".", "..", None]),
        ("query", TEXT, ["a b", ""], [1]),
    ],
)
def test_parameters_that_cannot_be_sent_in_their_place_are_refused(
    write: Write, where: str, schema: Json, accepted: Json, refused: Json
) -> None:
    parameter = {"name": "X-It", "in": where, "required": True, "schema": schema}
    path = "/things/{X-It}" if where == "path" else "/things"
    made = write({"parameters": [parameter]}, path=path)
    for value in [*accepted, *refused]:
        assert accepts(made.operation.parameters_schema, {"x_it": value}) is (
            value in accepted
        )
    assert not accepts(made.operation.parameters_schema, {})


@pytest.mark.parametrize(
    "keyword", [{"pattern": "(?<n"}, {"patternProperties": {"(": {"type": "null"}}}]
)
def test_what_the_validator_cannot_compile_is_named_and_stops_no_call(
    write: Write, keyword: Json
) -> None:
    made = write(body({"properties": {"a": {**keyword, "minLength": 2}}}))
    assert accepts(made.operation.body.schema, {"a": "xx"})
    assert not accepts(made.operation.body.schema, {"a": "x"})
    [warning] = made.warnings
    assert "#/paths/~1things/post/requestBody" in warning
    assert f"properties/a/{next(iter(keyword))}" in warning


@pytest.mark.parametrize(
    ("content_type", "kind", "sent"),
    [
        ("image/*", "bytes", "application/octet-stream"),
        ("text/csv", "text", "text/csv"),
    ],
)
def test_bytes_and_text_have_no_schema(
    write: Write, content_type: str, kind: str, sent: str
) -> None:
    made = write(body(TEXT, content_type)).operation.body
    assert (None, kind, sent) == (made.schema, made.kind, made.content_type)
    assert made.required is False


JSON, EVENTS, IMAGE = "application/json", "text/event-stream", "image/png"


@pytest.mark.parametrize(
    ("responses", "success", "accept", "stream"),
    [
        ({"204": {}}, ("204",), None, None),
        ({"200": [EVENTS]}, ("200",), EVENTS, EVENTS),
        ({"200": [IMAGE, EVENTS]}, ("200",), IMAGE, EVENTS),
        ({"200": [JSON, EVENTS]}, ("200",), JSON, EVENTS),
        ({"200": [IMAGE, "text/a"], "404": [JSON]}, ("200",), "text/a", IMAGE),
        (
            {"200": [JSON], "201": ["a/x+json"]},
            ("200", "201"),
            f"{JSON}, a/x+json",
            None,
        ),
        ({"2XX": [JSON], "default": []}, ("2XX",), JSON, None),
        ({"default": [JSON], "404": []}, ("default",), JSON, None),
        ({"404": [JSON]}, ("2XX",), JSON, None),
    ],
)
def test_what_success_is_and_what_is_asked_for(
    write: Write, responses: Json, success: Any, accept: Any, stream: Any
) -> None:
    described = {
        status: {"description": "", "content": {name: {} for name in names}}
        for status, names in responses.items()
    }
    made = write({"responses": described}).operation
    assert (success, accept, stream) == (made.success, made.accept, made.stream)
    assert made.responses.keys() == responses.keys()


SCHEMES = {
    "key": {"type": "apiKey", "in": "query", "name": "k"},
    "basic": {"type": "http", "scheme": "basic"},
    "token": {"type": "http", "scheme": "bearer"},
    "oauth": {"type": "oauth2", "flows": {}},
}
KEY = ("key", "apiKey", "query", "k")
BASIC = ("basic", "basic", "header", "Authorization")


@pytest.mark.parametrize(
    ("security", "expected"),
    [
        ([{"key": []}], ((KEY,),)),
        ([{"key": [], "basic": []}], ((KEY, BASIC),)),
        ([{"token": []}, {}], ((("token", "bearer", "header", "Authorization"),), ())),
        ([{"oauth": ["read"]}], ((("oauth", "bearer", "header", "Authorization"),),)),
        ([{}], ((),)),
        ([], ()),
    ],
)
def test_credentials_are_alternatives_of_schemes(
    write: Write, security: Json, expected: Any
) -> None:
    own, declared = {"security": security}, {"securitySchemes": SCHEMES}
    made = write(own, components=declared, security=[{"basic": []}])
    assert expected == made.operation.security


SERVERS = [
    {"url": "https://{region}.example", "variables": {"region": {"default": "eu"}}},
    {"url": "https://second.example"},
]


@pytest.mark.parametrize(
    ("servers", "expected", "own"),
    [
        (SERVERS, "https://eu.example", "https://eu.example/v2"),
        ([], None, None),
        ([{"url": "/v1"}], None, None),
    ],
)
def test_the_modules_say_where_the_service_is_and_which_document_it_is(
    write: Write, servers: Json, expected: str | None, own: str | None
) -> None:
    made = write({"servers": [{"url": "/v2"}]}, servers=servers)
    operation = made.operation
    assert (operation.method, operation.path) == ("POST", "/things")
    assert operation.server == own
    origin = made.document
    assert expected == origin.SERVER
    assert (origin.TITLE, origin.VERSION, origin.SECURITY) == ("T", "1", ())
    assert origin.SHA256.startswith("982d9e3eb996f559")
    assert origin.GENERATOR.startswith("openapi-python-client 0.")


@pytest.mark.parametrize(
    ("content_type", "accept"),
    [
        ("application/json; a=\r\nX-Other: b", None),
        ("application/json; a=\u00e4", None),
        ("application/json ", "application/json"),
    ],
)
def test_only_a_content_type_that_a_header_can_hold_is_asked_for(
    write: Write, content_type: str, accept: str | None
) -> None:
    responses = answer({"type": "object"}, content_type)
    assert write({"responses": responses}).operation.accept == accept
