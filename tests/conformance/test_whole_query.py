"""The judge reads a query that one parameter describes as a whole (`in: querystring`, OpenAPI 3.2)."""

from __future__ import annotations

from typing import Any

import pytest

from scripts.conformance.exchange import Given, Sent
from scripts.conformance.judge import Judge
from tests.conformance.clients import document, operation

FORM_SCHEMA = {
    "type": "object",
    "properties": {
        "day": {"type": "string"},
        "ports": {"type": "array", "items": {"type": "string"}},
    },
}
FORM = {"application/x-www-form-urlencoded": {"schema": FORM_SCHEMA}}
JSON = {"application/json": {"schema": {"type": "object"}}}
VALUES: dict[str, dict[str, object]] = {
    "form": {"day": "1 May", "ports": ["Brest", "Cork"]},
    "json": {"depth": 3},
}


def faults(content: str, query: str) -> list[str]:
    """What the judge says of a query that describes the values above."""
    media_types = {"form": FORM, "json": JSON}
    parameter: Any = {"name": "all", "in": "querystring", "required": True}
    parameter["content"] = media_types[content]
    paths = {"/tides": {"get": operation("tides", parameters=[parameter])}}
    judge = Judge(document(paths, "3.2.0"))
    given = Given(parameters={("querystring", "all"): VALUES[content]})
    sent = Sent("GET", f"/tides?{query}", (), b"")
    described = judge.operations.operation("GET /tides")
    return list(judge.request_faults(described, given, sent))


@pytest.mark.parametrize(
    ("content", "query"),
    [
        ("form", "day=1%20May&ports=Brest&ports=Cork"),
        ("json", "%7B%22depth%22%3A3%7D"),
    ],
)
def test_a_query_that_is_written_as_its_media_type_is_right(
    content: str, query: str
) -> None:
    assert faults(content, query) == []


@pytest.mark.parametrize(
    ("content", "query", "complaint"),
    [
        ("form", "date=1%20May&ports=Brest&ports=Cork", "query day: missing"),
        ("form", "day=1%20May&ports=Brest,Cork", "query ports: Brest,Cork"),
        ("form", "day=1%20May&ports=Cork&ports=Brest", "query ports: Cork"),
        ("form", "all=1&day=1%20May&ports=Brest&ports=Cork", "query all: 1 was added"),
        ("json", "%7B%22depth%22%3A4%7D", "missing"),
        ("json", "all=%7B%22depth%22%3A3%7D", "missing"),
        ("json", "", "missing"),
    ],
)
def test_a_query_that_is_written_in_another_way_is_found_out(
    content: str, query: str, complaint: str
) -> None:
    assert complaint in faults(content, query)[0]
