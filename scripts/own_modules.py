"""The generated modules that are ours: what the generator leaves out of its output and the facade needs."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
from pathlib import Path
from typing import Any, NamedTuple

from scripts import document as oas
from scripts import json_schema
from scripts.document import Json

GENERATOR = "openapi-python-client"

# What strings must be in a place, beside what the document says: headers take visible ASCII with blanks inside, RFC 9110 section 5.5;
# an empty path segment, or one of dots, would make another path.
_PLACES = {
    "header": {"pattern": "^[!-~]([ -~]*[!-~])?$"},
    "path": {"not": {"enum": ["", ".", ".."]}},
}


class GenerationError(Exception):
    """The document can't be generated completely; one line or more that say what and where."""


class Operation(NamedTuple):
    """An operation as the generator names it."""

    path: str
    method: str
    tag: str
    name: str
    parameters: dict[str, tuple[str, str]]  # Python name: (place, wire name)


def write(
    document: Json, text: bytes, operations: list[Operation], folder: Path
) -> None:
    """Write `_document.py` and `_operations/` below a package folder. `text` is what the document was read from, for its hash."""
    _write_document_module(document, text, folder)
    for operation in operations:
        _write_operation_module(document, operation, folder)


def _write_document_module(document: Json, text: bytes, folder: Path) -> None:
    """What the generator leaves out of its output: where the service is, how it authenticates, which document this is."""
    scheme = api_key_scheme(document)
    servers = document.get("servers") or [{}]
    lines = [
        '"""The document that this package is generated from: its origin, its server, its authentication"""',
        "",
        f"TITLE = {document['info']['title']!r}",
        f"VERSION = {document['info']['version']!r}",
        f"SHA256 = {hashlib.sha256(text).hexdigest()!r}",
        f"GENERATOR = {GENERATOR + ' ' + importlib.metadata.version(GENERATOR)!r}",
        f"SERVER = {servers[0].get('url')!r}",
        f"AUTH_HEADER = {scheme['name'] if scheme else None!r}",
    ]
    (folder / "_document.py").write_text("\n".join(lines) + "\n", "utf-8")


def api_key_scheme(document: Json) -> Json:
    """The document's one security scheme, an API key in a header, or None where it has none."""
    schemes = document.get("components", {}).get("securitySchemes", {})
    if not schemes:
        return None
    if len(schemes) > 1:
        raise GenerationError(
            f"#/components/securitySchemes: {len(schemes)} schemes; the client knows how to use one API key in a header"
        )
    name, scheme = next(iter(schemes.items()))
    if scheme.get("type") != "apiKey" or scheme.get("in") != "header":
        raise GenerationError(
            f"#/components/securitySchemes/{name}: the client knows how to use an API key in a header, nothing else"
        )
    return scheme


def _write_operation_module(document: Json, operation: Operation, folder: Path) -> None:
    """What checking a request and reading an answer need, beside the operation that the generator made."""
    item = document["paths"][operation.path]
    described = item[operation.method]
    security = described.get("security", document.get("security", []))
    body = oas.resolved(document, described.get("requestBody"))
    responses = {
        status: oas.resolved(document, response)
        for status, response in described["responses"].items()
    }
    lines = [
        f'"""What the document demands of {operation.method.upper()} {operation.path}, checked before sending and on reading"""',
        "",
        f"METHOD = {operation.method.upper()!r}",
        f"PATH = {operation.path!r}",
        f"AUTHENTICATED = {bool(security) and {} not in security}",
        f"SUCCESS = {tuple(sorted(s for s in responses if s.startswith('2')))!r}",
        f"BODY_REQUIRED = {bool(body and body.get('required'))}",
        "# JSON Schemas (draft 2020-12): of the body, of the parameters under their Python names, and of the places in an answer where",
        "# objects and arrays stand.",
        f"BODY: str | None = {_schema(json_schema.strict, document, json_schema.json_content(body))!r}",
        f"PARAMETERS: str = {_parameters(document, item, described, operation)!r}",
        "ANSWERS: dict[str, str] = {",
        *(
            f"    {status!r}: {_schema(json_schema.containers, document, content)!r},"
            for status, response in sorted(responses.items())
            if (content := json_schema.json_content(response)) is not None
        ),
        "}",
    ]
    target = folder / "_operations" / operation.tag / f"{operation.name}.py"
    for package in (target.parent.parent, target.parent):
        package.mkdir(exist_ok=True)
        (package / "__init__.py").touch()
    target.write_text("\n".join(lines) + "\n", "utf-8")


def _schema(rewrite: Any, document: Json, schema: Json) -> str | None:
    return None if schema is None else _compact(rewrite(document, schema))


def _parameters(
    document: Json, item: Json, described: Json, operation: Operation
) -> str:
    declared = {}
    for holder in (*item.get("parameters", ()), *described.get("parameters", ())):
        parameter = oas.resolved(document, holder)
        declared[parameter["in"], parameter["name"]] = parameter
    wanted = {
        name: declared[key]
        for name, key in operation.parameters.items()
        if key in declared
    }
    schema = {
        "type": "object",
        "properties": {name: _sendable(held) for name, held in wanted.items()},
        "required": sorted(
            name for name, parameter in wanted.items() if parameter.get("required")
        ),
    }
    return _compact(json_schema.strict(document, schema))


def _sendable(parameter: Json) -> Json:
    """Schema of a parameter, which also refuses strings that can't be sent in its place."""
    rule = _PLACES.get(parameter["in"])
    schema = parameter.get("schema", {})
    return {"allOf": [schema, rule]} if rule else schema


def _compact(schema: Json) -> str:
    return json.dumps(schema, separators=(",", ":"), ensure_ascii=True)
