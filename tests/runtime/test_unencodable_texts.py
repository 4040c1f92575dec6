"""A text that its charset can't encode is refused by name, and the error does not hold it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.clients import SmallClient, body, document, operation

HALF = "secret\ud800"
FILES = {"type": "object", "properties": {"file": {"type": "string", "format": "binary"}}}  # fmt: skip
BODIES = {
    "narrow": body("text/plain; charset=iso-8859-1", {"type": "string"}),
    "unknown": body("text/plain; charset=x-unheard-of", {"type": "string"}),
    "plain": body("text/plain", {"type": "string"}),
    "upload": body("multipart/form-data", FILES),
}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> SmallClient:
    paths: dict[str, Any] = {
        f"/{name}": {"post": operation(name, requestBody=request_body)}
        for name, request_body in BODIES.items()
    }
    map_of_texts = {"type": "object", "additionalProperties": {"type": "string"}}
    tags = {"name": "X-Tags", "in": "header", "schema": map_of_texts}
    paths["/tags"] = {"get": operation("tags", parameters=[tags])}
    folder: Path = tmp_path_factory.mktemp("unencodable")
    return SmallClient(document(paths), folder)


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("narrow", {"body": "secret 東"}, "the body has a character that the charset iso-8859-1 lacks, at 8"),
        ("narrow", {"body": HALF}, "body: contains half of a surrogate pair"),
        ("unknown", {"body": "secret"}, "the body can't be written in the charset x-unheard-of"),
        ("plain", {"body": HALF}, "body: contains half of a surrogate pair"),
        ("upload", {"body": {"file": (HALF, b"x")}}, "the file name or a header of the part file contains half"),
        ("tags", {"x_tags": {"a": HALF}}, "the value of the header X-Tags has characters"),
    ],
)  # fmt: skip
def test_a_text_that_its_charset_lacks_is_named_and_not_shown(
    client: SmallClient, name: str, arguments: Any, message: str
) -> None:
    with pytest.raises(
        client.package.InvalidRequestError, match=re.escape(message)
    ) as caught:
        client.call(f"t.{name}", **arguments)
    assert "secret" not in str(caught.value)
    assert caught.value.__context__ is None
    assert client.requests == []
