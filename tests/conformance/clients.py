"""Clients of small documents, and a service that keeps what they send and answers as it is told."""

from __future__ import annotations

import importlib
import itertools
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx

from scripts.contract.model import Contract
from scripts.generator import build

_serial = itertools.count(1)


class SmallClient:
    """A client of one document.

    Attributes:
        contract: What was generated and what was left out.
        package: The generated package, under a name of its own.
        requests: Everything that was sent.
        answer: What the service answers.
    """

    def __init__(
        self, document: Any, folder: Path, nested_values: str = "", **options: Any
    ) -> None:
        """`options`: arguments of EnkryptClient."""
        path = folder / "document.json"
        path.write_text(json.dumps(document))
        self.contract: Contract
        self.contract, package = build.build(path, folder, nested_values=nested_values)
        name = f"small_client_{next(_serial)}"
        package.rename(folder / name)
        sys.path.insert(0, str(folder))
        try:
            self.package: ModuleType = importlib.import_module(name)
        finally:
            sys.path.remove(str(folder))
        self.requests: list[httpx.Request] = []
        self.answer = httpx.Response(204)
        network = httpx.Client(transport=httpx.MockTransport(self._respond))
        self._options = {"api_key": "secret", "http_client": network, **options}

    def _respond(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self.requests.append(request)
        return self.answer

    def client(self, **options: Any) -> Any:
        """A client with other options."""
        return self.package.EnkryptClient(**{**self._options, **options})

    def operation(self, name: str) -> Any:
        """The module of an operation; `name` is "tag.operation"."""
        return importlib.import_module(f"{self.package.__name__}.api.{name}")

    def types(self) -> Any:
        """The module of shared types."""
        return importlib.import_module(f"{self.package.__name__}.types")

    def models(self) -> Any:
        """The module of the models."""
        return importlib.import_module(f"{self.package.__name__}.models")

    def call(self, name: str, **arguments: Any) -> Any:
        """The result of an operation."""
        with self.client() as client:
            return client.call(self.operation(name), **arguments)

    def answers(
        self, content: bytes, content_type: str, status: int = 200
    ) -> SmallClient:
        """Answer with this content from now on."""
        headers = {"content-type": content_type}
        self.answer = httpx.Response(status, headers=headers, content=content)
        return self


def document(paths: Mapping[str, Any], version: str = "3.1.0", **more: Any) -> Any:
    """A document with these paths; `more` are other parts of it."""
    return {
        "openapi": version,
        "info": {"title": "Small", "version": "1"},
        "servers": [{"url": "https://small.example/v1"}],
        "paths": paths,
        **more,
    }


def operation(name: str, **parts: Any) -> Any:
    """An operation that answers 204 where `parts` do not say otherwise."""
    responses = {"204": {"description": "done"}}
    return {"operationId": name, "tags": ["t"], "responses": responses, **parts}


def answering(content_type: str, schema: Any, status: str = "200") -> Any:
    """`responses` with one media type."""
    content = {content_type: {"schema": schema}}
    return {status: {"description": "", "content": content}}


def body(content_type: str, schema: Any, encoding: Any = None) -> Any:
    """A required `requestBody` with one media type."""
    media_type = {"schema": schema}
    if encoding is not None:
        media_type["encoding"] = encoding
    return {"required": True, "content": {content_type: media_type}}
