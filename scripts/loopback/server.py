"""A service on loopback that knows the operations of a document and asks openapi-core about each request."""

from __future__ import annotations

import contextlib
import json
import re
import socket
import threading
import uuid
import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import starlette.requests
import uvicorn
from openapi_core import Config, OpenAPI
from openapi_core.datatypes import RequestParameters
from openapi_core.templating.datatypes import TemplateResult
from openapi_core.templating.paths.datatypes import PathOperationServer
from openapi_core.templating.paths.finders import APICallPathFinder
from openapi_core.validation.request.exceptions import ParameterValidationError
from openapi_core.validation.schemas.exceptions import InvalidSchemaValue
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.http import parse_cookie

from scripts.contract.model import Json, Pointer
from scripts.intake.yaml_text import referred

HOST = "127.0.0.1"
URL = f"http://{HOST}"


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
    node: Json = document
    found: Pointer = ()
    for part in place:
        while isinstance(node, dict) and part not in node:
            found, node = placed(document, referred(node["$ref"]))
        found = (*found, part)
        node = node[int(part)] if isinstance(node, list) else node[part]
    return found, node


class _Each(dict[str, Callable[..., Any]]):
    """The same function for every key with a word in it."""

    def __init__(self, word: str, function: Callable[..., Any]) -> None:
        self._word, self._function = word, function

    def __contains__(self, key: object) -> bool:
        return self._word in str(key)

    def __missing__(self, key: str) -> Callable[..., Any]:
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
        options = Config(
            spec_validator_cls=None,
            path_finder_cls=_Finder,
            extra_format_unmarshallers=_Each("", lambda value: value),
            extra_media_type_deserializers=_Each("json", _json),
        )
        self._api = OpenAPI.from_dict(document, options)

    def errors(self, request: Request) -> list[Any]:
        """What openapi-core finds wrong with a request."""
        with warnings.catch_warnings(action="ignore"):
            return [*self._api.iter_request_errors(request)]

    def read(self, request: Request) -> Any:
        """What openapi-core makes of a request: `.parameters`, `.security`."""
        with warnings.catch_warnings(action="ignore"):
            return self._api.unmarshal_request(request)


def _json(content: bytes, **_options: str) -> Json:
    return json.loads(content)


def described(error: Any) -> Iterator[dict[str, str]]:
    """What is wrong, by path, without any value."""
    where = "body"
    if isinstance(error, ParameterValidationError):
        where = f"{error.location}.{error.name}"
    if not isinstance(error.__cause__, InvalidSchemaValue):
        message = type(error.__cause__ or error).__name__
        yield {"path": where, "message": message}
        return
    for fault in error.__cause__.schema_errors:
        path = ".".join([where, *map(str, getattr(fault, "absolute_path", ()))])
        keyword = getattr(fault, "validator", type(fault).__name__)
        yield {"path": path, "message": f"breaks the schema: {keyword}"}


class Service:
    """An ASGI application that knows the operations of a document by their keys, `METHOD /path`.

    Attributes:
        requests: Method, path, headers and body of every request, in order.
    """

    def __init__(self, document: Json, operations: Iterable[str]) -> None:
        self.document = document
        self.checker = Checker(document)
        self.requests: list[tuple[str, str, dict[str, str], bytes]] = []
        self.offer(operations)

    def offer(self, operations: Iterable[str]) -> None:
        """Answer to these operations, and to no others."""
        self._routes = []
        for key in operations:
            method, _, path = key.partition(" ")
            literals = re.split(r"\{([^}]+)\}", path)
            pattern = "([^/]+?)".join(map(re.escape, literals[0::2]))
            route = (len(literals), method, path, literals[1::2], re.compile(pattern))
            self._routes.append(route)
        # Where several paths match, the last one answers: the most literal.
        self._routes.sort(key=lambda route: route[0], reverse=True)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = starlette.requests.Request(scope, receive)
        body = await request.body()
        came = request.method, scope["path"], dict(request.headers), body
        self.requests.append(came)
        response = self.answer(request, body)
        response.headers["x-request-id"] = uuid.uuid4().hex
        await response(scope, receive, send)

    def answer(self, request: starlette.requests.Request, body: bytes) -> Response:
        """Answer to one request: no such path, no such method, or what the operation replies."""
        path = request.scope["raw_path"].decode("latin-1")
        found = {
            method: (
                template,
                dict(zip(names, map(unquote, match.groups()), strict=True)),
            )
            for _, method, template, names, pattern in self._routes
            if (match := pattern.fullmatch(path))
        }
        if not found:
            message = f"no such path: {request.scope['path']}"
            return JSONResponse({"message": message}, 404)
        if request.method not in found:
            methods = ", ".join(found)
            return JSONResponse({"message": f"use {methods}"}, 405, {"allow": methods})
        template, values = found[request.method]
        parameters = RequestParameters(
            query=request.query_params,
            header=request.headers,
            cookie=ImmutableMultiDict(parse_cookie(request.headers.get("cookie"))),
            path=ImmutableMultiDict(values),
        )
        content_type = request.headers.get("content-type", "")
        came = Request(request.method.lower(), template, parameters, body, content_type)
        return self.reply(f"{request.method} {template}", came)

    def reply(self, key: str, request: Request) -> Response:
        """What an operation answers."""
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
