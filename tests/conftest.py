"""What several test modules share: the vendor's page, its document, and requests made of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from scripts import document as oas

ROOT = Path(__file__).parent.parent
PAGE = Path(__file__).parent / "data" / "modify-model.md"


@pytest.fixture(scope="session")
def document() -> Any:
    """The document in openapi.yaml. Tests copy before they change it."""
    return oas.read(ROOT / "openapi.yaml")


@pytest.fixture
def request_example(document: Any) -> Any:
    """The document's own example of a request."""
    return document["components"]["schemas"]["ModelRequestObject"]["example"]


@pytest.fixture
def response_example(document: Any) -> Any:
    """The document's own example of a model, as an answer carries it."""
    return {
        "message": "Model details updated successfully",
        "data": document["components"]["schemas"]["GetModelResponseObject"]["example"],
    }
