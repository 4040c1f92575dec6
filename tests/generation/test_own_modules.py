"""What the generated package knows of its operations beside their code: addresses, credentials, and schemas to check with."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema_rs import Draft202012Validator

from scripts.contract.read import read
from scripts.generator import own_modules
from scripts.generator.plan import plan
from tests.generation.packages import Json, answer, document

TEXT = {"type": "string"}
NODE: Json = {
    "type": "object",
    "properties": {
        "id": {**TEXT, "readOnly": True},
        "children": {"type": "array", "items": {"$ref": "#/components/schemas/a~1b%"}},
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


def written(
    operation: Json, tmp_path: Path, *, path: str = "/things", **more: Json
) -> tuple[Any, list[str]]:
    """The module of an operation, executed, and the warnings. `more` goes into the document."""
    made = document({path: {"post": {"operationId": "do", **operation}}})
    made["components"]["schemas"] = {"a/b%": NODE}
    made = made | more | {"components": made["components"] | more.get("components", {})}
    (tmp_path / "models").mkdir()
    contract = read(made)
    assert not contract.left_out, contract.left_out
    warnings = own_modules.write(contract, plan(contract), tmp_path, text=b"text")
    return module(tmp_path / "_operations" / "default" / "do.py"), warnings


def module(path: Path) -> Any:
    spec = importlib.util.spec_from_file_location("staged", path)
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


def accepts(schema: str, value: Json) -> bool:
    return Draft202012Validator(json.loads(schema)).is_valid(value)


def body(schema: Json, content_type: str = "application/json") -> Json:
    return {"requestBody": {"content": {content_type: {"schema": schema}}}}


DONE: Json = {"responses": {"204": {"description": ""}}}
REF = {"$ref": "#/components/schemas/a~1b%"}


def test_a_body_is_checked_by_all_its_schemas_and_read_only_fields_are_not_taken(
    tmp_path: Path,
) -> None:
    made, warnings = written(DONE | body(REF), tmp_path)
    value: Json
    for value in {}, {"children": [{"children": []}]}:
        assert accepts(made.BODY, value), value
    for value in {"id": "x"}, {"children": [{"id": "x"}]}, {"children": [1]}, []:
        assert not accepts(made.BODY, value), value
    assert not warnings


def test_a_read_only_field_is_not_required_wherever_it_is_declared(
    tmp_path: Path,
) -> None:
    parts = {"allOf": [REF, {"required": ["id", "name"], "properties": {"name": TEXT}}]}
    made, _ = written(DONE | body(parts), tmp_path)
    assert accepts(made.BODY, {"name": "n"})
    assert not accepts(made.BODY, {})
    assert not accepts(made.BODY, {"name": "n", "id": "x"})


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
    tmp_path: Path, content: Json, fault: list[Any] | None
) -> None:
    made, _ = written({"responses": answer(REF)}, tmp_path)
    kind, schema = made.ANSWERS["200"]
    assert kind == "json"
    found = list(Draft202012Validator(json.loads(schema)).iter_errors(content))
    assert (found[0].instance_path if found else None) == fault


@pytest.mark.parametrize(
    ("where", "refused"),
    [
        ("header", ["", " a", "a ", "ü", "a\nb"]),
        ("path", ["", ".", "..", None]),
        ("query", []),
    ],
)
def test_parameters_that_cannot_be_sent_in_their_place_are_refused(
    tmp_path: Path, where: str, refused: list[str]
) -> None:
    parameter = {"name": "X-It", "in": where, "required": True, "schema": TEXT}
    path = "/things/{X-It}" if where == "path" else "/things"
    made, _ = written(DONE | {"parameters": [parameter]}, tmp_path, path=path)
    for value in ["a b", *refused]:
        assert accepts(made.PARAMETERS, {"x_it": value}) is (value not in refused)
    assert not accepts(made.PARAMETERS, {})


def test_what_a_header_cannot_say_otherwise_may_be_given_as_text(
    tmp_path: Path,
) -> None:
    numbers = {"type": "array", "items": {"type": "integer"}}
    parameter = {"name": "X-It", "in": "header", "schema": numbers}
    made, _ = written(DONE | {"parameters": [parameter]}, tmp_path)
    for value, accepted in ([1, 2], True), ("1,2", True), (["x"], False), ("\n", False):
        assert accepts(made.PARAMETERS, {"x_it": value}) is accepted


@pytest.mark.parametrize(
    "keyword", [{"pattern": "(?<n"}, {"patternProperties": {"(": {"type": "null"}}}]
)
def test_what_the_validator_cannot_compile_is_named_and_stops_no_call(
    tmp_path: Path, keyword: Json
) -> None:
    fields = {"a": {**keyword, "minLength": 2}}
    made, warnings = written(DONE | body({"properties": fields}), tmp_path)
    assert accepts(made.BODY, {"a": "xx"})
    assert not accepts(made.BODY, {"a": "x"})
    assert len(warnings) == 1
    assert "#/paths/~1things/post/requestBody" in warnings[0]
    assert f"properties/a/{next(iter(keyword))}" in warnings[0]


def test_files_of_a_multipart_body_may_be_anything(tmp_path: Path) -> None:
    file = {"type": "string", "format": "binary"}
    fields = {"one": file, "many": {"type": "array", "items": file}, "text": TEXT}
    fields["id"] = {**TEXT, "readOnly": True}
    schema = {"type": "object", "required": ["one", "id"], "properties": fields}
    made, _ = written(DONE | body(schema, "multipart/form-data"), tmp_path)
    assert (made.BODY_KIND, made.CONTENT_TYPE) == ("multipart", "multipart/form-data")
    assert accepts(made.BODY, {"one": 1, "many": 2, "text": "x"})
    assert not accepts(made.BODY, {"one": 1, "id": "x"})
    assert not accepts(made.BODY, [])
    assert not accepts(made.BODY, {"text": "x"})
    assert not accepts(made.BODY, {"one": 1, "text": 2})


@pytest.mark.parametrize(
    ("content_type", "kind", "sent"),
    [
        ("application/octet-stream", "bytes", "application/octet-stream"),
        ("image/*", "bytes", "application/octet-stream"),
        ("text/csv", "text", "text/csv"),
    ],
)
def test_bytes_and_text_have_no_schema(
    tmp_path: Path, content_type: str, kind: str, sent: str
) -> None:
    made, _ = written(DONE | body(TEXT, content_type), tmp_path)
    assert (None, kind, sent) == (made.BODY, made.BODY_KIND, made.CONTENT_TYPE)
    assert made.BODY_REQUIRED is False


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
        ({"404": [JSON]}, ("2XX",), None, None),
    ],
)
def test_what_success_is_and_what_is_asked_for(
    tmp_path: Path, responses: Json, success: Any, accept: Any, stream: Any
) -> None:
    described = {
        status: {"description": "", "content": {name: {} for name in names}}
        for status, names in responses.items()
    }
    made, _ = written({"responses": described}, tmp_path)
    assert (success, accept, stream) == (made.SUCCESS, made.ACCEPT, made.STREAM)
    assert made.ANSWERS.keys() == responses.keys()


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
    tmp_path: Path, security: Json, expected: Any
) -> None:
    schemes: Json = {
        "components": {"securitySchemes": SCHEMES},
        "security": [{"basic": []}],
    }
    made, _ = written(DONE | {"security": security}, tmp_path, **schemes)
    assert expected == made.SECURITY


def test_the_document_says_where_the_service_is_and_which_document_it_is(
    tmp_path: Path,
) -> None:
    servers = [
        {"url": "https://{region}.example", "variables": {"region": {"default": "eu"}}},
        {"url": "https://second.example"},
    ]
    made, _ = written(DONE | {"servers": [{"url": "/v2"}]}, tmp_path, servers=servers)
    assert (made.METHOD, made.PATH, made.SERVER) == ("POST", "/things", "/v2")
    origin = module(tmp_path / "_document.py")
    assert origin.SERVER == "https://eu.example"
    assert (origin.TITLE, origin.VERSION, origin.SECURITY) == ("T", "1", ())
    assert origin.SHA256.startswith("982d9e3eb996f559")
    assert origin.GENERATOR.startswith("openapi-python-client 0.")


@pytest.mark.parametrize("servers", [[], [{"url": "/v1"}]])
def test_a_relative_server_is_none(tmp_path: Path, servers: Json) -> None:
    written(DONE, tmp_path, servers=servers)
    assert module(tmp_path / "_document.py").SERVER is None


def test_models_are_listed_for_python_and_for_type_checkers(tmp_path: Path) -> None:
    written(DONE | body(REF), tmp_path)
    listed = module(tmp_path / "models" / "__init__.py")
    assert listed.__all__[:2] == ["Ab", "AbMap"]
    with pytest.raises(AttributeError, match="no attribute 'thing'"):
        listed.thing  # noqa: B018
    stub = (tmp_path / "models" / "__init__.pyi").read_text()
    assert stub.startswith("from .ab import Ab as Ab\n")
    assert stub.endswith(f"\n__all__ = {listed.__all__}\n")
