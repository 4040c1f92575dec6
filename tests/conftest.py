"""What several test modules share: the vendor's page, its document, requests made of it, and both clients."""

from __future__ import annotations

import asyncio
import copy
import gc
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scripts.intake import document as oas
from scripts.mock.service import MockService
from tests.runtime.drivers import Driver
from tests.runtime.loopback import CLOCK

# A shell starts what it runs in the background with Ctrl-C ignored, and every child inherits that: tests that press it would wait for ever.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

ROOT = Path(__file__).parent.parent
PAGE = Path(__file__).parent / "data" / "modify-model.md"


def pytest_collection() -> None:
    """Stop the garbage collector while tests are collected: it would look at all of them again and again."""
    gc.disable()


def pytest_collection_finish() -> None:
    """Start it again. The tests live until the end, and it skips them."""
    gc.freeze()
    gc.enable()


def listed_files() -> list[str]:
    """Paths of the files that belong to the project, as git sees them; an unpacked sdist has no git, and skips the test that asks."""
    if not (ROOT / ".git").exists():
        pytest.skip("this is no git checkout")
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return [name for name in done.stdout.split("\0") if (ROOT / name).is_file()]


@pytest.fixture(scope="session")
def document() -> Any:
    """The document in openapi.yaml, for tests of the client that is generated from it. Tests copy before they change it.

    It changes with the vendor's pages. A test that states a value, a line or a word of it would fail then: it takes
    `saved_document`, or reads from the document what it expects.
    """
    return oas.read(ROOT / "openapi.yaml")


@pytest.fixture(scope="session")
def saved_document() -> Any:
    """The document of a page that was saved once, for tests of the tools. It never changes. Tests copy before they change it."""
    return oas.read(PAGE)


@pytest.fixture(scope="session")
def _mock_service(document: Any) -> MockService:
    return MockService(document)


@pytest.fixture
def request_example(_mock_service: MockService) -> Any:
    """A request that changes the mock service's first model, otherwise the document's own example."""
    return copy.deepcopy(_mock_service.example)


@pytest.fixture
def saved_request(saved_document: Any) -> Any:
    """The example of a request in the saved document. It changes the mock service's first model."""
    return saved_document["components"]["schemas"]["ModelRequestObject"]["example"]


@pytest.fixture(params=["", "Async"], ids=["sync", "async"])
def driver(request: Any, caplog: pytest.LogCaptureFixture) -> Iterator[Driver]:
    """A test that takes this runs with either client."""
    CLOCK.ahead = 0.0
    with asyncio.Runner() as runner:
        driver = Driver(request.param, runner, caplog)
        yield driver
        for client in driver.http_clients:
            driver.close(client)
