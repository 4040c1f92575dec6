"""The judge asks for texts that the charset of a body can hold."""

from __future__ import annotations

from scripts.conformance.judge import Judge
from tests.conformance.clients import body, document, operation


def test_only_texts_that_a_charset_can_hold_are_asked_for() -> None:
    media_type = "text/plain; charset=iso-8859-1"
    parts = {"requestBody": body(media_type, {"type": "string"})}
    judge = Judge(document({"/a": {"post": operation("a", **parts)}}))
    called = judge.operations.operation("POST /a")
    declared = called.media_type(media_type)
    assert declared is not None
    values = judge.body_values(declared)
    assert values
    for value in values:
        assert str(value).encode("iso-8859-1")
