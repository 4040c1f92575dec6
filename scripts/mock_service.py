"""The service, imitated on loopback from openapi.yaml alone, for demonstrations and tests.

    python -m scripts.mock_service [--port 8807] [--api-key KEY] [--document openapi.yaml]

Knows every operation of the document: refuses what the document does not allow (404, 405, 401, 422, as JSON), and answers with what it
describes. Modify Model works on models kept in memory; the rest answers with examples. Stops on Ctrl-C.

Exit codes: 0 stopped; 2 the document can't be read or the port is taken.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import re
import socket
import sys
import threading
import uuid
from collections.abc import Awaitable, Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qs, unquote

import jsonschema_rs
import uvicorn

from scripts import document as oas
from scripts import json_schema, tree
from scripts.document import DocumentError, Json
from scripts.mock_models import ModelStore
from scripts.samples import sample

API_KEY = "mock-key"
HOST = "127.0.0.1"
MAX_BODY = 8 * 1024 * 1024

Scope = Mapping[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]


class Reply(NamedTuple):
    """What the service answers."""

    status: int
    body: Json
    headers: tuple[tuple[str, str], ...] = ()


class _Parameter(NamedTuple):
    name: str
    place: str
    required: bool
    validator: Any
    is_list: bool
    is_text: bool


class _Route:
    """One operation, with what it demands compiled once."""

    def __init__(self, document: Json, path: str, method: str, described: Json) -> None:
        self.document = document
        self.method = method.upper()
        self.operation_id = described.get("operationId", f"{method}_{path}")
        literals = re.split(r"\{([^}]+)\}", path)
        self.names = literals[1::2]
        self.pattern = re.compile("([^/]+)".join(map(re.escape, literals[0::2])))
        item = document["paths"][path]
        declared = {}
        for holder in (*item.get("parameters", ()), *described.get("parameters", ())):
            parameter = oas.resolved(document, holder)
            declared[parameter["in"], parameter["name"]] = parameter
        self.parameters = [self._parameter(p) for p in declared.values()]
        body = oas.resolved(document, described.get("requestBody")) or {}
        schema = json_schema.json_content(body)
        self.body_required = bool(body.get("required"))
        self.body = None if schema is None else self._validator(schema)
        self.secured = bool(described.get("security", document.get("security")))
        self.responses = described["responses"]

    def _validator(self, schema: Json) -> Any:
        return jsonschema_rs.validator_for(
            json_schema.strict(self.document, schema), mask="the value"
        )

    def _parameter(self, parameter: Json) -> _Parameter:
        schema = parameter.get("schema", {})
        one = oas.resolved(self.document, schema)
        is_list = one.get("type") == "array"
        if is_list:
            one = oas.resolved(self.document, one.get("items", {}))
        return _Parameter(
            parameter["name"],
            parameter["in"],
            bool(parameter.get("required")),
            self._validator(schema),
            is_list,
            one.get("type", "string") == "string",
        )

    def example(self) -> Reply:
        """The first success that the document describes, filled with its examples."""
        status = min(s for s in self.responses if s.startswith("2"))
        response = oas.resolved(self.document, self.responses[status])
        schema = json_schema.json_content(response)
        code = int(status.replace("X", "0"))
        return Reply(code, None if schema is None else sample(self.document, schema))


class MockService:
    """An ASGI application that plays the service of a document.

    Attributes:
        models: The models that Modify Model works on; starts with `Test Model` `v1`.
        requests: Method and path of every request, in order.
    """

    def __init__(self, document: Json, *, api_key: str = API_KEY) -> None:
        self.models = ModelStore(document)
        self.requests: list[tuple[str, str]] = []
        self._routes = [
            _Route(document, path, method, described)
            for path, method, _item, described in oas.operations(document)
        ]
        schemes = document.get("components", {}).get("securitySchemes", {})
        self._key_header = next(
            (s["name"].lower() for s in schemes.values() if s.get("in") == "header"),
            None,
        )
        self._api_key = api_key

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
        """Answer to one request, checked in the order in which a service does: path, method, key, request."""
        matches = [
            (route, match)
            for route in self._routes
            if (match := route.pattern.fullmatch(scope["path"]))
        ]
        if not matches:
            return Reply(404, {"message": f"no such path: {scope['path']}"})
        for route, match in matches:
            if route.method == scope["method"]:
                return self._answer(route, match, scope, body)
        allowed = ", ".join(route.method for route, _match in matches)
        return Reply(405, {"message": f"use {allowed}"}, (("allow", allowed),))

    def _answer(
        self, route: _Route, match: re.Match[str], scope: Scope, body: bytes
    ) -> Reply:
        headers = {
            name.decode("latin-1").lower(): value.decode("latin-1")
            for name, value in scope["headers"]
        }
        key = headers.get(self._key_header) if self._key_header else self._api_key
        if route.secured and key != self._api_key:
            return Reply(401, {"message": "missing or wrong API key"})
        given = {
            "path": {
                name: [unquote(text)]
                for name, text in zip(route.names, match.groups(), strict=True)
            },
            "query": parse_qs(
                scope.get("query_string", b"").decode("latin-1"),
                keep_blank_values=True,
            ),
            "header": {name: [text] for name, text in headers.items()},
        }
        faults = list(_parameter_faults(route, given))
        data, body_faults = _read_body(route, body)
        faults += body_faults
        if faults:
            return Reply(
                422,
                {"message": "the request is not what is documented", "errors": faults},
            )
        if route.operation_id == "modify_model":
            return Reply(*self.models.modify(headers, data))
        return route.example()


def _parameter_faults(
    route: _Route, given: Mapping[str, Mapping[str, list[str]]]
) -> Iterator[Json]:
    for parameter in route.parameters:
        name = parameter.name.lower() if parameter.place == "header" else parameter.name
        texts = given.get(parameter.place, {}).get(name)
        where = f"{parameter.place}.{parameter.name}"
        if parameter.place == "cookie":
            continue
        if texts is None:
            if parameter.required:
                yield {"path": where, "message": "is required"}
            continue
        values = texts if parameter.is_text else [*map(_scalar, texts)]
        value = values if parameter.is_list else values[-1]
        for error in parameter.validator.iter_errors(value):
            yield {"path": where, "message": error.message}


def _scalar(text: str) -> Json:
    """The number or boolean that a text is, or the text."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def _read_body(route: _Route, body: bytes) -> tuple[Json, list[Json]]:
    if route.body is None or (not body and not route.body_required):
        return None, []
    try:
        data = json.loads(body)
    except ValueError:
        return None, [{"path": "body", "message": "is not JSON"}]
    return data, [
        {
            "path": ".".join(["body", *map(str, error.instance_path)]),
            "message": error.message,
        }
        for error in route.body.iter_errors(data)
    ]


async def _send(send: Send, reply: Reply) -> None:
    content = b"" if reply.body is None else json.dumps(reply.body).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(content)).encode()),
        (b"x-request-id", uuid.uuid4().hex.encode()),
        *((name.encode(), value.encode()) for name, value in reply.headers),
    ]
    await send(
        {"type": "http.response.start", "status": reply.status, "headers": headers}
    )
    await send({"type": "http.response.body", "body": content})


@contextlib.contextmanager
def running(service: MockService, *, port: int = 0) -> Iterator[str]:
    """Serve on loopback in a thread while the block runs; gives the base URL. Port 0 takes a free one."""
    with socket.create_server((HOST, port)) as listener:
        server = _server(service)
        thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        try:
            yield f"http://{HOST}:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


def _server(service: MockService) -> uvicorn.Server:
    return uvicorn.Server(
        uvicorn.Config(service, log_level="warning", lifespan="off", ws="none")
    )


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m scripts.mock_service",
        description=(__doc__ or "").partition("\n")[0],
    )
    parser.add_argument("--port", type=int, default=8807, help="0 takes a free one")
    parser.add_argument("--api-key", default=API_KEY, help=f"default: {API_KEY}")
    parser.add_argument("--document", type=Path, default=tree.ROOT / "openapi.yaml")
    options = parser.parse_args(arguments)
    try:
        service = MockService(oas.read(options.document), api_key=options.api_key)
        listener = socket.create_server((HOST, options.port))
    except (DocumentError, OSError) as error:
        print(f"mock_service: {error}", file=sys.stderr)
        return 2
    with listener:
        print(f"http://{HOST}:{listener.getsockname()[1]}", flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            _server(service).run([listener])
    return 0


if __name__ == "__main__":
    sys.exit(main())
