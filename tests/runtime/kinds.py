"""A client of a service with every kind of body, answer and credential, and the service: an application of Starlette that records."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import socket
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import python_multipart  # noqa: F401  # what Starlette reads forms with
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import (
    JSONResponse,
    PlainTextResponse,
    Response,
    StreamingResponse,
)
from starlette.routing import Route

from scripts.generator import build

DOCUMENT = Path(__file__).with_name("kinds.yaml")
NAME = "kinds_client"


def generated(folder: Path) -> Any:
    """The package that the pipeline makes of the document, under a name of its own."""
    if NAME in sys.modules:
        return sys.modules[NAME]
    _, whole = build.build(DOCUMENT, folder)
    whole.rename(folder / NAME)
    sys.path.insert(0, str(folder))
    try:
        importlib.import_module(f"{NAME}.models")
        importlib.import_module(f"{NAME}.types")
        return importlib.import_module(NAME)
    finally:
        sys.path.remove(str(folder))


class Service:
    """Answers as it is told, and remembers each request as Starlette understood it."""

    def __init__(self) -> None:
        self.seen: list[dict[str, Any]] = []
        self.status = 200
        self.json: Any = {"id": 1}
        self.left = threading.Event()
        self.events: list[bytes] = []
        everything = ["GET", "HEAD", "POST", "PUT", "DELETE"]
        self.app = Starlette(
            routes=[Route("/{path:path}", self.answer, methods=everything)]
        )
        self.url = ""

    async def answer(self, request: Request) -> Response:
        kind = request.headers.get("content-type", "").partition(";")[0]
        seen: dict[str, Any] = {
            "method": request.method,
            "path": request.url.path,
            "query": request.query_params.multi_items(),
            "headers": request.headers,
            "cookies": request.cookies,
        }
        if kind in ("multipart/form-data", "application/x-www-form-urlencoded"):
            async with request.form() as form:
                seen["form"] = [
                    (name, value)
                    if isinstance(value, str)
                    else (name, value.filename, await value.read(), value.content_type)
                    for name, value in form.multi_items()
                ]
        else:
            seen["body"] = await request.body()
        self.seen.append(seen)
        return self.reply(seen)

    def reply(self, seen: dict[str, Any]) -> Response:
        path, body = seen["path"], seen.get("body", b"")
        if path == "/any":
            return Response(body, 200, media_type="application/json")
        if path.startswith("/things") and self.status != 204:
            return JSONResponse(self.json, self.status)
        if path == "/blob":
            return Response(body, media_type="application/octet-stream")
        if path == "/note":
            return PlainTextResponse(body)
        if path in ("/events", "/chunks"):
            kind = "text/event-stream" if path == "/events" else "application/x-any"
            return StreamingResponse(self.stream(), media_type=kind)
        return Response(status_code=204)

    async def stream(self) -> AsyncIterator[bytes]:
        try:
            for piece in self.events:
                yield piece
                await asyncio.sleep(0.001)
            if self.status == 999:  # goes on for ever
                await asyncio.sleep(30)
        finally:
            self.left.set()


@contextlib.contextmanager
def running(service: Service) -> Iterator[Service]:
    """Serve on a free port of loopback."""
    config = uvicorn.Config(service.app, log_level="critical", lifespan="off")
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as sock:
        service.url = f"http://127.0.0.1:{sock.getsockname()[1]}"
        thread = threading.Thread(target=server.run, args=([sock],), daemon=True)
        thread.start()
        try:
            yield service
        finally:
            server.should_exit = server.force_exit = True
            thread.join(10)


def folder() -> Path:
    """Where the generated package is."""
    return Path(str(module(NAME).__file__)).parent


def module(name: str) -> Any:
    """A module of the generated package."""
    return importlib.import_module(name)
