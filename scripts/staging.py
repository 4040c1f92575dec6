"""Run the pinned generator into a fresh folder and complete what it leaves out. Knows openapi-python-client's inside; nothing else does."""

from __future__ import annotations

import contextlib
import io
import os
import re
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
from openapi_python_client.parser.properties import ModelProperty
from openapi_python_client.parser.properties.list_property import ListProperty
from openapi_python_client.parser.properties.union import UnionProperty

from scripts import credentials, lazy_models, own_modules
from scripts.document import Json
from scripts.normalise import normalise
from scripts.own_modules import GenerationError, Operation

TEMPLATES = Path(__file__).parent / "templates"
BANNER = "# Generated from openapi.yaml by `make generate`. Do not edit: `make check` rejects any change made by hand.\n"


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
    lazy_models.write(folder / "models")
    own_modules.write(document, text, operations, folder)
    for path in sorted((*folder.rglob("*.py"), *folder.rglob("*.pyi"))):
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


def stage_run_time(config_path: Path, folder: Path) -> Path:
    """A tree from a document with nothing in it: for the modules that no document has a say in."""
    empty: Json = {
        "openapi": "3.0.3",
        "info": {"title": "nothing", "version": "0"},
        "paths": {},
    }
    config = _config(config_path, folder)
    hooks, config.post_hooks = config.post_hooks, []
    config.class_overrides = {}
    with contextlib.redirect_stdout(io.StringIO()):
        data = GeneratorData.from_dict(empty, config=config)
        assert isinstance(data, GeneratorData)
        _project(data, config).build()
    for path in sorted((*folder.rglob("*.py"), *folder.rglob("*.pyi"))):
        path.write_text(BANNER + path.read_text("utf-8"), "utf-8")
    for hook in hooks:
        _run(hook, folder)
    return folder


def _config(path: Path, folder: Path) -> Config:
    return Config.from_sources(
        ConfigFile.load_from_path(path),
        MetaType.NONE,
        document_source=Path("openapi.yaml"),
        file_encoding="utf-8",
        overwrite=False,
        output_path=folder,
    )


def overridden(config_path: Path) -> dict[str, str]:
    """Names of classes that class_overrides gives, by those that the generator would give."""
    overrides = ConfigFile.load_from_path(config_path).class_overrides or {}
    return {
        name: override.class_name.get_untrusted_value() if override.class_name else name
        for name, override in overrides.items()
    }


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
        words = re.sub(r"<openapi_python_client[^>]*>", "(a name)", words)
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
                path=_documented_path(endpoint),
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


def _documented_path(endpoint: Any) -> str:
    """The path with the document's names of its variables; the generator has put Python names there."""
    path: str = endpoint.path.get_untrusted_value()
    for parameter in endpoint.path_parameters:
        wire = parameter.name.get_untrusted_value()
        path = path.replace(f"{{{parameter.python_name}}}", f"{{{wire}}}")
    return path


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
