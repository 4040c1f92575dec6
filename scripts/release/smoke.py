"""What an application does first, run where nothing is installed but the wheel and what it asks for.

    python -I smoke.py BASE_URL API_KEY [TRANSPORT]

Makes calls to the mock service, touching every run-time dependency. Not imported from here: it knows the installed package alone.
"""

import asyncio
import http.server
import sys
import threading
from collections.abc import Mapping
from typing import Any, TypeVar

from enkrypt_api_client import (
    AsyncEnkryptClient,
    AuthenticationError,
    EnkryptClient,
    EnkryptError,
    InvalidRequestError,
)
from enkrypt_api_client.models import (
    GetModelResponseObject,
    ModelConfig,
    ModelRequestObject,
    ModifyModelResponseObject,
)

Refusal = TypeVar("Refusal", bound=EnkryptError)

REQUEST = ModelRequestObject(
    model_saved_name="Test Model",
    model_version="v1",
    model_config=ModelConfig(model_provider="together"),
)


def check(result: ModifyModelResponseObject) -> None:
    assert result.message == "Model details updated successfully", result.message
    assert isinstance(result.data, GetModelResponseObject), result.data
    assert result.data.model_saved_name == "Test Model"


def sync(url: str, key: str) -> None:
    with EnkryptClient(key, base_url=url) as client:
        check(client.modify_model(REQUEST))
        wrong = refused(InvalidRequestError, client, {"model_saved_name": 1})
        assert len(wrong.problems) > 1, wrong.problems
    with EnkryptClient(f"not-{key}", base_url=url) as stranger:
        error = refused(AuthenticationError, stranger, REQUEST)
        assert key not in str(error)


def refused(
    kind: type[Refusal],
    client: EnkryptClient,
    request: ModelRequestObject | Mapping[str, Any],
) -> Refusal:
    try:
        client.modify_model(request)
    except kind as error:
        return error
    raise AssertionError(f"no {kind.__name__}")


async def concurrent(url: str, key: str, transport: str) -> None:
    async with AsyncEnkryptClient(key, base_url=url, transport=transport) as client:
        calls = (client.modify_model(REQUEST) for _ in range(5))
        for result in await asyncio.gather(*calls):
            check(result)


def dates() -> None:
    """Two forms of RFC 3339: the standard library reads the first, python-dateutil the second."""
    for text in ("2026-01-02T03:04:05Z", "2026-01-01t24:00:00z"):
        read = GetModelResponseObject.from_dict({"created_at": text}).created_at
        assert getattr(read, "year", None) == 2026, read


class _HalfAPair(http.server.BaseHTTPRequestHandler):
    def do_PATCH(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        answer = rb'{"message": "\ud800"}'
        self.send_response(200)
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_words: object) -> None:
        """Say nothing of each request."""


def half_a_surrogate_pair(key: str) -> None:
    """Legal in an answer; early releases of jsonschema-rs abort the interpreter over it."""
    with http.server.HTTPServer(("127.0.0.1", 0), _HalfAPair) as server:
        threading.Thread(target=server.handle_request).start()
        url = f"http://127.0.0.1:{server.server_port}"
        with EnkryptClient(key, base_url=url) as client:
            assert client.modify_model(REQUEST).message == "\ud800"


def main(url: str, key: str, transport: str = "httpx") -> None:
    sync(url, key)
    asyncio.run(concurrent(url, key, transport))
    dates()
    half_a_surrogate_pair(key)
    tools = {"pytest", "hatchling", "uvicorn", "openapi_python_client"}
    assert tools.isdisjoint(sys.modules)


if __name__ == "__main__":
    main(*sys.argv[1:])
