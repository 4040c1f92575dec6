"""Run the pinned generator into a fresh folder and complete what it leaves out. Knows openapi-python-client's inside; nothing else does."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.metadata
import io
import json
import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import ChoiceLoader, FileSystemLoader, PackageLoader, PrefixLoader
from openapi_python_client import Project
from openapi_python_client.config import Config, ConfigFile, MetaType
from openapi_python_client.parser import GeneratorData
from openapi_python_client.parser.errors import GeneratorError
from openapi_python_client.parser.properties import (
    ListProperty,
    ModelProperty,
    UnionProperty,
)

from scripts import credentials, json_schema
from scripts import document as oas
from scripts.document import Json
from scripts.normalise import normalise

TEMPLATES = Path(__file__).parent / "templates"
BANNER = "# Generated from openapi.yaml by `make generate`. Do not edit: `make check` rejects any change made by hand.\n"
GENERATOR = "openapi-python-client"


class GenerationError(Exception):
    """The document can't be generated completely; one line or more that say what and where."""


class Operation(NamedTuple):
    """An operation as the generator names it."""

    path: str
    method: str
    tag: str
    name: str
    parameters: dict[str, tuple[str, str]]  # Python name: (place, wire name)


class Staged(NamedTuple):
    """What the generator says it made."""

    operations: list[Operation]
    classes: list[str]


def stage(document: Json, text: bytes, config_path: Path, folder: Path) -> Staged:
    """Generate the whole package content for a document into a new folder.

    Args:
        document: The vendor's document, as `document.parse` gives it.
        text: The bytes it was read from, for the hash that the package carries.
        config_path: generator-config.yaml.
        folder: Must not exist yet; it is left half-written when this raises.

    Raises:
        GenerationError: The generator warned, failed or crashed.
    """
    config = _config(config_path, folder)
    hooks, config.post_hooks = config.post_hooks, []
    data = _generated(normalise(document), config)
    _refuse_unused_overrides(config, data)
    (folder / "__init__.py").unlink()  # the package's own is written by hand
    operations = list(_operations(data))
    _write_document_module(document, text, folder)
    for operation in operations:
        _write_operation_module(document, operation, folder)
    for path in sorted(folder.rglob("*.py")):
        path.write_text(BANNER + path.read_text("utf-8"), "utf-8")
    for hook in hooks:
        _run(hook, folder)
    return Staged(operations, sorted(c.class_info.name for c in _classes(data)))


def _generated(document: Json, config: Config) -> GeneratorData:
    """Write the generator's output. Raises GenerationError at its first word: it warns where it drops something."""
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            data = GeneratorData.from_dict(document, config=config)
            if isinstance(data, GeneratorError):
                raise GenerationError(_said([data]))
            errors = list(_project(data, config).build())
    except GenerationError:
        raise
    except Exception as error:
        raise GenerationError(
            f"the generator crashed: {type(error).__name__}: {error}"
        ) from error
    if errors:
        raise GenerationError(_said(errors))
    return data


def _config(path: Path, folder: Path) -> Config:
    return Config.from_sources(
        ConfigFile.load_from_path(path),
        MetaType.NONE,
        document_source=Path("openapi.yaml"),
        file_encoding="utf-8",
        overwrite=False,
        output_path=folder,
    )


def overridden(config_path: Path) -> set[str]:
    """Names, in lower case, that class_overrides gives another one."""
    overrides = ConfigFile.load_from_path(config_path).class_overrides or {}
    return {name.lower() for name in overrides}


def _project(data: GeneratorData, config: Config) -> Project:
    project = Project(openapi=data, config=config)
    own = PackageLoader("openapi_python_client")
    project.env.loader = ChoiceLoader(
        [FileSystemLoader(TEMPLATES), own, PrefixLoader({"generator": own})]
    )
    project.env.filters["swap"] = _swap
    project.env.globals["union_members"] = set(_union_members(data))
    project.env.globals["is_secret"] = lambda class_name, name: credentials.is_secret(
        str(class_name), name.get_untrusted_value()
    )
    return project


def _union_members(data: GeneratorData) -> Iterator[str]:
    """Class names of the models that are a variant of some union."""
    pending: list[Any] = []
    for model in data.models:
        pending += [
            *(model.required_properties or ()),
            *(model.optional_properties or ()),
        ]
        pending.append(model.additional_properties)
    for collection in data.endpoint_collections_by_tag.values():
        for endpoint in collection.endpoints:
            pending += [response.prop for response in endpoint.responses]
    while pending:
        current = pending.pop()
        if isinstance(current, ListProperty):
            pending.append(current.inner_property)
        elif isinstance(current, UnionProperty):
            pending += current.inner_properties
            for variant in current.inner_properties:
                inner = variant
                while isinstance(inner, ListProperty):
                    inner = inner.inner_property
                if isinstance(inner, ModelProperty):
                    yield str(inner.class_info.name)


def _swap(text: str, old: str, new: str, times: int) -> str:
    """Template filter: replace text that must stand there just so often."""
    found = text.count(old)
    if found != times:
        raise GenerationError(
            f"a template override expects {old!r} {times} times in the generator's own template and finds it {found} times"
        )
    return text.replace(old, new)


def _said(errors: list[GeneratorError]) -> str:
    lines = []
    for error in errors:
        words = " ".join(f"{error.header} {error.detail or ''}".split())
        lines.append(f"the generator says: {words}")
    return "\n".join(lines)


def _classes(data: GeneratorData) -> Iterator[Any]:
    yield from data.models
    yield from data.enums


def _refuse_unused_overrides(config: Config, data: GeneratorData) -> None:
    made = {str(c.class_info.name) for c in _classes(data)}
    wanted = {
        str(override.class_name.get_untrusted_value()): key
        for key, override in config.class_overrides.items()
        if override.class_name is not None
    }
    unused = [f"{key} -> {name}" for name, key in wanted.items() if name not in made]
    if unused:
        raise GenerationError(
            f"class_overrides in generator-config.yaml match nothing: {', '.join(unused)}"
        )


def _operations(data: GeneratorData) -> Iterator[Operation]:
    for tag, collection in data.endpoint_collections_by_tag.items():
        for endpoint in collection.endpoints:
            yield Operation(
                path=endpoint.path.get_untrusted_value(),
                method=endpoint.method,
                tag=str(tag),
                name=str(endpoint.name),
                parameters={
                    str(parameter.python_name): (
                        str(place.value),
                        parameter.name.get_untrusted_value(),
                    )
                    for place, parameter in endpoint.iter_all_parameters()
                },
            )


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
        "properties": {
            name: parameter.get("schema", {}) for name, parameter in wanted.items()
        },
        "required": sorted(
            name for name, parameter in wanted.items() if parameter.get("required")
        ),
    }
    return _compact(json_schema.strict(document, schema))


def _compact(schema: Json) -> str:
    return json.dumps(schema, separators=(",", ":"), ensure_ascii=True)


def _run(hook: str, folder: Path) -> None:
    """A hook of the configuration, found beside this interpreter first; the generator itself only warns where one is missing."""
    environment = dict(os.environ)
    environment["PATH"] = os.pathsep.join(
        (str(Path(sys.executable).parent), environment.get("PATH", ""))
    )
    try:
        done = subprocess.run(  # noqa: S603  # the commands of our own configuration
            shlex.split(hook),
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError as error:
        raise GenerationError(
            f"post hook {hook!r} cannot run: {error.strerror}"
        ) from None
    if done.returncode:
        raise GenerationError(
            f"post hook {hook!r} failed: {(done.stderr or done.stdout).strip()}"
        )
