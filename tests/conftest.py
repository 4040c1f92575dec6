"""What several test modules share: the vendor's page, its document, requests made of it, and both clients."""

from __future__ import annotations

import asyncio
import gc
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scripts.intake import document as oas
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


@pytest.fixture(params=["", "Async"], ids=["sync", "async"])
def driver(request: Any, caplog: pytest.LogCaptureFixture) -> Iterator[Driver]:
    """A test that takes this runs with either client."""
    CLOCK.ahead = 0.0
    with asyncio.Runner() as runner:
        driver = Driver(request.param, runner, caplog)
        yield driver
        for client in driver.http_clients:
            driver.close(client)
