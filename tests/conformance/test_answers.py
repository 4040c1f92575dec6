"""What becomes of answers, by their Content-Type."""

from __future__ import annotations

import pytest

from tests.conformance.clients import SmallClient, answering, document, operation


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> SmallClient:
    text = {"type": "string"}
    paths = {
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
