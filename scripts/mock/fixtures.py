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

# A proxy can't reach the mock service. Where both variables are set, the second one counts.
for name in ("NO_PROXY", "no_proxy"):
    os.environ[name] = "127.0.0.1," + os.environ.get(name, "")
# It ends with the pipe to it, also where the tests are killed.
MOCK = ["-m", "scripts.mock_service", "--port=0", "--quiet", "--until-eof"]


def fail_if_refused(response: httpx.Response) -> None:
    """Fail the test where the mock service refuses what it is asked to do, such as a failure that is misspelt."""
    if response.url.path.startswith("/_mock/") and response.is_error:
        pytest.fail(f"The mock service refuses this: {response.read().decode()}")


def client_of(url: str) -> httpx.Client:
    """A client that asks the mock service for failures, models and resets."""
    return httpx.Client(base_url=url, event_hooks={"response": [fail_if_refused]})


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
    with subprocess.Popen(  # noqa: S603
        command, cwd=checkout, stdin=pipe, stdout=pipe, text=True
    ) as process:
        assert process.stdout
        for line in process.stdout:
            if line.startswith("export ENKRYPTAI_BASE_URL="):
                url = line.strip().partition("=")[2]
                with client_of(url) as http:
                    yield http
                break
        process.terminate()


@pytest.fixture
def mock_client(mock_service: httpx.Client) -> Iterator[EnkryptClient]:
    """A client of the mock service, whose models are as they were at first."""
    mock_service.post("/_mock/reset")
    with EnkryptClient("mock-key", base_url=str(mock_service.base_url)) as client:
        yield client


@pytest.fixture
def mock_environment(
    mock_service: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The variables that lead every client, sync or async, to the mock service, whose models are as they were at first."""
    mock_service.post("/_mock/reset")
    monkeypatch.setenv("ENKRYPTAI_API_KEY", "mock-key")
    monkeypatch.setenv("ENKRYPTAI_BASE_URL", str(mock_service.base_url))
