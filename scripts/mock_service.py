"""A mock of the service on loopback, made from openapi.yaml alone, for demonstrations and tests.

    python -m scripts.mock_service [--port 8807] [--api-key KEY] [--document openapi.yaml]

Knows every operation of the contract: refuses what the document does not allow (404, 405, 401, 422, as JSON) in the opinion of
openapi-core, and answers with what the document describes. Modify Model works on models kept in memory. Prints the variables that lead
the client here, the models, and each request. Stops on Ctrl-C.

Exit codes: 0 stopped; 2 the document can't be read or the port is taken.
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from openapi_core.validation.request.exceptions import SecurityValidationError

from scripts import document as oas
from scripts import tree
from scripts.contract.model import Json
from scripts.contract.read import read
from scripts.errors import DocumentError
from scripts.loopback import (
    HOST,
    Reply,
    Request,
    Scope,
    Service,
    described,
    json_reply,
    listening,
    running,
    server_of,
)
from scripts.mock_models import ModelStore
from scripts.samples import NoSampleError, Sampler, named

__all__ = ["API_KEY", "MockService", "Reply", "running"]

API_KEY = "mock-key"


class MockService(Service):
    """Plays the service of a document.

    Attributes:
        models: The models that Modify Model works on; at first the one of the document's own example.
    """

    def __init__(
        self,
        document: Json,
        *,
        api_key: str = API_KEY,
        tell: Callable[[str], None] = lambda line: None,
    ) -> None:
        super().__init__(document, read(document).operations)
        self.models = ModelStore()
        if model := named(document, "ModelRequestObject"):
            self.models.add(model)
        self._sampler = Sampler(document, examples=True)
        self._api_key = api_key
        self._tell = tell

    def answer(self, scope: Scope, body: bytes) -> Reply:
        reply = super().answer(scope, body)
        self._tell(f"{scope['method']} {scope['path']} {reply.status}")
        return reply

    def reply(self, key: str, request: Request) -> Reply:
        method, _, path = key.partition(" ")
        operation = self.document["paths"][path][method.lower()]
        errors = self.checker.errors(request)
        if any(isinstance(error, SecurityValidationError) for error in errors):
            return json_reply(401, {"message": "the API key is missing"})
        if faults := [fault for error in errors for fault in described(error)]:
            message = "the request is not what is documented"
            return json_reply(422, {"message": message, "errors": faults})
        given = self.checker.read(request).security or {}
        if not all(map(self._is_key, given.values())):
            return json_reply(401, {"message": "the API key is wrong"})
        if operation.get("operationId") == "modify_model":
            headers = request.parameters.header
            current = headers["X-Enkrypt-Model"], headers["X-Enkrypt-Model-Version"]
            return json_reply(*self.models.modify(current, json.loads(request.body)))
        return self._example(operation["responses"])

    def _is_key(self, given: object) -> bool:
        if given is None or given == self._api_key:
            return True
        with contextlib.suppress(ValueError):  # Basic: name and password
            name_and_password = base64.b64decode(str(given), validate=True).decode()
            return name_and_password.partition(":")[2] == self._api_key
        return False

    def _example(self, responses: Mapping[Any, Json]) -> Reply:
        """The first success that is described, with the document's example of it or a drawn one."""
        successes = [s for s in map(str, responses) if s.startswith("2")]
        status = min(successes, default="default")
        code = int(status.replace("X", "0")) if successes else 200
        key = next(key for key in responses if str(key) == status)
        content = self._sampler.resolved(responses[key]).get("content") or {}
        if not content:
            return Reply(code)
        media_type = next((m for m in content if "json" in m), next(iter(content)))
        try:
            body = self._sampler.of_media(content[media_type])
        except NoSampleError:
            return Reply(code)
        if "json" in media_type:
            return Reply(code, json.dumps(body).encode(), media_type)
        text = body if isinstance(body, str) else json.dumps(body)
        return Reply(code, text.encode(), media_type)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m scripts.mock_service",
        description=(__doc__ or "").partition("\n")[0],
    )
    parser.add_argument("--port", type=int, default=8807, help="0 takes a free one")
    parser.add_argument("--api-key", default=API_KEY, help=f"default: {API_KEY}")
    parser.add_argument("--document", type=Path, default=tree.ROOT / "openapi.yaml")
    options = parser.parse_args(arguments)

    def tell(line: str) -> None:
        print(line, flush=True)

    try:
        document = oas.read(options.document)
        service = MockService(document, api_key=options.api_key, tell=tell)
        listener = listening(options.port)
    except (DocumentError, OSError) as error:
        print(f"mock_service: {error}", file=sys.stderr)
        return 2
    with listener:
        tell(f"export ENKRYPTAI_API_KEY={options.api_key}")
        tell(f"export ENKRYPTAI_BASE_URL=http://{HOST}:{listener.getsockname()[1]}")
        for name, version in service.models:
            tell(f"# model: {name!r}, version {version!r}")
        with contextlib.suppress(KeyboardInterrupt):
            server_of(service).run([listener])
    return 0


if __name__ == "__main__":
    sys.exit(main())
