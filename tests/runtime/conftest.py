"""A server that misbehaves on demand, and the client and the service of `kinds.py`."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import pytest

from tests.runtime import kinds
from tests.runtime.loopback import DONE, Server, keeps, reply, serving


@pytest.fixture(autouse=True, scope="module")
def no_proxy_of_this_machine() -> Iterator[None]:
    """What the environment says of proxies is what a test says."""
    with pytest.MonkeyPatch.context() as patch:
        for scheme in ("http", "https", "all", "no"):
            for name in (f"{scheme}_proxy", f"{scheme}_proxy".upper()):
                patch.delenv(name, raising=False)
        yield


@pytest.fixture
def server() -> Iterator[Server]:
    """A server that answers well until a test changes `serve`."""
    with serving(keeps(reply(200, DONE, "X-Request-Id: r-1"))) as server:
        yield server


@pytest.fixture
def unused_port() -> Iterator[int]:
    """A port that refuses connections."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        yield unused.getsockname()[1]


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
