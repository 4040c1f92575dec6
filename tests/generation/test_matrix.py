"""Every kind of value in every place where it can travel: rendered, sent, and read once. What breaks here, a new version of the generator
or a change of a template broke."""

from __future__ import annotations

import contextlib
import datetime
import io
import uuid
from collections.abc import Iterator
from email.parser import BytesParser
from types import ModuleType
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, quote

import httpx
import pytest

from tests.generation.packages import Json, Service, document, generated, part


class Kind(NamedTuple):
    schema: Json
    value: Any  # as a program gives it; of a model, its fields
    json: Json
    text: str  # in a path, header, cookie or form


AT = datetime.datetime(2024, 10, 15, 17, 22, 47, tzinfo=datetime.UTC)
ID = uuid.UUID("11111111-2222-4333-8444-555555555555")
KINDS = {
    "any": Kind({}, "a/b", "a/b", "a/b"),
    "boolean": Kind({"type": "boolean"}, True, True, "true"),
    "integer": Kind({"type": "integer"}, 7, 7, "7"),
    "number": Kind({"type": "number"}, 1.5, 1.5, "1.5"),
    "string": Kind({"type": "string"}, "a b+ü", "a b+ü", "a b+ü"),
    "enum": Kind({"type": "string", "enum": ["x", "y z"]}, "y z", "y z", "y z"),
    "numbers": Kind({"type": "integer", "enum": [1, 2]}, 2, 2, "2"),
    "const": Kind({"const": "fix"}, "fix", "fix", "fix"),
    "date": Kind(
        {"type": "string", "format": "date"}, AT.date(), "2024-10-15", "2024-10-15"
    ),
    "datetime": Kind(
        {"type": "string", "format": "date-time"},
        AT,
        "2024-10-15T17:22:47+00:00",
        "2024-10-15T17:22:47+00:00",
    ),
    "uuid": Kind({"type": "string", "format": "uuid"}, ID, str(ID), str(ID)),
    "model": Kind({"$ref": "#/components/schemas/Pair"}, {"a": "1"}, {"a": "1"}, "a,1"),
    "list": Kind(
        {"type": "array", "items": {"type": "integer"}}, [1, 2], [1, 2], "1,2"
    ),
    "dates": Kind(
        {"type": "array", "items": {"type": "string", "format": "date"}},
        [AT.date()],
        ["2024-10-15"],
        "2024-10-15",
    ),
    "union": Kind({"oneOf": [{"type": "string"}, {"type": "integer"}]}, 7, 7, "7"),
    "nullable": Kind({"type": ["string", "null"]}, "n", "n", "n"),
    "models": Kind(
        {"type": "array", "items": {"$ref": "#/components/schemas/Pair"}},
        [{"a": "1"}],
        [{"a": "1"}],
        "",
    ),
    "variants": Kind(
        {
            "oneOf": [
                {"$ref": "#/components/schemas/Pair"},
                {"$ref": "#/components/schemas/Other"},
            ]
        },
        {"a": "1"},
        {"a": "1"},
        "",
    ),
    "file": Kind({"type": "string", "format": "binary"}, b"\0\xff+++", None, ""),
}
NESTED = ("models", "variants")  # OpenAPI has no text for them
BODIES = {
    "json": "application/json",
    "form": "application/x-www-form-urlencoded",
    "multipart": "multipart/form-data",
}
PLACES = {
    "path": KINDS.keys() - {"file", *NESTED},
    "query": KINDS.keys() - {"file", "model", *NESTED},
    "header": KINDS.keys() - {"file", *NESTED},
    "cookie": KINDS.keys() - {"file", *NESTED},
    "json": KINDS.keys() - {"file"},
    "form": KINDS.keys() - {"file", "model", *NESTED},
    "multipart": set(KINDS),
    "response": KINDS.keys() - {"file"},
}
CELLS = [(kind, place) for place, kinds in PLACES.items() for kind in sorted(kinds)]


def operation(kind: str, place: str) -> Json:
    schema = KINDS[kind].schema
    held: Json = {
        "operationId": f"{kind}_in_{place}",
        "tags": [place],
        "responses": {"204": {}},
    }
    if place in BODIES:
        body = {"type": "object", "properties": {"value": schema}}
        held["requestBody"] = {
            "required": True,
            "content": {BODIES[place]: {"schema": body}},
        }
    elif place == "response":
        held["responses"] = {
            "200": {"content": {"application/json": {"schema": schema}}}
        }
    else:
        held["parameters"] = [
            {"name": "value", "in": place, "required": True, "schema": schema}
        ]
    for response in held["responses"].values():
        response["description"] = ""
    return held


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    paths = {
        f"/{place}/{kind}" + "/{value}" * (place == "path"): {
            "post": operation(kind, place)
        }
        for kind, place in CELLS
    }
    pair = {
        "type": "object",
        "required": ["a"],
        "properties": {"a": {"type": "string"}},
    }
    other = {
        "type": "object",
        "required": ["b"],
        "properties": {"b": {"type": "string"}},
    }
    made = document(paths, Pair=pair, Other=other)
    with generated(made, tmp_path_factory.mktemp("matrix")) as module:
        yield module


def python_value(package: ModuleType, kind: str) -> Any:
    value = KINDS[kind].value
    pair = part(package, "models").Pair
    if kind == "models":
        return [pair(**item) for item in value]
    return pair(**value) if kind in ("model", "variants") else value


def sent(request: httpx.Request, place: str) -> Any:
    """What stands on the wire where the value should be."""
    raw, query = request.url.raw_path.decode().partition("?")[::2]
    if place == "path":
        return raw.rsplit("/", 1)[-1]
    if place == "query":
        return query
    if place in ("header", "cookie"):
        name = {"header": "value", "cookie": "Cookie"}[place]
        return dict(request.headers.raw)[name.encode()].decode("latin-1")
    if place == "form":
        return parse_qsl(request.content.decode())
    head = b"Content-Type: " + request.headers["Content-Type"].encode() + b"\r\n\r\n"
    message: Any = BytesParser().parsebytes(head + request.content)
    return [held.get_payload(decode=True) for held in message.get_payload()]


def expected(kind: str, place: str) -> Any:
    known = KINDS[kind]
    items = known.json if isinstance(known.json, list) else [known.json]
    texts = known.text.split(",") if isinstance(known.json, list) else [known.text]
    if place == "path":
        return quote(known.text, safe=",")
    if place == "query":
        return "&".join(f"value={quote(text, safe='')}" for text in texts)
    if place == "header":
        return known.text
    if place == "cookie":
        pairs = known.json.items() if kind == "model" else [("value", t) for t in texts]
        return "; ".join(f"{name}={quote(text, safe='/+:')}" for name, text in pairs)
    if place == "form":
        return [("value", text) for text in texts]
    if kind == "file":
        return [known.value]
    if kind in ("model", "models", "variants"):
        return [b'{"a":"1"}'] * len(items)
    return [text.encode() for text in texts]


@pytest.mark.parametrize(
    ("kind", "place"), CELLS, ids=[f"{kind} in {place}" for kind, place in CELLS]
)
def test_a_value_of_each_kind_arrives_in_each_place(
    package: ModuleType, kind: str, place: str
) -> None:
    service, known = Service(package), KINDS[kind]
    module, value = (
        part(package, f"api.{place}.{kind}_in_{place}"),
        python_value(package, kind),
    )
    if place == "response":
        service.answer = httpx.Response(200, json=known.json)
        assert module.sync(client=service.client) == value
        return
    if place not in BODIES:
        if place == "header" and not known.text.isascii():
            value = "a b+u"
        module.sync(client=service.client, value=value)
        wanted = "a b+u" if value == "a b+u" else expected(kind, place)
        assert sent(service.request, place) == wanted
        return
    for body in (body_model(package, kind, place)(value=value), {"value": value}):
        if place == "json" and isinstance(body, dict):
            body = {"value": known.json}  # a mapping is JSON as it stands
        module.sync(client=service.client, body=body)
        if place == "json":
            assert httpx.Response(200, content=service.request.content).json() == {
                "value": known.json
            }
        else:
            assert sent(service.request, place) == expected(kind, place)


def body_model(package: ModuleType, kind: str, place: str) -> Any:
    name = part(package, f"api.{place}.{kind}_in_{place}")._get_kwargs.__annotations__[
        "body"
    ]
    return getattr(part(package, "models"), name.split(" |")[0].removeprefix("models."))


@pytest.mark.parametrize(
    "give",
    [
        lambda types, path: types.File(io.BytesIO(b"content"), "a.txt", "text/plain"),
        lambda types, path: types.File(path, "a.txt", "text/plain"),
        lambda types, path: path,
        lambda types, path: path.open("rb"),
        lambda types, path: ("a.txt", b"content", "text/plain"),
    ],
    ids=["File", "File of a path", "path", "open file", "tuple"],
)
def test_a_file_may_be_given_in_each_way_and_says_its_name(
    package: ModuleType, tmp_path: Any, give: Any
) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"content")
    service, types = Service(package), part(package, "types")
    given = give(types, path)
    with (
        contextlib.closing(given)
        if hasattr(given, "close")
        else contextlib.nullcontext()
    ):
        module = part(package, "api.multipart.file_in_multipart")
        module.sync(client=service.client, body={"value": given})
    assert b'filename="a.txt"\r\nContent-Type: text/plain' in service.request.content
    assert sent(service.request, "multipart") == [b"content"]


@pytest.mark.parametrize("place", ["query", "header", "cookie", "form", "multipart"])
def test_null_has_no_text_and_is_left_out(package: ModuleType, place: str) -> None:
    service = Service(package)
    held = {"value": None}
    given = {"body": held} if place in BODIES else held
    module = part(package, f"api.{place}.nullable_in_{place}")
    module.sync(client=service.client, **given)
    assert service.request.url.query == b""
    assert not {"value", "cookie"} & service.request.headers.keys()
    assert service.request.content == b""


def test_an_object_in_a_form_is_json(package: ModuleType) -> None:
    service = Service(package)
    module = part(package, "api.form.any_in_form")
    module.sync(client=service.client, body={"value": {"a": [1.5, None]}})
    assert sent(service.request, "form") == [("value", '{"a":[1.5,null]}')]
