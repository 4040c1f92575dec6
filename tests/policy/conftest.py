"""The client and the service of `kinds.py`, made once for all tests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.policy import kinds


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The package that the pipeline makes of `kinds.yaml`."""
    return kinds.generated(tmp_path_factory.mktemp("kinds"))


@pytest.fixture(scope="session")
def running() -> Iterator[kinds.Service]:
    with kinds.running(kinds.Service()) as service:
        yield service


@pytest.fixture
def service(running: kinds.Service) -> kinds.Service:
    """A service that has seen nothing yet."""
    running.seen.clear()
    running.left.clear()
    running.status, running.json, running.events = 200, {"id": 1}, []
    return running
