"""The mock service: answers each operation of a document as the document describes; those that manage models, on models in memory.

Beside the operations it has paths of its own, for tests:

    POST /_mock/reset    the first models again, no failures
    POST /_mock/fail     let the next requests fail: the body is as in the header x-mock-fail
    POST /_mock/models   keep one model more: the body is a request of Modify Model
    GET  /_mock/models   name and version of each model
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import contextlib
import json
import logging
import uuid
from collections.abc import Callable, Iterable

import starlette.requests
from openapi_core.datatypes import RequestParameters
from openapi_core.validation.request.exceptions import SecurityValidationError
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from scripts.common.text import text_fault
from scripts.contract import model
from scripts.contract.model import JSON_KIND, Json, Media, Operation
from scripts.contract.reading.contract import read
from scripts.contract.schema import Anything
from scripts.intake import document as oas
from scripts.loopback.bounded_patterns import EndlessPatternError
from scripts.loopback.samples import NoSampleError, Sampler
from scripts.loopback.server import (
    REQUEST_ID_HEADER,
    Checker,
    Request,
    Service,
    described,
    placed,
)
from scripts.mock import events
from scripts.mock.failures import EndlessFailureError, Failure, Failures
from scripts.mock.model_operations import (
    MODIFY_MODEL,
    NAME_HEADER,
    VERSION_HEADER,
    ModelOperation,
    ModelRequest,
    model_operation,
)
from scripts.mock.store import (
    KEY_FIELDS,
    Model,
    ModelStore,
    NoModelError,
    TakenError,
    key_of,
)

API_KEY = "mock-key"
FAIL_HEADER = "x-mock-fail"
CONTROL = "/_mock/"
# The models of a service that is given none, each of this version; the README's examples change them.
NAMES = ("Test Model", "Old Name", "Chat Model", "Support Model")
VERSION = "v1"
_EVENTS = 3
_TOO_DEEP = "the body is nested too deep"
_NOT_COMPLETED = "ASGI callable returned without completing response."


class MockService(Service):
    """Plays the service of a document: an ASGI application, which `running` serves.

    `_respond` decides what answers a request: a path for tests (`_control`), a failure (`_fail`), or the document. The base class finds
    the operation and calls `reply`, which checks the request and leaves the answer to `_manage` or `_example`.

    Args:
        document: The OpenAPI document.
        api_key: The only key that is right.
        models: The models at first, each as a request of Modify Model; default: the document's example under each of `NAMES`.
        log: Gets a line for each request.

    Attributes:
        example: A request that changes the first of `NAMES`, otherwise the document's example of a Modify Model request; None where
            the document has no such component.
        models: The models that the operations on models work on.
        failures: The failures that were asked for.
    """

    def __init__(
        self,
        document: Json,
        *,
        api_key: str = API_KEY,
        models: Iterable[Model] | None = None,
        log: Callable[[str], None] = lambda line: None,
    ) -> None:
        self._contract = read(document)
        super().__init__(document, self._contract.operations)
        self._sampler = Sampler(self._contract, examples=True)
        self._api_key = api_key
        self._log = log
        self.failures = Failures()
        self.example: Json = None
        schema = self._contract.types.get("ModelRequestObject")
        if schema is not None:
            example = self._sampler.draw(schema)
            # The document may require a field that its example lacks, and may rename the model of it. The models here keep their names.
            self.example = {
                **self._sampler.completed(example, schema),
                "model_saved_name": NAMES[0],
                "model_version": VERSION,
            }
        if models is None:
            models = self._default_models()
        self.models = ModelStore(models)
        self._model_operations: dict[str, ModelOperation] = {}
        for key, operation in self._contract.operations.items():
            managing = model_operation(operation, self._contract)
            if managing is not None:
                self._model_operations[key] = managing
        logging.getLogger("uvicorn.error").addFilter(_is_not_about_a_cut)

    def reset(self) -> None:
        """Have the first models again, and no failures."""
        self.models.reset()
        self.failures.reset()

    def model_faults(self, content: Model) -> list[dict[str, str]]:
        """Return why a model can't be kept, path and message: what the document does not allow, and what no header can carry."""
        faults: list[dict[str, str]] = []
        for field, text in zip(KEY_FIELDS, key_of(content), strict=True):
            if not text.isascii() or not text.isprintable() or text != text.strip():
                message = "must be visible ASCII without spaces around it, because calls name the model in a header"
                faults.append({"path": f"body.{field}", "message": message})
        for key, operation in self._contract.operations.items():
            if operation.id == MODIFY_MODEL:
                faults += _faults_of_body(self.document, key, content)
        return faults

    def _default_models(self) -> list[Model]:
        if self.example is None:
            return []
        return [{**self.example, "model_saved_name": name} for name in NAMES]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # A client that leaves while it sends gets no answer.
        with contextlib.suppress(starlette.requests.ClientDisconnect):
            await self._respond(scope, receive, send)

    async def _respond(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Respond on a path of the mock's own, fail as it was asked to, or play the service."""
        request = starlette.requests.Request(scope, receive)
        if scope["path"].startswith(CONTROL):
            response = self._control(request, await request.body())
            await response(scope, receive, send)
            return
        operation = f"{request.method} {scope['path']}"
        try:
            failure = self.failures.next(request.headers.get(FAIL_HEADER), operation)
        except ValueError as error:
            response = JSONResponse({"message": f"{FAIL_HEADER}: {error}"}, 400)
            await response(scope, receive, send)
            return
        if failure is not None and failure.seconds:
            await asyncio.sleep(failure.seconds)
        if failure is None or not failure.what:
            await super().__call__(scope, receive, send)
            return
        body = await request.body()
        self.keep(request, body)
        self._log(f"{operation} {failure.what}, as asked for")
        await _fail(failure, scope, receive, send)

    def _control(self, request: starlette.requests.Request, body: bytes) -> Response:
        """The response of a path of the mock service's own."""
        text = body.decode("utf-8", "replace")
        match request.method, request.scope["path"].removeprefix(CONTROL):
            case "POST", "reset":
                self.reset()
                return JSONResponse({"message": "reset"})
            case "POST", "fail":
                return self._plan_failure(text)
            case "POST", "models":
                try:
                    return self._keep_model(text)
                except RecursionError:
                    return JSONResponse({"message": _TOO_DEEP}, 422)
            case "GET", "models":
                return JSONResponse([list(key) for key in self.models])
        message = f"paths of the mock itself: POST {CONTROL}reset, fail, models; GET {CONTROL}models"
        return JSONResponse({"message": message}, 404)

    def _plan_failure(self, text: str) -> Response:
        try:
            planned = self.failures.plan(text)
        except ValueError as error:
            return JSONResponse({"message": f"the body: {error}"}, 400)
        except EndlessFailureError as error:
            message = f"all requests fail until POST {CONTROL}reset: {error}; {text} was not added"
            return JSONResponse({"message": message}, 409)
        message = f"the next requests fail: {', then '.join(planned)}"
        return JSONResponse({"message": message})

    def _keep_model(self, text: str) -> Response:
        try:
            new: Model = json.loads(text)
            key_of(new)
        except (ValueError, TypeError, KeyError):
            message = "a model is JSON with model_saved_name and model_version"
            return JSONResponse({"message": message}, 400)
        faults = self.model_faults(new)
        if faults:
            message = "the model is not what is documented"
            return JSONResponse({"message": message, "errors": faults}, 422)
        self.models.add(new)
        return JSONResponse({"message": "added"})

    def answer(self, request: starlette.requests.Request, body: bytes) -> Response:
        try:
            response = super().answer(request, body)
        except EndlessPatternError as error:
            message = f"the mock service cannot check this request: {error}"
            response = JSONResponse({"message": message}, 500)
        except RecursionError:
            response = JSONResponse({"message": _TOO_DEEP}, 422)
        self._log(f"{request.method} {request.scope['path']} {response.status_code}")
        return response

    def reply(self, key: str, request: Request) -> Response:
        operation = self._contract.operations[key]
        # openapi-core raises a ValueError for such a header.
        if request.content_type and text_fault("content type", request.content_type):
            return JSONResponse({"message": "Content-Type is no media type"}, 422)
        errors = self.checker.errors(request)
        if any(isinstance(error, SecurityValidationError) for error in errors):
            return JSONResponse({"message": "the API key is missing"}, 401)
        faults = _faults(errors)
        if faults:
            message = "the request is not what is documented"
            return JSONResponse({"message": message, "errors": faults}, 422)
        credentials = self.checker.read(request).security or {}
        if not all(self._is_right(value) for value in credentials.values()):
            return JSONResponse({"message": "the API key is wrong"}, 401)
        if key in self._model_operations:
            return self._manage(self._model_operations[key], operation, request)
        return self._example(operation)

    def _manage(
        self, managing: ModelOperation, operation: Operation, request: Request
    ) -> Response:
        """The response of an operation on the models to a correct request."""
        headers = request.parameters.header
        sent: Model = {}
        if request.body:
            sent = json.loads(request.body)
        details = ModelRequest(
            key=(headers.get(NAME_HEADER, ""), headers.get(VERSION_HEADER, "")),
            query=request.parameters.query,
            model=sent,
        )
        try:
            body = managing.run(self.models, details)
        except NoModelError as error:
            return JSONResponse({"message": str(error)}, 404)
        except TakenError as error:
            return JSONResponse({"message": str(error)}, 409)
        _described, status = _success(operation)
        return JSONResponse(body, status)

    def _is_right(self, credential: object) -> bool:
        """Whether a credential is the API key, or has it as the password of Basic authentication."""
        if credential is None or credential == self._api_key:
            return True
        try:
            decoded = base64.b64decode(str(credential), validate=True).decode()
        except (binascii.Error, ValueError):
            return False
        _user, _colon, password = decoded.partition(":")
        return password == self._api_key

    def _example(self, operation: Operation) -> Response:
        """The first success that an operation describes, with the document's example or a drawn one."""
        response, status = _success(operation)
        media_types = response.media
        if not media_types:
            return Response(status_code=status)
        media = media_types[0]
        for other in media_types:
            if other.kind == JSON_KIND:
                media = other
                break
        try:
            return self._content(media, status)
        except NoSampleError:
            return Response(status_code=status)

    def _content(self, media: Media, status: int) -> Response:
        """A response of one media type. Raises NoSampleError."""
        content_type = media.content_type
        if events.is_events(content_type):
            pieces = events.events(self._several(media))
            return events.in_pieces(pieces, status, content_type)
        if events.is_json_lines(content_type):
            pieces = events.json_lines(self._several(media))
            return events.in_pieces(pieces, status, content_type)
        body = self._body(media)
        if media.kind == JSON_KIND or not isinstance(body, str):
            body = json.dumps(body)
        return Response(body, status, media_type=content_type)

    def _several(self, media: Media) -> list[object]:
        """The values of a stream: the document's example, or several drawn ones."""
        example = self._own_example(media)
        if isinstance(example, list):
            return example
        if example is not None:
            return [example]
        schema = media.schema or Anything(pointer=())
        return [self._sampler.draw(schema, n, sent=False) for n in range(_EVENTS)]

    def _body(self, media: Media) -> object:
        """The example that an answer has of its own, else one of its schema. Raises NoSampleError."""
        example = self._own_example(media)
        if example is not None:
            return example
        return self._sampler.draw(media.schema or Anything(pointer=()), sent=False)

    def _own_example(self, media: Media) -> object:
        """The example that the document gives for a media type of an answer; None where it gives none."""
        _place, content = placed(self.document, media.at)
        if "example" in content:
            return content["example"]
        for named in (content.get("examples") or {}).values():
            example = oas.resolved(self.document, named)
            if "value" in example:
                return example["value"]
        return None


def _faults_of_body(document: Json, key: str, content: Model) -> list[dict[str, str]]:
    """The faults of the body of an operation, whatever else the operation demands."""
    method, _blank, path = key.partition(" ")
    method = method.lower()
    _place, operation = placed(document, ("paths", path, method))
    bare = {
        name: operation[name]
        for name in ("requestBody", "responses")
        if name in operation
    }
    checker = Checker({**document, "security": [], "paths": {path: {method: bare}}})
    request = Request(
        method=method,
        path=path,
        parameters=RequestParameters(),
        body=json.dumps(content).encode(),
        content_type="application/json",
    )
    return _faults(checker.errors(request))


def _faults(errors: Iterable[Exception]) -> list[dict[str, str]]:
    """The faults that errors of openapi-core report, by path."""
    faults: list[dict[str, str]] = []
    for error in errors:
        faults += described(error)
    return faults


def _success(operation: Operation) -> tuple[model.Response, int]:
    """The first success that an operation describes, and its status."""
    successes = [key for key in operation.responses if key.startswith("2")]
    if not successes:
        return operation.responses["default"], 200
    key = min(successes)
    return operation.responses[key], int(key.replace("X", "0"))


def _is_not_about_a_cut(record: logging.LogRecord) -> bool:
    """Whether a message of uvicorn is about something else than a response that was not completed, which happens here on purpose."""
    return record.getMessage() != _NOT_COMPLETED


async def _fail(failure: Failure, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer a request with a failure. A new kind needs words as well: see `Failure`."""
    request_id = uuid.uuid4().hex
    if failure.is_cut:
        # The server closes a connection whose response was not completed.
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", b"100"),
            (REQUEST_ID_HEADER.encode(), request_id.encode()),
        ]
        start = {"type": "http.response.start", "status": 200, "headers": headers}
        await send(start)
        part = {"type": "http.response.body", "body": b'{"message"', "more_body": True}
        await send(part)
        return
    if failure.is_broken:
        response: Response = Response("{", 200, media_type="application/json")
    elif failure.status == 304:
        response = Response(status_code=304)  # without content (RFC 9110, 15.4.5)
    else:
        message = "the mock service fails, as it was asked to"
        response = JSONResponse({"message": message}, failure.status)
    if failure.retry_after is not None:
        response.headers["retry-after"] = str(failure.retry_after)
    response.headers[REQUEST_ID_HEADER] = request_id
    await response(scope, receive, send)
