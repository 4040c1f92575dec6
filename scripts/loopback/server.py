"""A service on loopback that knows the operations of a document and asks openapi-core about each request."""

from __future__ import annotations

import contextlib
import json
import re
import socket
import threading
import uuid
import warnings
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import unquote

import starlette.requests
import uvicorn
from openapi_core import Config, OpenAPI
from openapi_core.datatypes import RequestParameters
from openapi_core.templating.datatypes import TemplateResult
from openapi_core.templating.paths.datatypes import PathOperationServer
from openapi_core.templating.paths.finders import APICallPathFinder
from openapi_core.unmarshalling.request.datatypes import RequestUnmarshalResult
from openapi_core.validation.request.exceptions import ParameterValidationError
from openapi_core.validation.schemas.exceptions import InvalidSchemaValue
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.http import parse_cookie

from scripts.contract.model import Json, Pointer
from scripts.intake.yaml_text import referred
from scripts.loopback.bounded_patterns import search_within_bounds

HOST = "127.0.0.1"
URL = f"http://{HOST}"
REQUEST_ID_HEADER = "x-request-id"
# The message of jsonschema, which names a field that is missing nowhere else.
_MISSING = re.compile(r"(?P<quote>['\"])(?P<name>.+)(?P=quote) is a required property")


@dataclass
class Request:
    """A request as openapi-core takes it, whose path is that of the document."""

    method: str
    path: str
    parameters: RequestParameters
    body: bytes
    content_type: str
    host_url: str = URL


def placed(document: Json, place: Pointer) -> tuple[Pointer, Json]:
    """A place once references on the way are followed, and what is there. Raises LookupError, ValueError."""
    node = document
    reached: Pointer = ()
    for step in place:
        while isinstance(node, dict) and step not in node:
            reached, node = placed(document, referred(node["$ref"]))
        reached = (*reached, step)
        node = node[int(step)] if isinstance(node, list) else node[step]
    return reached, node


class _SameForAll(dict[str, Callable[..., object]]):
    """The same function for every key that contains a word."""

    def __init__(self, word: str, function: Callable[..., object]) -> None:
        self._word = word
        self._function = function

    def __contains__(self, key: object) -> bool:
        return self._word in str(key)

    def __missing__(self, key: str) -> Callable[..., object]:
        return self._function


class _Finder(APICallPathFinder):
    """The path of a request is that of the document, whatever servers that names."""

    def find(self, method: str, name: str) -> PathOperationServer:
        path = self.spec / "paths" / name.removeprefix(URL)
        nothing = TemplateResult(name, {})
        return PathOperationServer(path, path / method, self.spec, nothing, nothing)


class Checker:
    """openapi-core's opinion of requests, by the document as it is."""

    def __init__(self, document: Json) -> None:
        search_within_bounds()
        options = Config(
            spec_validator_cls=None,
            path_finder_cls=_Finder,
            extra_format_unmarshallers=_SameForAll("", lambda value: value),
            extra_media_type_deserializers=_SameForAll("json", _json),
        )
        self._api = OpenAPI.from_dict(document, options)

    def errors(self, request: Request) -> list[Exception]:
        """The faults that openapi-core finds in a request. Raises EndlessPatternError."""
        with warnings.catch_warnings(action="ignore"):
            return [*self._api.iter_request_errors(request)]

    def read(self, request: Request) -> RequestUnmarshalResult:
        """A request as openapi-core reads it."""
        with warnings.catch_warnings(action="ignore"):
            return self._api.unmarshal_request(request)


def _json(content: bytes, **_options: str) -> object:
    return json.loads(content)


def described(error: Exception) -> Iterator[dict[str, str]]:
    """The faults that an error of openapi-core reports, by path, without any value of the request."""
    where = "body"
    if isinstance(error, ParameterValidationError):
        where = f"{error.location}.{error.name}"
    if not isinstance(error.__cause__, InvalidSchemaValue):
        message = type(error.__cause__ or error).__name__
        if message.startswith("MissingRequired"):
            message = "is required"
        yield {"path": where, "message": message}
        return
    for fault in error.__cause__.schema_errors:
        path = ".".join([where, *map(str, getattr(fault, "absolute_path", ()))])
        keyword = getattr(fault, "validator", type(fault).__name__)
        missing = _MISSING.fullmatch(str(getattr(fault, "message", "")))
        if keyword == "required" and missing is not None:
            yield {"path": f"{path}.{missing['name']}", "message": "is required"}
        else:
            limit = getattr(fault, "validator_value", None)
            yield {"path": path, "message": _broken_rule(keyword, limit)}


def _broken_rule(keyword: str, limit: object) -> str:
    """What the document demands by a keyword of JSON Schema and its value."""
    match keyword, limit:
        case "enum", list():
            return f"expected one of {', '.join(map(_as_json, limit))}"
        case "const", _:
            return f"expected {_as_json(limit)}"
        case "type", str():
            return f"expected {limit}"
        case "type", list():
            return f"expected {' or '.join(map(str, limit))}"
        case _, str() | bool() | int() | float():
            return f"breaks the schema: {keyword} {_as_json(limit)}"
    return f"breaks the schema: {keyword}"


def _as_json(value: object) -> str:
    return json.dumps(value, default=str)


@dataclass(frozen=True, slots=True)
class _Route:
    """An operation of the service, and how to recognise the paths of its requests.

    Attributes:
        method: In capital letters.
        path: As the document writes it, with variables in braces.
        variables: Their names, in order.
        pattern: Matches the whole path of a request; its groups are the values of the variables, percent-encoded.
    """

    method: str
    path: str
    variables: list[str]
    pattern: re.Pattern[str]

    @classmethod
    def of(cls, key: str) -> _Route:
        """The route of an operation, by its key."""
        method, _, path = key.partition(" ")
        pieces = re.split(r"\{([^}]+)\}", path)
        pattern = "([^/]+?)".join(re.escape(literal) for literal in pieces[0::2])
        return cls(method, path, pieces[1::2], re.compile(pattern))

    def values(self, path: str) -> dict[str, str] | None:
        """The values of the variables in the path of a request; None where it is another path."""
        match = self.pattern.fullmatch(path)
        if match is None:
            return None
        return dict(zip(self.variables, map(unquote, match.groups()), strict=True))


# What a service keeps of the requests, so that one which runs for days does not grow.
_KEPT_REQUESTS = 1_000
_KEPT_BYTES = 64 * 1024

Received = tuple[str, str, dict[str, str], bytes]


class Service:
    """An ASGI application that knows the operations of a document by their keys, `METHOD /path`.

    Attributes:
        requests: Method, path, headers and body of the last 1,000 requests, in order. Of a body, the first `kept_bytes`.
        kept_bytes: 64 KiB, unless whoever runs the service sets it.
    """

    def __init__(self, document: Json, operations: Iterable[str]) -> None:
        self.document = document
        self.checker = Checker(document)
        self.requests: deque[Received] = deque(maxlen=_KEPT_REQUESTS)
        self.kept_bytes = _KEPT_BYTES
        self._routes: list[_Route] = []
        self.offer(operations)

    def offer(self, operations: Iterable[str]) -> None:
        """Answer to these operations, and to no others."""
        self._routes = [_Route.of(key) for key in operations]
        # Where several paths match, the last one answers: that with the fewest variables.
        self._routes.sort(key=lambda route: len(route.variables), reverse=True)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = starlette.requests.Request(scope, receive)
        body = await request.body()
        self.keep(request, body)
        response = self.answer(request, body)
        response.headers[REQUEST_ID_HEADER] = uuid.uuid4().hex
        await response(scope, receive, send)

    def keep(self, request: starlette.requests.Request, body: bytes) -> None:
        """Add to `requests`."""
        path = request.scope["path"]
        headers = dict(request.headers)
        self.requests.append((request.method, path, headers, body[: self.kept_bytes]))

    def answer(self, request: starlette.requests.Request, body: bytes) -> Response:
        """Answer to one request: no such path, no such method, or what the operation replies."""
        path = request.scope["raw_path"].decode("latin-1")
        by_method: dict[str, tuple[_Route, dict[str, str]]] = {}
        for route in self._routes:
            values = route.values(path)
            if values is not None:
                by_method[route.method] = (route, values)
        if not by_method:
            message = f"no such path: {request.scope['path']}"
            return JSONResponse({"message": message}, 404)
        if request.method not in by_method:
            methods = ", ".join(by_method)
            return JSONResponse({"message": f"use {methods}"}, 405, {"allow": methods})
        route, values = by_method[request.method]
        parameters = RequestParameters(
            query=request.query_params,
            header=request.headers,
            cookie=ImmutableMultiDict(parse_cookie(request.headers.get("cookie"))),
            path=ImmutableMultiDict(values),
        )
        understood = Request(
            method=request.method.lower(),
            path=route.path,
            parameters=parameters,
            body=body,
            content_type=request.headers.get("content-type", ""),
        )
        return self.reply(f"{request.method} {route.path}", understood)

    def reply(self, key: str, request: Request) -> Response:
        """The response of an operation."""
        raise NotImplementedError


@contextlib.contextmanager
def running(service: ASGIApp, port: int = 0) -> Iterator[str]:
    """Serve on loopback in a thread while the block runs; gives the base URL. Port 0 takes a free one."""
    with socket.create_server((HOST, port)) as listener:
        # An answer's body must not wait for the receipt of its head.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        server = uvicorn.Server(
            uvicorn.Config(service, log_level="warning", lifespan="off", ws="none")
        )
        thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        try:
            yield f"{URL}:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()
