"""Overrides of templates: explained, and tied to the release they were written for; and what the code does that they make."""

from __future__ import annotations

import datetime
import hashlib
import importlib.metadata
import importlib.resources
import json
import pydoc
import tomllib
from collections.abc import Iterator
from types import ModuleType
from typing import Any
from uuid import UUID

import httpx
import pytest
import yaml

from scripts.generator import render
from tests.conftest import ROOT
from tests.generator.packages import Json, Service, document, generated, part, ref

# The generator's own templates under our overrides, and those that they use. When one changes with an upgrade:
# read what changed, carry it over where it matters, and record the new digest.
DIGESTS = {
    "client.py.jinja": "4eac65762f21014a",
    "literal_enum.py.jinja": "04f2eb9334dd543a",
    "model.py.jinja": "fd1c79680d51c06c",
    "types.py.jinja": "93df9d75883a4eaf",
    "helpers.jinja": "4e6ada7b7a8806e7",
    "endpoint_module.py.jinja": "c1b2628053eb4875",
    "endpoint_macros.py.jinja": "58edb8b4913db6ed",
}


def test_every_override_is_tied_to_the_generators_own_file_that_we_know() -> None:
    own = {path.name for path in render.TEMPLATES.glob("*.jinja")}
    assert own <= DIGESTS.keys()
    folder = importlib.resources.files("openapi_python_client") / "templates"
    found = {
        name: hashlib.sha256((folder / name).read_bytes()).hexdigest()[:16]
        for name in DIGESTS
    }
    assert found == DIGESTS, "changed under our override; read its diff"


def test_the_generator_and_ruff_are_pinned_exactly() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    pins = dict(p.split("==") for p in project["dependency-groups"]["dev"] if "==" in p)
    for name in ("openapi-python-client", "ruff"):
        assert pins[name] == importlib.metadata.version(name)


# What the generated code does

UGLY = '"""\\ \'{x}\' \\N{BULLET} \U0001f600 %s #'
# A query parameter, without its name; its value; and the query that it makes.
STYLES: list[tuple[str, Any, str]] = [
    ("schema: {type: string}", "a,b c&d", "q=a%2Cb%20c%26d"),
    ("schema: {type: array}", ["a,b", "c"], "q=a%2Cb&q=c"),
    ("schema: {type: array}", [], ""),
    ("explode: false, schema: {type: array}", ["a,b", "c"], "q=a%2Cb,c"),
    ("explode: false, style: spaceDelimited, schema: {type: array}", [1, 2], "q=1%202"),
    ("explode: false, style: pipeDelimited, schema: {type: array}", [1, 2], "q=1%7C2"),
    (
        "explode: true, style: deepObject, schema: {type: object}",
        {"a": 1, "b": ["x", "y"]},
        "q%5Ba%5D=1&q%5Bb%5D=x&q%5Bb%5D=y",
    ),
    ("schema: {type: object}", {"a": True, "b": "x"}, "a=true&b=x"),
    ("explode: false, schema: {type: object}", {"a": 1, "b": 2}, "q=a,1,b,2"),
    (
        "explode: false, schema: {type: object}",
        {"a": datetime.date(2026, 1, 2)},
        "q=a,2026-01-02",
    ),
    (
        "explode: true, style: deepObject, schema: {type: object}",
        {"a": datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC), "b": [UUID(int=1)]},
        "q%5Ba%5D=2026-01-02T00%3A00%3A00%2B00%3A00&q%5Bb%5D=00000000-0000-0000-0000-000000000001",
    ),
    (
        "content: {application/json: {}}",
        {"a": UUID(int=1)},
        "q=%7B%22a%22%3A%2200000000-0000-0000-0000-000000000001%22%7D",
    ),
    ("content: {application/json: {}}", {"a": [None]}, "q=%7B%22a%22%3A%5Bnull%5D%7D"),
]
TEXT = {"type": "string"}
OPEN_NAMES = [UGLY, "UNSET", "Any", "_value_", "d", "class", "p1", "p2", "\ue000"]
OPEN_NAMES += ["types", "models", "errors", "datetime", "self", "cls", "list"]
OPEN_NAMES += ["value", "fields", "model", "remaining", "item", "fault", "error"]
OPEN_NAMES += ["from_dict", "to_dict", "additional_properties"]
OPEN_CLASSES = ["Any", "File", "Unset", "UNSET", "Response", "Mapping", "Literal"]
OPEN_CLASSES += ["Self", "UUID", "Model", "models", "types", "None", "str"]
DOCUMENT = """
paths:
  /pets:find/{id}.{kind}/a b:
    get:
      operationId: find
      summary: UGLY
      description: "\\u202Ehidden"
      parameters:
      - {name: id, in: path, required: true, schema: {type: string}, description: UGLY}
      - {name: kind, in: path, required: true, schema: {type: array, items: {type: string}}}
      responses: {"204": {description: ""}}
  /one:
    get:
      operationId: get_one
      parameters: [{name: UGLY, in: query, schema: {type: string}}]
      responses:
        "200": {description: "", content: {application/json: {schema: {$ref: "#/components/schemas/Thing"}}}}
        "202": {description: "", content: {text/csv: {schema: {type: string}}}}
        "203": {description: "", content: {application/json: {}}}
        "204": {description: ""}
        "2XX": {description: "", content: {image/png: {}}}
        default: {description: "", content: {application/json: {schema: {type: array, items: {type: string, format: date}}}}}
    post:
      operationId: strict
      requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/Thing"}}}}
      responses:
        "200": {description: "", content: {application/json: {schema: {type: array, items: {$ref: "#/components/schemas/Thing"}}}}}
        "400": {description: "", content: {application/json: {schema: {type: string}}}}
    put:
      operationId: upload
      requestBody: {required: true, content: {image/*: {}}}
      responses: {"204": {description: ""}}
    patch:
      operationId: say
      requestBody: {required: true, content: {text/plain; charset=utf-8: {schema: {type: string}}}}
      responses: {"204": {description: ""}}
  /awkward:
    post:
      operationId: awkward
      requestBody: {content: {application/json: {schema: {}}}}
      responses: {"200": {description: "", content: {application/json: {schema: {$ref: "#/components/schemas/Names"}}}}}
components:
  schemas:
    Thing:
      type: object
      description: UGLY
      example: UGLY
      required: [name]
      properties:
        name: {type: string, description: "The name. And more\\nof it."}
        api_key: {type: string}
        phrase: {type: string, format: password}
"""
PARAMETERS = ["client", "body", "url", "response", "kwargs", "models", "self"]


def described() -> Json:
    """The document, with what is made of the tables above."""
    text = DOCUMENT.replace("UGLY", json.dumps(UGLY, ensure_ascii=False))
    made = document({}) | yaml.safe_load(text)
    for number, (parameter, *_) in enumerate(STYLES):
        made["paths"][f"/styled/{number}"] = {
            "get": {
                "operationId": f"styled_{number}",
                "parameters": [yaml.safe_load(f"{{name: q, in: query, {parameter}}}")],
                "responses": {"204": {"description": ""}},
            }
        }
    made["paths"]["/awkward"]["post"]["parameters"] = [
        {"name": name, "in": where, "schema": TEXT}
        for where in ("query", "header", "cookie")
        for name in PARAMETERS
    ]
    fields = dict.fromkeys(OPEN_NAMES, TEXT)
    fields |= {f"a {name}": ref(name) for name in OPEN_CLASSES}
    schemas = made["components"]["schemas"]
    schemas["Names"] = {"type": "object", "properties": fields}
    for name in OPEN_CLASSES:
        schemas[name] = {"type": "object", "properties": {"it": ref(name)}}
    return made


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    folder = tmp_path_factory.mktemp("templates")
    with generated(described(), folder) as module:
        yield module


@pytest.fixture
def service(package: ModuleType) -> Service:
    return Service(package)


def call(package: ModuleType, name: str, service: Service, **arguments: Any) -> Any:
    return part(package, f"api.default.{name}").sync_detailed(
        client=service.client, **arguments
    )


@pytest.mark.parametrize("number", range(len(STYLES)))
def test_each_style_of_a_query_parameter_has_its_exact_text(
    package: ModuleType, service: Service, number: int
) -> None:
    _parameter, value, query = STYLES[number]
    call(package, f"styled_{number}", service, q=value)
    assert service.request.url.query.decode() == query


def test_no_hidden_character_of_a_description_reaches_the_code(
    package: ModuleType,
) -> None:
    said = part(package, "api.default.find").sync.__doc__
    assert "hidden" in said
    assert "\u202e" not in said


def test_a_path_is_encoded_part_by_part_and_keeps_what_the_document_writes(
    package: ModuleType, service: Service
) -> None:
    call(package, "find", service, id="a/b?{kind}", kind=["x,y", "z"])
    path = service.request.url.raw_path
    assert path == b"/v1/pets:find/a%2Fb%3F%7Bkind%7D.x%2Cy,z/a%20b"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("", "must not be empty"),
        (".", "must not be empty"),
        ("..", "must not be empty"),
        (None, "must not be null"),
    ],
)
def test_a_value_that_would_make_another_path_is_refused(
    package: ModuleType, service: Service, name: str | None, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        call(package, "find", service, id=name, kind=["x"])


@pytest.mark.parametrize(
    ("status", "content", "parsed"),
    [
        (200, b'{"name": "n"}', "Thing"),
        (200, b"", None),
        (202, b"a,b", "a,b"),
        (203, b'{"a": 1}', {"a": 1}),
        (203, b"null", None),
        (204, b"", None),
        (205, b"", None),
        (206, b"\0\1", b"\0\1"),
        (404, b'["2024-10-15", "soon"]', "[datetime.date(2024, 10, 15), 'soon']"),
        (520, b"[]", []),
    ],
)
def test_an_answer_is_read_by_its_exact_status_then_its_class_then_the_default(
    package: ModuleType, service: Service, status: int, content: bytes, parsed: Any
) -> None:
    service.answer = httpx.Response(status, content=content)
    found = call(package, "get_one", service)
    assert found.status_code == status
    assert (
        found.parsed == parsed
        or type(found.parsed).__name__ == parsed
        or repr(found.parsed) == parsed
    )


def test_an_undocumented_status_is_none_or_what_the_client_wants_raised(
    package: ModuleType, service: Service
) -> None:
    service.answer = httpx.Response(418)
    assert call(package, "strict", service).parsed is None
    service.client.raise_on_unexpected_status = True
    with pytest.raises(part(package, "errors").UnexpectedStatus):
        call(package, "strict", service)


def test_bytes_and_text_are_sent_as_they_are_and_answers_asked_for_by_type(
    package: ModuleType, service: Service, tmp_path: Any
) -> None:
    (tmp_path / "a.png").write_bytes(b"\0png")
    for body in (b"\0png", tmp_path / "a.png", part(package, "types").File(b"\0png")):
        call(package, "upload", service, body=body)
        assert service.request.content == b"\0png"
        assert service.request.headers["Content-Type"] == "application/octet-stream"
    call(package, "get_one", service)
    assert service.request.headers["Accept"] == "application/json, text/csv, image/png"
    call(package, "say", service, body="ü")
    assert service.request.content == "ü".encode()
    assert service.request.headers["Content-Type"] == "text/plain; charset=utf-8"


def test_names_of_the_document_never_meet_names_of_the_code(
    package: ModuleType, service: Service
) -> None:
    names = {name: f"the {name}" for name in OPEN_NAMES}
    wire: Json = names | {f"a {name}": {"it": {}} for name in OPEN_CLASSES}
    made = part(package, "models").Names.from_dict(wire)
    assert made.to_dict() == wire
    fields = {k.name: getattr(made, k.name) for k in made.__attrs_attrs__ if k.init}
    assert type(made)(**fields) == made
    service.answer = httpx.Response(200, json=wire)
    module = part(package, "api.default.awkward")
    parameters = module._get_kwargs.__annotations__.keys() - {"body", "return"}
    assert len(parameters) == 21
    parsed = module.sync(
        client=service.client, body=1, **dict.fromkeys(parameters, "v")
    )
    assert parsed == made
    query = "&".join(f"{name}=v" for name in PARAMETERS)
    assert service.request.url.query.decode() == query
    assert service.request.headers["Cookie"].count("=v") == 7


def test_repr_of_a_client_shows_no_credential(package: ModuleType) -> None:
    made = part(package, "client").AuthenticatedClient(
        base_url="x", token="hush", headers={"a": "hush"}, cookies={"a": "hush"}
    )
    assert "hush" not in repr(made)


def test_help_describes_the_fields_and_speaks_of_no_library(
    package: ModuleType,
) -> None:
    said = pydoc.plain(pydoc.render_doc(part(package, "models").Thing))
    assert "name (str): The name" in said
    assert "api_key (str | Unset)" in said
    assert " by attrs" not in said
    assert "`api_key`" not in said, "nothing is said of what nobody described"


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("get_one", "client.call(get_one)"),
        ("upload", "client.call(upload, body=...)"),
        ("find", "client.call(find, id=..., kind=...)"),
    ],
)
def test_help_of_an_operation_begins_with_how_to_call_it(
    package: ModuleType, name: str, call: str
) -> None:
    said = pydoc.plain(pydoc.render_doc(part(package, f"api.default.{name}")))
    about = said.partition("DESCRIPTION")[2]
    assert about.strip().startswith(f"Call it with `{call}`.")


def test_a_field_of_the_format_password_is_masked(package: ModuleType) -> None:
    thing = part(package, "models").Thing(name="n", phrase="hush")
    assert repr(thing) == "Thing(name='n', phrase='***')"
