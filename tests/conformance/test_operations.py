"""What the judge reads of the operations of a document that is not quite as OpenAPI asks for."""

from __future__ import annotations

import pytest

from scripts.conformance.judge import Judge
from tests.conformance.clients import document, operation

TEXT = {"type": "string"}


@pytest.mark.parametrize(
    ("location", "name"),
    [("path", "thing"), ("header", "Content-Length"), ("header", "Host")],
)
def test_a_parameter_that_no_caller_can_set_is_none(location: str, name: str) -> None:
    listed = [
        {"in": "path", "name": "id", "required": True, "schema": TEXT},
        {"in": location, "name": name, "required": True, "schema": TEXT},
    ]
    paths = {"/a/{id}": {"get": operation("a", parameters=listed)}}
    called = Judge(document(paths)).operations.operation("GET /a/{id}")
    assert [parameter.name for parameter in called.parameters] == ["id"]


def test_a_path_that_is_described_in_another_file_hides_no_other_path() -> None:
    paths = {"/a": {"$ref": "a.yaml"}, "/b": {"get": operation("b")}}
    assert Judge(document(paths)).operations.all_keys() == ["GET /b"]


@pytest.mark.parametrize(
    ("pattern", "keywords"),
    [
        ("/^a$/", {**TEXT, "pattern": "^a$"}),
        ("/^a$/i", TEXT),
        ("/a/", {**TEXT, "pattern": "/a/"}),
        ("/^a\\$/", {**TEXT, "pattern": "/^a\\$/"}),
    ],
)
def test_slashes_around_the_anchors_of_a_pattern_are_no_part_of_it(
    pattern: str, keywords: dict[str, str]
) -> None:
    listed = [{"in": "query", "name": "q", "schema": {**TEXT, "pattern": pattern}}]
    judge = Judge(document({"/a": {"get": operation("a", parameters=listed)}}))
    (parameter,) = judge.operations.operation("GET /a").parameters
    assert parameter.schema is not None
    assert parameter.schema.keywords == keywords
