"""A service on loopback that knows the operations of a document and asks openapi-core about each request."""

from __future__ import annotations

import contextlib
import json
import re
import socket
import threading
import uuid
import warnings
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, unquote

import uvicorn
from openapi_core import Config, OpenAPI
from openapi_core.datatypes import RequestParameters
from openapi_core.validation.request.exceptions import ParameterValidationError
from openapi_core.validation.schemas.exceptions import InvalidSchemaValue
from werkzeug.datastructures import Headers, ImmutableMultiDict
from werkzeug.http import parse_cookie

from scripts.contract.model import Json

HOST = "127.0.0.1"
MAX_BODY = 8 * 1024 * 1024

Scope = Mapping[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]


class Reply(NamedTuple):
    """What the service answers."""

    status: int
    content: bytes = b""
    content_type: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()


def json_reply(status: int, body: Json, *headers: tuple[str, str]) -> Reply:
    return Reply(status, json.dumps(body).encode(), headers=headers)


@dataclass
class Request:
    """A request as openapi-core takes it, matched with the path of the document that it is for."""

    method: str
    path_pattern: str
    parameters: RequestParameters
    body: bytes
    content_type: str
    host_url: str = f"http://{HOST}"

    @property
    def path(self) -> str:
        return self.path_pattern

    @classmethod
    def of(
        cls, scope: Scope, pattern: str, values: Mapping[str, str], body: bytes
    ) -> Request:
        headers = Headers(
            [(n.decode("latin-1"), v.decode("latin-1")) for n, v in scope["headers"]]
        )
        query = scope.get("query_string", b"").decode("latin-1")
        parameters = RequestParameters(
            query=ImmutableMultiDict(parse_qsl(query, keep_blank_values=True)),
            header=headers,
            cookie=ImmutableMultiDict(parse_cookie(headers.get("cookie"))),
            path=dict(values),
        )
        return cls(
            scope["method"].lower(),
            pattern,
            parameters,
            body,
            headers.get("content-type", ""),
        )


class _Each(dict[str, Callable[..., Any]]):
    """The same function for every key with a word in it."""

    def __init__(self, word: str, function: Callable[..., Any]) -> None:
        self._word, self._function = word, function

    def __contains__(self, key: object) -> bool:
        return self._word in str(key)

    def __missing__(self, key: str) -> Callable[..., Any]:
        return self._function


class Checker:
    """openapi-core's opinion of requests, by the document as it stands."""

    def __init__(self, document: Json) -> None:
        self._document = document
        self._ready: dict[str, OpenAPI] = {}

    def errors(self, request: Request) -> list[Any]:
        """What openapi-core finds wrong with a request."""
        with warnings.catch_warnings(action="ignore"):
            return [*self._api(request).iter_request_errors(request)]

    def read(self, request: Request) -> Any:
        """What openapi-core makes of a request: `.parameters`, `.body`, `.security`."""
        with warnings.catch_warnings(action="ignore"):
            return self._api(request).unmarshal_request(request)

    def _api(self, request: Request) -> OpenAPI:
        pattern = request.path_pattern
        if pattern not in self._ready:
            item = _without_servers(self._document["paths"][pattern])
            local = {key: _without_servers(value) for key, value in item.items()}
            document = {
                **self._document,
                "servers": [{"url": request.host_url}],
                "paths": {pattern: local},
            }
            options = Config(
                spec_validator_cls=None,
                extra_format_unmarshallers=_Each("", lambda value: value),
                extra_media_type_deserializers=_Each("json", _json),
            )
            self._ready[pattern] = OpenAPI.from_dict(document, options)
        return self._ready[pattern]


def _json(content: bytes, **_options: str) -> Json:
    return json.loads(content)


def _without_servers(node: Json) -> Json:
    if not isinstance(node, dict):
        return node
    return {key: value for key, value in node.items() if key != "servers"}


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
        requests: Method and path of every request, in order.
    """

    def __init__(self, document: Json, operations: Iterable[str]) -> None:
        self.document = document
        self.checker = Checker(document)
        self.requests: list[tuple[str, str]] = []
        self._routes = []
        for key in operations:
            method, _, path = key.partition(" ")
            literals = re.split(r"\{([^}]+)\}", path)
            pattern = "([^/]+?)".join(map(re.escape, literals[0::2]))
            route = (len(literals), method, path, literals[1::2], re.compile(pattern))
            self._routes.append(route)
        self._routes.sort(key=lambda route: route[0])  # the most literal path first

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        body = b""
        more = True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False) and len(body) <= MAX_BODY
        self.requests.append((scope["method"], scope["path"]))
        await _send(send, self.answer(scope, body))

    def answer(self, scope: Scope, body: bytes) -> Reply:
        """Answer to one request: no such path, no such method, or what the operation replies."""
        path = scope.get("raw_path", scope["path"].encode()).decode("latin-1")
        allowed = []
        for _, method, template, names, pattern in self._routes:
            if (match := pattern.fullmatch(path)) is None:
                continue
            allowed.append(method)
            if method == scope["method"]:
                values = dict(zip(names, map(unquote, match.groups()), strict=True))
                request = Request.of(scope, template, values, body)
                return self.reply(f"{method} {template}", request)
        if not allowed:
            return json_reply(404, {"message": f"no such path: {scope['path']}"})
        methods = ", ".join(allowed)
        return json_reply(405, {"message": f"use {methods}"}, ("allow", methods))

    def reply(self, key: str, request: Request) -> Reply:
        """What an operation answers."""
        raise NotImplementedError


async def _send(send: Send, reply: Reply) -> None:
    headers = [
        (b"content-length", str(len(reply.content)).encode()),
        (b"x-request-id", uuid.uuid4().hex.encode()),
        *((name.encode(), value.encode()) for name, value in reply.headers),
    ]
    if reply.content:
        headers.append((b"content-type", reply.content_type.encode()))
    await send(
        {"type": "http.response.start", "status": reply.status, "headers": headers}
    )
    await send({"type": "http.response.body", "body": reply.content})


def listening(port: int) -> socket.socket:
    """A socket for the service. Its connections send at once: an answer's body must not wait for the receipt of its head."""
    listener = socket.create_server((HOST, port))
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


@contextlib.contextmanager
def running(service: Service, *, port: int = 0) -> Iterator[str]:
    """Serve on loopback in a thread while the block runs; gives the base URL. Port 0 takes a free one."""
    with listening(port) as listener:
        server = server_of(service)
        thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        try:
            yield f"http://{HOST}:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


def server_of(service: Service) -> uvicorn.Server:
    return uvicorn.Server(
        uvicorn.Config(service, log_level="warning", lifespan="off", ws="none")
    )
