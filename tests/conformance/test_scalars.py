"""Texts and numbers that are drawn for the judge."""

from __future__ import annotations

from scripts.conformance.judge import Judge


def test_no_number_is_drawn_from_a_range_without_an_end() -> None:
    schema = {"type": "number", "minimum": float("inf")}
    content = {"application/json": {"schema": schema}}
    operation = {"requestBody": {"content": content}, "responses": {}}
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Numbers", "version": "1"},
        "paths": {"/numbers": {"post": operation}},
    }
    judge = Judge(document)
    body = judge.operations.operation("POST /numbers").body
    assert body is not None
    assert judge.body_values(body.media_types[0]) == []
