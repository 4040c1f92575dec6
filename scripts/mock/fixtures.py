"""Fixtures of pytest that run the mock service. Copy this file as `conftest.py` to the tests of your application.

Set ENKRYPT_CHECKOUT to the path of a checkout in which `make setup` was run: the mock service needs what is installed there.
"""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from enkrypt_api_client import EnkryptClient

# A proxy can't reach the mock service.
os.environ["NO_PROXY"] = "127.0.0.1," + os.environ.get("NO_PROXY", "")
MOCK = ["-m", "scripts.mock_service", "--port=0", "--quiet"]


@pytest.fixture(scope="session")
def mock_service() -> Iterator[httpx.Client]:
    """The mock service on a free port, while the tests run."""
    checkout = os.environ.get("ENKRYPT_CHECKOUT")
    if not checkout:
        pytest.fail("Set ENKRYPT_CHECKOUT to the path of a checkout.")
    python = Path(checkout, ".venv/bin/python").absolute()
    if not python.exists():
        pytest.fail(f"Run `make setup` in {checkout}: there is no {python}.")
    command = [str(python), *MOCK]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=checkout, stdout=pipe, text=True) as process:  # noqa: S603
        assert process.stdout
        for line in process.stdout:
            if line.startswith("export ENKRYPTAI_BASE_URL="):
                url = line.strip().partition("=")[2]
                with httpx.Client(base_url=url) as http:
                    yield http
                break
        process.terminate()


@pytest.fixture
def mock_client(mock_service: httpx.Client) -> Iterator[EnkryptClient]:
    """A client of the mock service, whose models are as they were at first."""
    mock_service.post("/_mock/reset")
    with EnkryptClient("mock-key", base_url=str(mock_service.base_url)) as client:
        yield client
