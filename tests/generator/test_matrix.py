"""Every kind of value in every place where it can travel: rendered, sent, and read once. What breaks here, a new version of the generator
or a change of a template broke."""

from __future__ import annotations

import datetime
import io
import json
import uuid
from collections.abc import Iterator
from email.parser import BytesParser
from types import ModuleType
from typing import Any
from urllib.parse import parse_qsl, quote

import httpx
import pytest

from tests.generator.packages import (
    Json,
    Service,
    answer,
    body,
    document,
    generated,
    part,
    ref,
)

AT = datetime.datetime(2024, 10, 15, 17, 22, 47, tzinfo=datetime.UTC)
ID = uuid.UUID("11111111-2222-4333-8444-555555555555")
TEXT, WHOLE = {"type": "string"}, {"type": "integer"}
DATE = TEXT | {"format": "date"}
# Schema, and the value as a program gives it; of models, their fields.
KINDS: dict[str, tuple[Json, Any]] = {
    "any": ({}, "a/b"),
    "boolean": ({"type": "boolean"}, True),
    "integer": (WHOLE, 7),
    "number": ({"type": "number"}, 1.5),
    "string": (TEXT, "a b+c"),
    "accented": (TEXT, "ü"),
    "enum": (TEXT | {"enum": ["x", "y z"]}, "y z"),
    "numbers": (WHOLE | {"enum": [1, 2]}, 2),
    "const": ({"const": "fix"}, "fix"),
    "date": (DATE, AT.date()),
    "datetime": (TEXT | {"format": "date-time"}, AT),
    "uuid": (TEXT | {"format": "uuid"}, ID),
    "model": (ref("Pair"), {"a": "1"}),
    "list": ({"type": "array", "items": WHOLE}, [1, 2]),
    "dates": ({"type": "array", "items": DATE}, [AT.date()]),
    "union": ({"oneOf": [TEXT, WHOLE]}, 7),
    "nullable": ({"type": ["string", "null"]}, "n"),
    "models": ({"type": "array", "items": ref("Pair")}, [{"a": "1"}]),
    "variants": ({"oneOf": [ref("Pair"), ref("Other")]}, {"a": "1"}),
    "file": (TEXT | {"format": "binary"}, b"\0\xff+++"),
}
BODIES = {
    "json": "application/json",
    "form": "application/x-www-form-urlencoded",
    "multipart": "multipart/form-data",
}
FLAT = KINDS.keys() - {"file", "models", "variants"}  # what OpenAPI has a text for
PLACES = {
    "path": FLAT,
    "query": FLAT - {"model"},
    "header": FLAT - {"accented"},
    "cookie": FLAT,
    "json": KINDS.keys() - {"file"},
    "form": FLAT - {"model"},
    "multipart": KINDS.keys(),
    "response": KINDS.keys() - {"file"},
}
CELLS = [(kind, place) for place, kinds in PLACES.items() for kind in sorted(kinds)]


def operation(kind: str, place: str) -> Json:
    schema = KINDS[kind][0]
    held: Json = {"operationId": f"{kind}_in_{place}", "tags": [place]}
    held["responses"] = {"204": {"description": ""}}
    if place == "response":
        held["responses"] = answer(schema)
    elif place in BODIES:
        held |= body({"type": "object", "properties": {"value": schema}}, BODIES[place])
        held["requestBody"]["required"] = True
    else:
        value = {"name": "value", "in": place, "required": True, "schema": schema}
        held["parameters"] = [value]
    return held


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    paths = {
        f"/{place}/{kind}" + "/{value}" * (place == "path"): {
            "post": operation(kind, place)
        }
        for kind, place in CELLS
    }
    pair, other = (
        {"type": "object", "required": [name], "properties": {name: TEXT}}
        for name in ("a", "b")
    )
    made = document(paths, Pair=pair, Other=other)
    with generated(made, tmp_path_factory.mktemp("matrix")) as module:
        yield module


def in_json(value: Any) -> Json:
    """The JSON form of a value."""
    if isinstance(value, list):
        return [in_json(item) for item in value]
    known = value is None or isinstance(value, bool | int | float | str | dict)
    return value if known else str(value).replace(" ", "T")


def texts(value: Json) -> list[str]:
    """The texts that a value becomes where there is no JSON."""
    if isinstance(value, list):
        return [text for item in value for text in texts(item)]
    if isinstance(value, dict):
        return [text for pair in value.items() for text in pair]
    return [value if isinstance(value, str) else json.dumps(value)]


def sent(request: httpx.Request, place: str) -> Any:
    """What stands on the wire where the value should be."""
    path, query = request.url.raw_path.decode().partition("?")[::2]
    if place in ("path", "query"):
        return path.rsplit("/", 1)[-1] if place == "path" else query
    if place in ("header", "cookie"):
        return request.headers[{"header": "value", "cookie": "Cookie"}[place]]
    if place == "form":
        return parse_qsl(request.content.decode())
    if place == "json":
        return json.loads(request.content)
    head = b"Content-Type: " + request.headers["Content-Type"].encode() + b"\r\n\r\n"
    message: Any = BytesParser().parsebytes(head + request.content)
    return [held.get_payload(decode=True) for held in message.get_payload()]


def expected(kind: str, place: str) -> Any:
    value = in_json(KINDS[kind][1])
    if place == "json":
        return {"value": value}
    if place == "path":
        return ",".join(quote(text, safe="") for text in texts(value))
    if place == "query":
        return "&".join(f"value={quote(text, safe='')}" for text in texts(value))
    if place == "header":
        return ",".join(texts(value))
    if place == "cookie":
        pairs = (
            value.items() if kind == "model" else [("value", t) for t in texts(value)]
        )
        return "; ".join(f"{name}={quote(text, safe='/+:')}" for name, text in pairs)
    if place == "form":
        return [("value", text) for text in texts(value)]
    if kind in ("model", "models", "variants"):
        return [b'{"a":"1"}']
    held = KINDS[kind][1]
    return [held] if kind == "file" else [text.encode() for text in texts(value)]


@pytest.mark.parametrize(
    ("kind", "place"), CELLS, ids=[f"{kind} in {place}" for kind, place in CELLS]
)
def test_a_value_of_each_kind_arrives_in_each_place(
    package: ModuleType, kind: str, place: str
) -> None:
    service, models, value = Service(package), part(package, "models"), KINDS[kind][1]
    plain = {"value": in_json(value) if place == "json" else value}
    if kind in ("model", "variants"):
        value = models.Pair(**value)
    elif kind == "models":
        value = [models.Pair(**item) for item in value]
    module = part(package, f"api.{place}.{kind}_in_{place}")
    if place == "response":
        service.answer = httpx.Response(200, json=in_json(KINDS[kind][1]))
        assert module.sync(client=service.client) == value
    elif place in BODIES:
        name = module._get_kwargs.__annotations__["body"].split(" |")[0]
        model = getattr(models, name.removeprefix("models."))
        for given in (model(value=value), plain):
            module.sync(client=service.client, body=given)
            assert sent(service.request, place) == expected(kind, place)
    else:
        module.sync(client=service.client, value=value)
        assert sent(service.request, place) == expected(kind, place)


@pytest.mark.parametrize(
    "give",
    [
        lambda types, path: types.File(io.BytesIO(b"content"), "a.txt", "text/plain"),
        lambda types, path: types.File(path, "a.txt", "text/plain"),
        lambda types, path: path,
        lambda types, path: io.FileIO(str(path)),
        lambda types, path: ("a.txt", b"content", "text/plain"),
    ],
    ids=["File", "File of a path", "path", "open file", "tuple"],
)
def test_a_file_may_be_given_in_each_way_and_says_its_name(
    package: ModuleType, tmp_path: Any, give: Any
) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"content")
    service, given = Service(package), give(part(package, "types"), path)
    module = part(package, "api.multipart.file_in_multipart")
    module.sync(client=service.client, body={"value": given})
    if isinstance(given, io.FileIO):
        given.close()
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
    assert b"value" not in service.request.content


def test_an_object_in_a_form_is_json(package: ModuleType) -> None:
    service = Service(package)
    module = part(package, "api.form.any_in_form")
    module.sync(client=service.client, body={"value": {"a": [1.5, None]}})
    assert sent(service.request, "form") == [("value", '{"a":[1.5,null]}')]
