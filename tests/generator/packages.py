"""Packages generated from small documents, imported, and clients of them that answer for a service."""

from __future__ import annotations

import contextlib
import importlib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx

from scripts.common import replace
from scripts.contract.reading.contract import read
from scripts.generator import render

Json = Any


@contextlib.contextmanager
def generated(document: Json, folder: Path) -> Iterator[ModuleType]:
    """The package of a document, imported under a name of its own."""
    contract = read(document)
    refused = [out.reason for out in contract.left_out.values()]
    assert not refused
    package, _notes = render.generate(contract, b"", folder)
    with completed(package) as module:
        yield module


@contextlib.contextmanager
def completed(folder: Path) -> Iterator[ModuleType]:
    """What was generated, imported with what else it needs."""
    (folder / "__init__.py").touch()
    replace.copy_imported_by_generated(folder)
    with render.imported(folder) as module:
        yield module


def part(package: ModuleType, path: str) -> Any:
    """A module of a generated package."""
    return importlib.import_module(f"{package.__name__}.{path}")


def document(paths: Json, **schemas: Json) -> Json:
    """An OpenAPI document with operations and schemas, and nothing else."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1"},
        "servers": [{"url": "https://service.example"}],
        "paths": paths,
        "components": {"schemas": schemas},
    }


def ref(name: str) -> Json:
    """A reference to a component."""
    return {"$ref": f"#/components/schemas/{name}"}


def body(schema: Json, content_type: str = "application/json") -> Json:
    """The `requestBody` of an operation, with one content type."""
    return {"requestBody": {"content": {content_type: {"schema": schema}}}}


def answer(schema: Json, content_type: str = "application/json") -> Json:
    """The `responses` of an operation that answers 200 with one content type."""
    return {
        "200": {"description": "", "content": {content_type: {"schema": schema}}},
    }


class Service:
    """What a generated client talks to: keeps the last request, gives one answer."""

    def __init__(self, package: ModuleType) -> None:
        self.answer = httpx.Response(204)
        self.client = part(package, "client").Client(
            base_url="https://service.example/v1",
            httpx_args={"transport": httpx.MockTransport(self._handle)},
        )

    def _handle(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self.request = request
        return self.answer
