"""What is measured with: a request and its answer, a server that gives it, larger documents, and the plain generator's client of them."""

from __future__ import annotations

import copy
import json
import os
import ssl
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from scripts.contract.reading.contract import read
from scripts.loopback.samples import Sampler

Json = Any
# Where the plain generator finds ruff, which makes its client smaller and faster.
WITH_RUFF = {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}


def exchange(document: Json) -> tuple[Json, Json]:
    """The request that every contender sends and the answer that it gets: the document's own examples, if it has any.

    The vendor's example of an answer leaves out a field that the schema requires, without which the plain generated client raises; here
    it is there.
    """
    contract = read(document)
    sampler = Sampler(contract, examples=True)
    types = contract.types
    request = types["ModelRequestObject"]
    stored = types["GetModelResponseObject"]
    body = sampler.completed(sampler.draw(request), request)
    data = sampler.completed(sampler.draw(stored, sent=False), stored, sent=False)
    answer = {"message": "Model details updated successfully", "data": data}
    body, answer = json.loads(json.dumps((body, answer), default=str))
    return body, answer


class Answer(BaseHTTPRequestHandler):
    """Answers every request with the same success."""

    protocol_version = "HTTP/1.1"
    whole = b""

    def do_PATCH(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.wfile.write(self.whole)


def serve(answer: Json, tls: ssl.SSLContext | None = None) -> str:
    """Give this answer on loopback for as long as this process lives; returns the base URL."""
    content = json.dumps(answer)
    head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
    Answer.whole = f"{head}Content-Length: {len(content)}\r\n\r\n{content}".encode()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    server.socket.listen(100)
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http{'s' if tls else ''}://127.0.0.1:{server.server_port}"


def grown(document: Json, size: int) -> Json:
    """The document with `size` more schemas that refer to each other, and an operation for every tenth."""
    result = copy.deepcopy(document)
    for index in range(size):
        reference = f"#/components/schemas/Synthetic{(index * 7 + 1) % size}"
        properties = {
            "name": {"type": "string"},
            "parts": {"type": "array", "items": {"$ref": reference}},
            "state": {"type": "string", "enum": ["on", "off", f"mode {index}"]},
            "limits": {"type": "object", "properties": {"most": {"type": "number"}}},
            "made_at": {"type": "string", "format": "date-time"},
        }
        schema = {"type": "object", "required": ["name"], "properties": properties}
        result["components"]["schemas"][f"Synthetic{index}"] = schema
        if index % 10 == 0:
            content = {"application/json": {"schema": {"$ref": reference}}}
            operation = {
                "tags": ["Synthetic"],
                "operationId": f"get_synthetic_{index}",
                "responses": {"200": {"description": "One.", "content": content}},
            }
            result["paths"][f"/synthetic/{index}"] = {"get": operation}
    return result


def plain_command(document: Json, folder: Path) -> list[str]:
    """Write a document into a folder, and return the arguments of `python -m` with which the plain generator makes `plain_client` there."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "document.json"
    simplified = copy.deepcopy(document)
    for schema in simplified["components"]["schemas"].values():
        if "allOf" in schema:  # the plain generator ignores what stands beside that
            beside = {key: schema.pop(key, []) for key in ("required", "properties")}
            schema["allOf"].append({"type": "object", **beside})
    path.write_text(json.dumps(simplified, default=str), "utf-8")
    return [
        *("openapi_python_client", "generate", "--overwrite", "--meta=none"),
        *(f"--path={path}", f"--output-path={folder / 'plain_client'}"),
    ]
