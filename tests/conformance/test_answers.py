"""What becomes of answers, by their Content-Type."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.conformance.clients import SmallClient, answering, document, operation


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> SmallClient:
    text = {"type": "string"}
    rows = {"type": "object", "properties": {"count": {"type": "integer"}}}
    both = answering("application/json", rows)
    both["200"]["content"]["text/csv"] = {"schema": text}
    moved = {"302": {"description": "", "headers": {"Location": {"schema": text}}}}
    binary = {"type": "string", "format": "binary"}
    paths = {
        "/any": {"get": operation("anything", responses=answering("*/*", text))},
        "/open": {"get": operation("unknown", responses=answering("*/*", {}))},
        "/file": {"get": operation("file", responses=answering("*/*", binary))},
        "/both": {"get": operation("both", responses=both)},
        "/moved": {"get": operation("moved", responses=moved)},
        "/verse": {"get": operation("verse", responses=answering("text/plain", text))},
    }
    return SmallClient(document(paths), tmp_path_factory.mktemp("answers"))


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        ("día".encode("latin-1"), "text/plain; charset=ISO-8859-1"),
        ("día".encode("utf-16"), 'text/plain; charset="utf-16"'),
        ("día".encode(), "text/plain;charset=utf-8"),
        ("día".encode(), "text/plain"),
    ],
)
def test_a_text_is_decoded_by_the_charset_of_its_answer(
    client: SmallClient, content: bytes, content_type: str
) -> None:
    assert client.answers(content, content_type).call("t.verse") == "día"


@pytest.mark.parametrize("content_type", ["text/plain; charset=klingon", "text/plain"])
def test_a_text_that_cannot_be_decoded_says_why(
    client: SmallClient, content_type: str
) -> None:
    client.answers(b"\xff\xfe\xfa", content_type)
    with pytest.raises(
        client.package.ResponseDecodeError, match=r"its (charset|bytes)"
    ):
        client.call("t.verse")


@pytest.mark.parametrize(
    ("name", "content", "content_type", "read"),
    [
        ("anything", b"ode", "text/plain", "ode"),
        ("anything", b'"ode"', "application/json", "ode"),
        ("anything", b"<a/>", "application/xml", "<a/>"),
        ("unknown", b'{"a": 1}', "application/problem+json", {"a": 1}),
        ("unknown", b"\x00\xff", "application/zip", b"\x00\xff"),
        ("file", b"%PDF\xff", "application/pdf", b"%PDF\xff"),
    ],
)
def test_an_answer_of_any_type_is_read_by_its_own(
    client: SmallClient, name: str, content: bytes, content_type: str, read: object
) -> None:
    assert client.answers(content, content_type).call(f"t.{name}") == read


def test_a_caller_may_ask_for_another_documented_type(client: SmallClient) -> None:
    module = client.operation("t.both")
    with client.client() as plain:
        asks = plain.with_options(extra_headers={"Accept": "text/csv"})
        client.answers(b"a;b", "text/csv")
        assert asks.call(module) == "a;b"
        assert client.requests[-1].headers.get_list("accept") == ["text/csv"]
        client.answers(b'{"count": 3}', "application/json")
        assert asks.call(module).count == 3
        assert plain.call(module).count == 3
        assert client.requests[-1].headers["accept"] == "application/json"


def test_a_documented_redirect_is_an_error_with_its_headers(
    client: SmallClient,
) -> None:
    client.answers(b"", "text/plain", 302)
    client.answer.headers["location"] = "https://elsewhere.example/x"
    with pytest.raises(client.package.APIStatusError) as caught:
        client.call("t.moved")
    assert caught.value.headers["location"] == "https://elsewhere.example/x"


def test_a_member_that_requires_what_its_union_does_keeps_its_class(
    tmp_path: Path,
) -> None:
    """The union states `required` once more beside its members, as some vendors do."""
    kinds = {
        "Sun": {"required": ["sort"], "properties": {"sort": {"enum": ["sun"]}}},
        "Moon": {"required": ["sort"], "properties": {"sort": {"enum": ["moon"]}}},
    }
    schemas: dict[str, Any] = {
        name: {"type": "object", **kind} for name, kind in kinds.items()
    }
    members = [{"$ref": f"#/components/schemas/{name}"} for name in kinds]
    schemas["Body"] = {"type": "object", "required": ["sort"], "oneOf": members}
    responses = answering("application/json", {"$ref": "#/components/schemas/Body"})
    paths = {"/body": {"get": operation("observe", responses=responses)}}
    client = SmallClient(document(paths, components={"schemas": schemas}), tmp_path)
    client.answers(b'{"sort": "moon"}', "application/json")
    assert type(client.call("t.observe")).__name__ == "Moon"


def test_a_union_that_only_closes_its_members_keeps_their_classes(
    tmp_path: Path,
) -> None:
    schemas: dict[str, Any] = {
        "Road": {"type": "object", "properties": {"lanes": {"type": "integer"}}},
        "Rail": {"type": "object", "properties": {"gauge": {"type": "integer"}}},
    }
    members = [{"$ref": f"#/components/schemas/{name}"} for name in schemas]
    schemas["Way"] = {"additionalProperties": False, "oneOf": members}
    responses = answering("application/json", {"$ref": "#/components/schemas/Way"})
    paths = {"/way": {"get": operation("way", responses=responses)}}
    client = SmallClient(document(paths, components={"schemas": schemas}), tmp_path)
    client.answers(b'{"gauge": 1435}', "application/json")
    assert type(client.call("t.way")).__name__ == "Rail"
