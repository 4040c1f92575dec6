"""Forms, multipart bodies and files, as their Encoding Objects and media types say."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

import pytest

from scripts.conformance.wire_rules import Part, read_multipart
from tests.conformance.clients import SmallClient, body, document, operation

TEXT = {"type": "string"}
TEXTS = {"type": "array", "items": TEXT}
NUMBERS = {"type": "array", "items": {"type": "integer"}}
BYTES = {"type": "string", "format": "binary"}
POINT = {"type": "object", "properties": {"x": {"type": "integer"}}}
FORM = "application/x-www-form-urlencoded"


def properties(**schemas: Any) -> Any:
    return {"type": "object", "properties": schemas}


PARTS = body(
    "multipart/form-data",
    properties(
        facts=TEXT, colours=TEXTS, marks=NUMBERS, photo=BYTES, story=TEXT, spot=POINT
    ),
    {
        "facts": {"contentType": "application/json"},
        "colours": {"contentType": "application/json"},
        "marks": {"style": "form", "explode": False},
        "photo": {"contentType": "image/webp, image/gif"},
        "story": {"contentType": "text/html"},
        "spot": {"contentType": "application/geo+json"},
    },
)
FIELDS = body(
    FORM,
    properties(codes=NUMBERS, words=TEXTS, bars=TEXTS, each=TEXTS),
    {
        "codes": {"explode": False},
        "words": {"style": "spaceDelimited", "explode": False},
        "bars": {"style": "pipeDelimited", "explode": False},
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


def test_each_part_has_the_media_type_of_its_encoding(client: SmallClient) -> None:
    client.call(
        "t.parts",
        body={
            "facts": '{"b": 2}',
            "colours": ["red", "blue"],
            "marks": [3, 4],
            "photo": b"pixels",
            "story": "<p>",
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
        "story": ("text/html", b"<p>"),
        "spot": ("application/geo+json", b'{"x":1}'),
    }


def test_a_file_may_choose_among_the_media_types_of_its_part(
    client: SmallClient,
) -> None:
    file = client.package.types.File(b"pixels", mime_type="image/gif")
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
    client.call("t.sound", body=client.package.types.File(b"beat", mime_type=given))
    assert client.requests[-1].headers["content-type"] == sent


def test_a_file_of_a_type_that_is_not_declared_is_refused(client: SmallClient) -> None:
    count = len(client.requests)
    with pytest.raises(client.package.InvalidRequestError):
        client.call(
            "t.sound", body=client.package.types.File(b"", mime_type="text/css")
        )
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
