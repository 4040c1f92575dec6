"""One parameter that is the whole query: `in: querystring` (OpenAPI 3.2)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conformance.clients import SmallClient, document, operation

FORM = "application/x-www-form-urlencoded"
TIDES = {
    "type": "object",
    "properties": {
        "day": {"type": "string"},
        "ports": {"type": "array", "items": {"type": "string"}},
    },
}
NESTED = {"type": "object", "properties": {"span": {"type": "object"}}}


def whole(schema: Any, *media_types: str) -> Any:
    """A parameter that is the whole query."""
    content = {media_type: {"schema": schema} for media_type in media_types}
    return {"name": "filter", "in": "querystring", "content": content}


def text(name: str) -> Any:
    return {"name": name, "in": "query", "schema": {"type": "string"}}


PATHS = {
    "/form": {"get": operation("form", parameters=[whole(TIDES, FORM)])},
    "/json": {"get": operation("json", parameters=[whole(TIDES, "application/json")])},
    "/fixed?v=2": {"get": operation("fixed", parameters=[whole(TIDES, FORM)])},
    "/xml": {"get": operation("xml", parameters=[whole(TIDES, "application/xml")])},
    "/two": {"get": operation("two", parameters=[whole(TIDES, FORM), text("q")])},
    "/none": {"get": operation("none", parameters=[whole(TIDES)])},
    "/nested": {"get": operation("nested", parameters=[whole(NESTED, FORM)])},
}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> SmallClient:
    folder = tmp_path_factory.mktemp("querystring")
    return SmallClient(document(PATHS, "3.2.0"), folder)


@pytest.mark.parametrize(
    ("name", "value", "target"),
    [
        (
            "form",
            {"day": "1 May", "ports": ["Brest", "Cork&c"]},
            "/v1/form?day=1%20May&ports=Brest&ports=Cork%26c",
        ),
        ("form", {}, "/v1/form"),
        ("json", {"day": "1 May"}, "/v1/json?%7B%22day%22%3A%221%20May%22%7D"),
        ("fixed", {"day": "2"}, "/v1/fixed?v=2&day=2"),
    ],
)
def test_the_query_is_the_parameter_in_its_media_type(
    client: SmallClient, name: str, value: Any, target: str
) -> None:
    client.call(f"t.{name}", filter_=value)
    assert client.requests[-1].url.raw_path.decode() == target


def test_a_parameter_that_is_not_given_makes_no_query(client: SmallClient) -> None:
    client.call("t.form")
    assert client.requests[-1].url.raw_path == b"/v1/form"


def test_a_wrong_value_is_refused_by_its_path(client: SmallClient) -> None:
    with pytest.raises(
        client.package.InvalidRequestError, match="ports: expected array"
    ):
        client.call("t.form", filter_={"ports": 1})


@pytest.mark.parametrize(
    ("operation_key", "reason"),
    [
        ("GET /xml", "only JSON and application/x-www-form-urlencoded"),
        ("GET /two", "which is the whole query, and others in the query"),
        ("GET /none", "`content` with one media type"),
        ("GET /nested", "'span' has nested values"),
    ],
)
def test_what_defines_no_query_is_left_out_with_the_reason(
    client: SmallClient, operation_key: str, reason: str
) -> None:
    assert reason in client.contract.left_out[operation_key].reason
