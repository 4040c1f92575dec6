"""Text of a document that would be code if it left its place: none of it runs, wherever it stands, on import or in a call."""

from __future__ import annotations

import ast
import builtins
from pathlib import Path
from typing import Any

import httpx
import pytest

from scripts.generator import build
from tests.generator.packages import Json, Service, completed, part

TEXTS = [
    'x"""\nhostile_marker()\n"""',
    "x'''\nhostile_marker()\n'''",
    'x"+hostile_marker()+"',
    "x'+hostile_marker()+'",
    'x"\nhostile_marker()\n#',
    "x'\nhostile_marker()\n#",
    "{hostile_marker()}",
    "{{ hostile_marker() }}{% raw %}",
    "{% for x in hostile_marker() %}",
    "\nhostile_marker()",
    "\rhostile_marker()",
    "\x0chostile_marker()",
    "\u2028hostile_marker()",
    "x\\",
    "\\N{BULLET}\\x\\u12\\",
    ")\nhostile_marker()\n(",
    "hostile_marker()",
    "x]\n\nhostile_marker()\n[",
    "# type: hostile_marker()",
    "$(hostile_marker)",
]
# Where any text is allowed, and where most of it has no meaning, so that the operation is left out.
EVERYWHERE = ("prose", "names", "values")
PLACES = (EVERYWHERE, ("paths",), ("types", "schemes"))
# Where the operation is mostly left out, the first four texts show what the others do.
CASES = [
    pytest.param(
        *(text, places),
        id=f"{text}-{'+'.join(places)}",
        marks=[pytest.mark.proof] if places != EVERYWHERE and number >= 4 else [],
    )
    for number, text in enumerate(TEXTS)
    for places in PLACES
]


def document(text: str, places: tuple[str, ...]) -> Json:
    """A document with the text in every place of some sorts."""

    def at(sort: str, other: str) -> str:
        return text if sort in places else other

    prose, value = at("prose", "words"), at("values", "value")
    name, component = at("names", "name"), at("names", "Component")
    pointer = component.replace("~", "~0").replace("/", "~1")
    choice = {"type": "string", "enum": [value, "other"]}
    thing = {
        "type": "object",
        "title": prose,
        "description": prose,
        "example": {prose: prose},
        "required": [name],
        "properties": {
            name: {"type": "string", "description": prose, "default": value},
            "choice": choice,
            "fixed": {"const": value},
            "text": {"type": "string", "pattern": value, "format": value},
        },
        "x-note": {prose: prose},
        f"x-{prose}": prose,
    }
    other = {"type": "object", "properties": {"kind": {"type": "string"}}}
    reference = {"$ref": f"#/components/schemas/{pointer}"}
    union = {
        "oneOf": [reference, {"$ref": "#/components/schemas/Other"}],
        "discriminator": {"propertyName": name, "mapping": {value: reference["$ref"]}},
    }
    media = at("types", "application/json")
    text_schema = {"type": "string"}
    parameters = [
        {"in": "path", "name": "id", "schema": text_schema},
        {"in": "query", "name": name, "description": prose, "schema": choice},
        {"in": "header", "name": at("types", "X-Note"), "schema": text_schema},
        {"in": "cookie", "name": at("types", "note"), "schema": text_schema},
    ]
    content = {"description": prose, "content": {media: {"schema": union}}}
    operation = {
        "operationId": name,
        "tags": [name],
        "summary": prose,
        "description": prose,
        "parameters": parameters,
        "requestBody": content,
        "responses": {"200": content},
        "security": [{at("schemes", "key"): []}],
    }
    scheme = {"type": "apiKey", "in": "header", "name": at("schemes", "X-Key")}
    server = {"url": at("paths", "https://service.example"), "description": prose}
    return {
        "openapi": "3.1.0",
        "info": {"title": prose, "version": value, "description": prose},
        "servers": [server],
        "paths": {f"/things/{at('paths', 'all')}/{{id}}": {"post": operation}},
        "components": {
            "schemas": {component: thing, "Other": other},
            "securitySchemes": {at("schemes", "key"): scheme | {"description": prose}},
        },
    }


@pytest.mark.parametrize(("text", "places"), CASES)
def test_text_that_would_be_code_never_runs(
    text: str, places: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[int] = []
    monkeypatch.setattr(
        builtins, "hostile_marker", lambda: ran.append(1), raising=False
    )
    contract, folder = build.generate_possible(
        document(text, places), b"", tmp_path, {}
    )
    if text.isprintable() and "prose" in places:
        assert not contract.left_out
    for module in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(module.read_text("utf-8"))):
            called = isinstance(node, ast.Call) and ast.unparse(node.func)
            assert called != "hostile_marker", module
    with completed(folder) as package:
        for path in sorted((folder / "api").rglob("*.py")):
            if path.name != "__init__.py":
                _call(package, part(package, f"api.{path.parent.name}.{path.stem}"))
    assert not ran


def _call(package: Any, operation: Any) -> None:
    """Call the operation with a value for each parameter; how it ends does not matter."""
    service = Service(package)
    json = {"name": "x", "choice": "other", "kind": "y"}
    service.answer = httpx.Response(200, json=json)
    names = operation._get_kwargs.__annotations__.keys() - {"return", "body"}
    arguments = dict.fromkeys(names, "x")
    try:
        operation.sync_detailed(client=service.client, body={"kind": "x"}, **arguments)
    except (httpx.HTTPError, httpx.InvalidURL, TypeError, ValueError) as error:
        assert "hostile_marker" not in type(error).__name__  # noqa: PT017
