"""Nothing is lost by the generator without a word: each construct is built faithfully, or stops with a sentence naming it and its place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from scripts import document as oas
from scripts.document import DocumentError
from scripts.mutations import to_text
from scripts.own_modules import GenerationError
from tests.contract.documents import build

CONSTRUCTS: dict[str, Any] = oas.read(
    Path(__file__).parent.parent / "data" / "constructs.yaml"
)
HEAD = {
    "openapi": "3.1.0",
    "info": {"title": "T", "version": "1"},
    "servers": [{"url": "https://service.example"}],
}


def text(construct: Any) -> str:
    return to_text(HEAD | {k: v for k, v in construct.items() if k != "outcome"})


@pytest.mark.parametrize(
    "name", [n for n, c in CONSTRUCTS.items() if c["outcome"] == "faithful"]
)
def test_a_construct_that_code_can_express_is_generated_with_all_of_its_meaning(
    name: str, tmp_path: Path
) -> None:
    package = build(text(CONSTRUCTS[name]), tmp_path)
    assert (package / "_document.py").is_file()


@pytest.mark.parametrize(
    "name", [n for n, c in CONSTRUCTS.items() if c["outcome"] != "faithful"]
)
def test_a_construct_that_would_be_lost_stops_with_its_name_and_place(
    name: str, tmp_path: Path
) -> None:
    with pytest.raises((GenerationError, DocumentError)) as caught:
        build(text(CONSTRUCTS[name]), tmp_path)
    assert CONSTRUCTS[name]["outcome"] in str(caught.value)


def test_the_list_holds_what_is_known_to_be_lost() -> None:
    assert len(CONSTRUCTS) > 120
