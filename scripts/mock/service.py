"""The mock service: answers each operation of a document as the document describes, and Modify Model on models in memory."""

from __future__ import annotations

import base64
import contextlib
import json
from collections.abc import Callable

import starlette.requests
from openapi_core.validation.request.exceptions import SecurityValidationError
from starlette.responses import JSONResponse, Response

from scripts.contract.model import JSON_KIND, Json, Media, Operation, Schema
from scripts.contract.reading.contract import read
from scripts.intake import document as oas
from scripts.loopback.samples import NoSampleError, Sampler
from scripts.loopback.server import Request, Service, described, placed
from scripts.mock.store import ModelStore

API_KEY = "mock-key"


class MockService(Service):
    """Plays the service of a document.

    Attributes:
        example: The document's example of a Modify Model request; None where it has no such component.
        models: The models that Modify Model works on; at first the one of the example.
    """

    def __init__(
        self,
        document: Json,
        *,
        api_key: str = API_KEY,
        log: Callable[[str], None] = lambda line: None,
    ) -> None:
        self._contract = read(document)
        super().__init__(document, self._contract.operations)
        self._sampler = Sampler(self._contract, examples=True)
        self._api_key = api_key
        self._log = log
        self.example: Json = None
        self.models = ModelStore()
        if schema := self._contract.types.get("ModelRequestObject"):
            self.example = self._sampler.draw(schema)
            self.models.add(self.example)

    def answer(self, request: starlette.requests.Request, body: bytes) -> Response:
        response = super().answer(request, body)
        self._log(f"{request.method} {request.scope['path']} {response.status_code}")
        return response

    def reply(self, key: str, request: Request) -> Response:
        operation = self._contract.operations[key]
        errors = self.checker.errors(request)
        if any(isinstance(error, SecurityValidationError) for error in errors):
            return JSONResponse({"message": "the API key is missing"}, 401)
        if faults := [fault for error in errors for fault in described(error)]:
            message = "the request is not what is documented"
            return JSONResponse({"message": message, "errors": faults}, 422)
        given = self.checker.read(request).security or {}
        if not all(map(self._is_key, given.values())):
            return JSONResponse({"message": "the API key is wrong"}, 401)
        if operation.id == "modify_model":
            headers = request.parameters.header
            current = headers["X-Enkrypt-Model"], headers["X-Enkrypt-Model-Version"]
            status, body = self.models.modify(current, json.loads(request.body))
            return JSONResponse(body, status)
        return self._example(operation)

    def _is_key(self, given: object) -> bool:
        if given is None or given == self._api_key:
            return True
        with contextlib.suppress(ValueError):  # Basic: name and password
            name_and_password = base64.b64decode(str(given), validate=True).decode()
            return name_and_password.partition(":")[2] == self._api_key
        return False

    def _example(self, operation: Operation) -> Response:
        """The first success that is described, with the document's example of it or a drawn one."""
        successes = [key for key in operation.responses if key.startswith("2")]
        status = min(successes, default="default")
        code = int(status.replace("X", "0")) if successes else 200
        documented = operation.responses[status].media
        if not documented:
            return Response(status_code=code)
        media = next((m for m in documented if m.kind == JSON_KIND), documented[0])
        try:
            body = self._body(media)
        except NoSampleError:
            return Response(status_code=code)
        is_text = media.kind != JSON_KIND and isinstance(body, str)
        text = body if is_text else json.dumps(body)
        return Response(text, code, media_type=media.content_type)

    def _body(self, media: Media) -> Json:
        """The example that an answer has of its own, else one of its schema."""
        _place, held = placed(self.document, media.at)
        if "example" in held:
            return held["example"]
        for named in (held.get("examples") or {}).values():
            example = oas.resolved(self.document, named)
            if "value" in example:
                return example["value"]
        return self._sampler.draw(media.schema or Schema(()), sent=False)
