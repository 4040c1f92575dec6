"""Small documents for the tests, and building a client from one."""

from __future__ import annotations

from pathlib import Path

from scripts import generate

CONFIG = "literal_enums: true\ndocstrings_on_attributes: true\npost_hooks: []\n"


def document(paths: str, components: str = "{}", version: str = "3.1.0") -> str:
    return (
        f"openapi: {version}\n"
        'info: {title: T, version: "1"}\n'
        'servers: [{url: "https://service.example"}]\n'
        f"paths: {paths}\n"
        f"components: {components}\n"
    )


def sending(schema: str, more: str = "", version: str = "3.1.0") -> str:
    """One operation that sends a Thing."""
    return document(
        "{/x: {post: {operationId: send, tags: [t], requestBody: {required: true, content: {application/json: "
        '{schema: {$ref: "#/components/schemas/Thing"}}}}, responses: {"204": {description: d}}}}}',
        f"{{schemas: {{Thing: {schema}{', ' + more if more else ''}}}}}",
        version,
    )


def asking(extra: str, components: str = "{}") -> str:
    """One operation with more in it."""
    return document(
        f'{{/x: {{get: {{operationId: ask, tags: [t], responses: {{"204": {{description: d}}}}, {extra}}}}}}}',
        components,
    )


def answering(responses: str, components: str = "{}") -> str:
    """One operation with these answers."""
    return document(
        f"{{/x: {{get: {{operationId: ask, tags: [t], responses: {responses}}}}}}}",
        components,
    )


def posting(body: str, components: str = "{}") -> str:
    """One operation with this request body."""
    return document(
        f'{{/x: {{post: {{operationId: send, tags: [t], requestBody: {body}, responses: {{"204": {{description: d}}}}}}}}}}',
        components,
    )


def build(text: str, folder: Path) -> Path:
    """The whole of `make generate` for a document, into a folder; the package that it would install."""
    package = folder / "old" / "client"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (folder / "openapi.yaml").write_text(text, "utf-8")
    (folder / "config.yaml").write_text(CONFIG, "utf-8")
    staging = folder / "staging"
    staging.mkdir()
    return generate.build(
        folder / "openapi.yaml", folder / "config.yaml", package, staging
    )
