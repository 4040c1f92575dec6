"""Forms, multipart bodies and files, as their Encoding Objects and media types say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest

from scripts.conformance.multipart import Part, read_multipart
from tests.conformance.clients import SmallClient, body, document, operation

TEXT = {"type": "string"}
TEXTS = {"type": "array", "items": TEXT}
NUMBERS = {"type": "array", "items": {"type": "integer"}}
BYTES = {"type": "string", "format": "binary"}
POINT = {"type": "object", "properties": {"x": {"type": "integer"}}}
FORM = "application/x-www-form-urlencoded"


def properties(**schemas: Any) -> Any:
    return {"type": "object", "properties": schemas}


BASE64 = {"type": "string", "contentEncoding": "base64"}
BASE64_TEXTS = {"type": "array", "items": BASE64}
PARTS = body(
    "multipart/form-data",
    properties(
        facts=TEXT, colours=TEXTS, marks=NUMBERS, photo=BYTES, title=TEXT, spot=POINT
    ),
    {
        "facts": {"contentType": "application/json"},
        "colours": {"contentType": "application/json"},
        "marks": {"style": "form", "explode": False},
        "photo": {"contentType": "image/webp, image/gif"},
        "title": {"contentType": "text/html"},
        "spot": {"contentType": "application/geo+json"},
    },
)
FIELDS = body(
    FORM,
    properties(
        codes=NUMBERS, words=TEXTS, bars=TEXTS, each=TEXTS, place=POINT, raw=POINT
    ),
    {
        "codes": {"explode": False},
        "words": {"style": "spaceDelimited", "explode": False},
        "bars": {"style": "pipeDelimited", "explode": False},
        "place": {"style": "deepObject", "explode": True},
        "raw": {"contentType": "application/json"},
    },
)
SEVERAL = {
    "required": True,
    "content": {
        "audio/ogg": {"schema": BYTES},
        "audio/flac": {"schema": BYTES},
        "video/*": {"schema": BYTES},
    },
}
PATHS = {
    "/parts": {"post": operation("parts", requestBody=PARTS)},
    "/related": {
        "post": operation(
            "related",
            requestBody=body("multipart/mixed", properties(spot=POINT, photo=BYTES)),
        )
    },
    "/empty": {
        "post": operation(
            "empty", requestBody=body("multipart/form-data", properties(a=TEXT))
        )
    },
    "/encoded": {
        "post": operation(
            "encoded",
            requestBody=body(
                "multipart/form-data", properties(seal=BASE64, seals=BASE64_TEXTS)
            ),
        )
    },
    "/sound": {"post": operation("sound", requestBody=SEVERAL)},
    "/latin": {
        "put": operation(
            "latin", requestBody=body("text/plain; charset=iso-8859-1", TEXT)
        )
    },
}
FORMS = {"/fields": {"post": operation("fields", requestBody=FIELDS)}}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> SmallClient:
    return SmallClient(document(PATHS), tmp_path_factory.mktemp("bodies"))


@pytest.fixture(scope="module")
def form_client(tmp_path_factory: pytest.TempPathFactory) -> SmallClient:
    return SmallClient(document(FORMS, "3.0.3"), tmp_path_factory.mktemp("forms"))


def sent_parts(client: SmallClient) -> list[Part]:
    request = client.requests[-1]
    return read_multipart(request.headers["content-type"], request.content)


@pytest.mark.parametrize(
    ("parameters", "boundary"),
    [
        ('boundary="a=b; c"', "a=b; c"),
        ('note="; boundary=x"; Boundary=y', "y"),
        ('boundary="a\\b"', "ab"),
    ],
)
def test_the_judge_reads_a_boundary_that_is_quoted(
    parameters: str, boundary: str
) -> None:
    part = b"\r\nContent-Disposition: form-data; name=id\r\n\r\n7\r\n"
    delimiter = b"--" + boundary.encode()
    content_type = f"multipart/form-data; {parameters}"
    (read,) = read_multipart(content_type, delimiter + part + delimiter + b"--")
    assert read.content == b"7"


def test_each_part_has_the_media_type_of_its_encoding(client: SmallClient) -> None:
    client.call(
        "t.parts",
        body={
            "facts": '{"b": 2}',
            "colours": ["red", "blue"],
            "marks": [3, 4],
            "photo": b"pixels",
            "title": "<p>",
            "spot": {"x": 1},
        },
    )
    found = {
        part.name: (part.content_type, part.content) for part in sent_parts(client)
    }
    assert found == {
        "facts": ("application/json", b'{"b": 2}'),
        "colours": ("application/json", b'["red","blue"]'),
        "marks": ("text/plain", b"3,4"),
        "photo": ("image/webp", b"pixels"),
        "title": ("text/html", b"<p>"),
        "spot": ("application/geo+json", b'{"x":1}'),
    }


def test_a_part_of_encoded_bytes_has_their_media_type(client: SmallClient) -> None:
    client.call("t.encoded", body={"seal": "QQ==", "seals": ["Qg=="]})
    types = {part.name: part.content_type for part in sent_parts(client)}
    octets = "application/octet-stream"
    assert types == {"seal": octets, "seals": octets}


def test_a_part_of_encoded_bytes_has_their_media_type_beside_a_union(
    tmp_path: Path,
) -> None:
    ages = {"type": "object", "properties": {"age": {"type": "integer"}}}
    uses = {"type": "object", "properties": {"uses": {"type": "integer"}}}
    seal = {"type": "object", "properties": {"seal": BASE64}}
    schema = {"allOf": [{"anyOf": [ages, uses]}, seal]}
    request_body = body("multipart/form-data", schema)
    sealed = operation("sealed", requestBody=request_body)
    client = SmallClient(document({"/sealed": {"post": sealed}}), tmp_path)
    client.call("t.sealed", body={"seal": "QQ==", "age": 1})
    types = {part.name: part.content_type for part in sent_parts(client)}
    assert types == {"seal": "application/octet-stream", "age": "text/plain"}


def test_a_file_may_choose_among_the_media_types_of_its_part(
    client: SmallClient,
) -> None:
    file = client.types().File(b"pixels", mime_type="image/gif")
    client.call("t.parts", body={"photo": file})
    assert [part.content_type for part in sent_parts(client)] == ["image/gif"]


def test_another_multipart_type_is_sent_as_it_is_declared(client: SmallClient) -> None:
    client.call("t.related", body={"spot": {"x": 1}, "photo": b"pixels"})
    assert client.requests[-1].headers["content-type"].startswith("multipart/mixed; ")
    first, second = sent_parts(client)
    assert (first.name, first.content_type) == ("spot", "application/json")
    assert (second.name, second.content) == ("photo", b"pixels")


def test_a_multipart_body_without_parts_has_its_boundary(client: SmallClient) -> None:
    client.call("t.empty", body={})
    assert sent_parts(client) == []


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        (None, "audio/ogg"),
        ("audio/flac", "audio/flac"),
        ("video/mp4", "video/mp4"),
    ],
)
def test_a_binary_body_is_sent_as_the_type_of_its_file(
    client: SmallClient, given: str | None, sent: str
) -> None:
    client.call("t.sound", body=client.types().File(b"beat", mime_type=given))
    assert client.requests[-1].headers["content-type"] == sent


def test_a_file_of_a_type_that_is_not_declared_is_refused(client: SmallClient) -> None:
    count = len(client.requests)
    with pytest.raises(client.package.InvalidRequestError):
        client.call("t.sound", body=client.types().File(b"", mime_type="text/css"))
    assert len(client.requests) == count


def test_a_text_is_sent_in_the_charset_that_is_declared(client: SmallClient) -> None:
    client.call("t.latin", body="año")
    assert client.requests[-1].content == "año".encode("latin-1")
    assert (
        client.requests[-1].headers["content-type"] == "text/plain; charset=iso-8859-1"
    )


def test_each_field_of_a_form_has_the_style_of_its_encoding(
    form_client: SmallClient,
) -> None:
    form_client.call(
        "t.fields",
        body={
            "codes": [5, 6],
            "words": ["a", "b c"],
            "bars": ["x", "y"],
            "each": ["p", "q"],
        },
    )
    assert parse_qsl(form_client.requests[-1].content.decode()) == [
        ("codes", "5,6"),
        ("words", "a b c"),
        ("bars", "x|y"),
        ("each", "p"),
        ("each", "q"),
    ]


def test_styles_do_not_apply_to_parts_before_openapi_3_1(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("old")
    client = SmallClient(document(PATHS, "3.0.3"), folder)
    client.call("t.parts", body={"marks": [3, 4]})
    assert [part.content for part in sent_parts(client)] == [b"3", b"4"]


def test_json_in_a_form_is_compact(form_client: SmallClient) -> None:
    form_client.call("t.fields", body={"raw": {"x": 1}})
    (pair,) = parse_qsl(form_client.requests[-1].content.decode())
    assert (pair[0], json.loads(pair[1])) == ("raw", {"x": 1})


def test_an_object_in_a_form_may_have_its_fields_in_brackets(
    form_client: SmallClient,
) -> None:
    form_client.call("t.fields", body={"place": {"x": 7}})
    assert parse_qsl(form_client.requests[-1].content.decode()) == [("place[x]", "7")]


NESTED = {
    "name": "n",
    "tags": ["a", "b"],
    "owner": {"first": "f", "roles": [{"id": 1}, {"id": 2}]},
}
ROLES = {"type": "array", "items": properties(id={"type": "integer"})}
NESTED_SCHEMA = properties(
    name=TEXT, tags=TEXTS, owner=properties(first=TEXT, roles=ROLES)
)
FILTER = {
    "name": "filter",
    "in": "query",
    "style": "deepObject",
    "explode": True,
    "schema": NESTED_SCHEMA,
}
NESTED_PATHS = {
    "/made": {"post": operation("make", requestBody=body(FORM, NESTED_SCHEMA))},
    "/found": {"get": operation("find", parameters=[FILTER])},
}


@pytest.mark.parametrize(
    ("setting", "tags", "roles"),
    [
        ("brackets", ["[]", "[]"], ["[]", "[]"]),
        ("indices", ["[0]", "[1]"], ["[0]", "[1]"]),
        ("repeated", ["", ""], ["", ""]),
    ],
)
def test_nested_values_are_written_as_the_maintainer_decided(
    tmp_path: Path, setting: str, tags: list[str], roles: list[str]
) -> None:
    client = SmallClient(document(NESTED_PATHS), tmp_path, nested_values=setting)
    client.call("t.find", filter_=NESTED)
    sent = parse_qsl(client.requests[-1].url.query.decode())
    assert sent == [
        ("filter[name]", "n"),
        *[(f"filter[tags]{tag}", text) for tag, text in zip(tags, "ab", strict=True)],
        ("filter[owner][first]", "f"),
        *[
            (f"filter[owner][roles]{r}[id]", n)
            for r, n in zip(roles, "12", strict=True)
        ],
    ]
    client.call("t.make", body=NESTED)
    sent = parse_qsl(client.requests[-1].content.decode())
    assert ("owner[first]", "f") in sent
    assert (f"owner[roles]{roles[1]}[id]", "2") in sent
    assert (f"tags{tags[1]}", "b") in sent


def test_nested_values_of_a_form_may_be_json(tmp_path: Path) -> None:
    client = SmallClient(document(NESTED_PATHS), tmp_path, nested_values="json")
    client.call("t.make", body=NESTED)
    sent = parse_qsl(client.requests[-1].content.decode())
    assert [json.loads(text) for name, text in sent if name == "owner"] == [
        NESTED["owner"]
    ]
    assert [text for name, text in sent if name == "tags"] == ["a", "b"]
    assert "GET /found" in client.contract.left_out


def test_without_the_setting_the_reason_names_it(tmp_path: Path) -> None:
    client = SmallClient(document(NESTED_PATHS), tmp_path)
    reasons = {key: out.reason for key, out in client.contract.left_out.items()}
    assert reasons.keys() == {"POST /made", "GET /found"}
    for reason in reasons.values():
        assert "nested_values: brackets" in reason
        assert "owner" in reason


PATCHES = {
    "required": True,
    "content": {
        "application/merge-patch+json": {"schema": POINT},
        "application/json-patch+json": {"schema": {"type": "array", "items": POINT}},
        "application/json": {
            "schema": {"type": "object", "properties": {"whole": POINT}}
        },
    },
}
NAMED = {"application/x.report-json-2": {"schema": POINT}}
RAW = {"text/tab-separated-values": {"schema": BYTES}}


def test_json_of_several_types_has_a_function_for_each(tmp_path: Path) -> None:
    client = SmallClient(
        document({"/it": {"patch": operation("change", requestBody=PATCHES)}}), tmp_path
    )
    for name, given, content_type in [
        ("change", {"whole": {"x": 1}}, "application/json"),
        ("change_json_patch", [{"x": 1}], "application/json-patch+json"),
        ("change_merge_patch", {"x": 1}, "application/merge-patch+json"),
    ]:
        client.call(f"t.{name}", body=given)
        assert client.requests[-1].headers["content-type"] == content_type
        assert json.loads(client.requests[-1].content) == given


def test_json_is_known_by_a_word_of_its_type_and_bytes_by_their_format(
    tmp_path: Path,
) -> None:
    answers = {"200": {"description": "", "content": NAMED}}
    paths = {
        "/named": {
            "post": operation(
                "named", requestBody={"content": NAMED}, responses=answers
            )
        },
        "/raw": {"post": operation("raw", requestBody={"content": RAW})},
    }
    client = SmallClient(document(paths), tmp_path)
    client.answers(b'{"x": 5}', "application/x.report-json-2")
    assert client.call("t.named", body={"x": 4}).x == 5
    assert client.requests[-1].content == b'{"x":4}'
    assert client.requests[-1].headers["content-type"] == "application/x.report-json-2"
    client.answer = httpx.Response(204)
    client.call("t.raw", body=b"\xff\t")
    assert client.requests[-1].content == b"\xff\t"


def test_numbers_in_the_enum_of_a_string_are_its_text(tmp_path: Path) -> None:
    sizes = {
        "name": "size",
        "in": "query",
        "schema": {"type": "string", "enum": [10, 25]},
    }
    client = SmallClient(
        document({"/it": {"get": operation("sized", parameters=[sizes])}}), tmp_path
    )
    client.call("t.sized", size="25")
    assert client.requests[-1].url.query == b"size=25"
    assert any("quote them" in warning for warning in client.contract.warnings)


def test_a_query_in_a_path_is_sent_and_its_fragment_is_not(tmp_path: Path) -> None:
    page = {"name": "page", "in": "query", "schema": TEXT}
    paths = {
        "/chats?beta=yes#first": {"get": operation("first", parameters=[page])},
        "/chats#second": {"get": operation("second", parameters=[page])},
    }
    client = SmallClient(document(paths), tmp_path)
    client.call("t.first", page="2")
    assert client.requests[-1].url.raw_path == b"/v1/chats?beta=yes&page=2"
    client.call("t.second", page="2")
    assert client.requests[-1].url.raw_path == b"/v1/chats?page=2"


CLOSED = {**properties(a=TEXT), "required": ["a"], "additionalProperties": False}
EITHER = {
    "additionalProperties": False,
    "oneOf": [
        {**properties(x=TEXT), "required": ["x"]},
        {**properties(y=TEXT), "required": ["y"]},
    ],
}


def test_parts_that_forbid_other_fields_are_closed_as_a_whole(tmp_path: Path) -> None:
    whole = {"allOf": [{"$ref": "#/components/schemas/Closed"}, properties(b=TEXT)]}
    paths = {
        "/whole": {
            "post": operation("whole", requestBody=body("application/json", whole))
        },
        "/either": {
            "post": operation("either", requestBody=body("application/json", EITHER))
        },
    }
    client = SmallClient(
        document(paths, components={"schemas": {"Closed": CLOSED}}), tmp_path
    )
    client.call("t.whole", body={"a": "1", "b": "2"})
    assert json.loads(client.requests[-1].content) == {"a": "1", "b": "2"}
    client.call("t.either", body={"y": "1"})
    count = len(client.requests)
    for name, given in [
        ("whole", {"a": "1", "c": "2"}),
        ("whole", {"b": "2"}),
        ("either", {"y": "1", "z": "2"}),
    ]:
        with pytest.raises(client.package.InvalidRequestError):
            client.call(f"t.{name}", body=given)
    assert len(client.requests) == count


def test_a_fault_in_one_part_of_a_closed_object_is_the_only_problem(
    tmp_path: Path,
) -> None:
    whole = {"allOf": [CLOSED, properties(b={"type": "integer"}, c=TEXT)]}
    paths = {
        "/whole": {
            "post": operation("whole", requestBody=body("application/json", whole))
        }
    }
    client = SmallClient(document(paths), tmp_path)
    with pytest.raises(client.package.InvalidRequestError) as caught:
        client.call("t.whole", body={"a": "1", "b": "2", "c": "3"})
    assert caught.value.problems == [("b", "expected integer, not string")]
    with pytest.raises(client.package.InvalidRequestError) as caught:
        client.call("t.whole", body={"a": "1", "b": "2", "other": "3"})
    unknown = "Unevaluated properties are not allowed ('other' was unexpected)"
    assert caught.value.problems == [
        ("b", "expected integer, not string"),
        ("", unknown),
    ]


def test_a_body_that_may_be_null_is_sent_as_null(tmp_path: Path) -> None:
    point = {"type": ["object", "null"], "properties": {"x": {"type": "integer"}}}
    given = body("application/json", point)
    client = SmallClient(
        document({"/it": {"post": operation("put", requestBody=given)}}), tmp_path
    )
    client.call("t.put", body=None)
    assert client.requests[-1].content == b"null"
