"""Run the pinned generator on a lowered contract, put the names back, prove the result, and write the package."""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import io
import itertools
import os
import re
import shlex
import subprocess
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

from jinja2 import ChoiceLoader, FileSystemLoader, PackageLoader, PrefixLoader
from openapi_python_client import Project
from openapi_python_client.config import ClassOverride, Config, ConfigFile, MetaType
from openapi_python_client.parser import GeneratorData
from openapi_python_client.parser.errors import GeneratorError
from openapi_python_client.parser.openapi import EndpointCollection
from openapi_python_client.parser.properties import Property
from openapi_python_client.parser.properties.const import ConstProperty
from openapi_python_client.parser.properties.protocol import convert_example
from openapi_python_client.schema import UntrustedString
from openapi_python_client.strings import PythonIdentifier

from scripts import credentials
from scripts.contract.model import (
    Contract,
    Operation,
    Parameter,
    Pointer,
    Schema,
)
from scripts.errors import GenerationError
from scripts.generator import own_modules
from scripts.generator.lower import Lowered, lower
from scripts.generator.plan import (
    Fault,
    UnplacedError,
    plan,
    reached,
    target,
)
from scripts.generator.prove import properties, prove

_serial = itertools.count()
TEMPLATES = Path(__file__).parent.parent / "templates"
BANNER = "# Generated from openapi.yaml by `make generate`. Do not edit: `make check` rejects any change made by hand.\n"
# Isolated, so that no ruff.toml around the project changes the output; ruff itself is pinned in requirements.lock.
HOOKS = (
    "ruff check --isolated --no-cache --select F401,I --fix-only --target-version py311 .",
    "ruff format --isolated --no-cache --target-version py311 .",
)


class Problem(NamedTuple):
    """Why operations cannot be carried: all that reach a class, or one."""

    operations: frozenset[str]
    at: Pointer
    reason: str


def generate(contract: Contract, text: bytes, folder: Path) -> list[Problem]:
    """Write the generated part of a package for a contract.

    Args:
        contract: What to write.
        text: The bytes that it was read from, for the hash that the package carries.
        folder: Must not exist yet; useless where problems are returned.

    Returns:
        What keeps operations from being carried; empty where everything is written, compiled and imported.

    Raises:
        UnplacedError: Something failed, and nothing says at which operation.
        GenerationError: The environment is broken.
    """
    lowered = lower(contract)
    config = configuration(lowered, folder)
    data, faults = parse(contract, lowered, config)
    if not faults:
        faults = list(prove(contract, data))
    if not faults:
        _render(contract, lowered, data, config)
        own_modules.write(contract, folder, text=text)
        for path in _modules(folder):
            path.write_text(BANNER + path.read_text("utf-8"), "utf-8")
        faults = list(_uncompiled(contract, folder))
    if not faults:
        for hook in HOOKS:
            _run(hook, folder)
        faults = list(_unimported(contract, folder))
        (folder / "__init__.py").unlink()  # the package's own is written by hand
    return list(_problems(contract, faults))


def _problems(contract: Contract, faults: list[Fault]) -> Iterator[Problem]:
    reach = {
        key: {id(operation), *reached(contract, operation)}
        for key, operation in contract.operations.items()
        if faults
    }
    for subject, reason in faults:
        keys = frozenset(key for key, ids in reach.items() if id(subject) in ids)
        yield Problem(keys, subject.at, reason)


def configuration(lowered: Lowered, folder: Path) -> Config:
    """How the generator runs: always the same but for the names of the classes."""
    overrides = {
        name: ClassOverride.model_validate(
            {"class_name": schema.class_name, "module_name": schema.module_name}
        )
        for name, schema in lowered.classes.items()
    }
    return Config.from_sources(
        ConfigFile(
            literal_enums=True,  # enum fields are plain strings with Literal types
            docstrings_on_attributes=True,  # where editors show them
            class_overrides=overrides,
            post_hooks=[],
        ),
        MetaType.NONE,
        document_source=Path("openapi.yaml"),
        file_encoding="utf-8",
        overwrite=False,
        output_path=folder,
    )


# Parse


def parse(
    contract: Contract, lowered: Lowered, config: Config
) -> tuple[GeneratorData, list[Fault]]:
    """The generator's view of a lowered document with the names of the contract, and what it cannot do.

    Raises:
        UnplacedError: It failed, and nothing says where.
    """
    with _guarded("the generator"):
        data = GeneratorData.from_dict(lowered.document, config=config)
    if isinstance(data, GeneratorError):
        raise UnplacedError(_said(data))
    errors = list(data.errors)
    for collection in data.endpoint_collections_by_tag.values():
        errors += collection.parse_errors
    faults = [_fault(lowered, _said(error)) for error in errors]
    if not faults:
        put_back(contract, lowered, data)
    return data, faults


@contextlib.contextmanager
def _guarded(what: str) -> Iterator[None]:
    """Silence a step of the generator, and make what it raises ours."""
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            yield
    except (GenerationError, MemoryError):
        raise
    except Exception as error:
        raise UnplacedError(
            f"{what} failed: {type(error).__name__}: {error}"
        ) from error


def _said(error: GeneratorError) -> str:
    words = " ".join(f"{error.header} {error.detail or ''}".split())
    words = re.sub(r"<openapi_python_client[^>]*>", "(a name)", words)
    return f"the generator says: {words}"


def _fault(lowered: Lowered, words: str) -> Fault:
    for name in re.findall(r"(?:op|C)\d+", words):
        if name in lowered.calls:
            return lowered.calls[name][0], words
        if name in lowered.classes:
            return lowered.classes[name], words
    raise UnplacedError(words)


def put_back(contract: Contract, lowered: Lowered, data: GeneratorData) -> None:
    """Give the generator's objects the names and the prose of the contract."""
    classes = {schema.class_name: schema for schema in lowered.classes.values()}
    done: set[int] = set()  # copies of a model share its properties
    for model in (*data.models, *data.enums):
        if model.class_info.name in classes:
            _describe(contract, model, classes[model.class_info.name])
    for model in data.models:
        for held in properties(model):
            known = lowered.fields.get(held.name.get_untrusted_value())
            if known and id(held) not in done:
                done.add(id(held))
                _rename(held, known[0], known[1])
                _describe(contract, held, known[2])
    collections = list(data.endpoint_collections_by_tag.values())
    data.endpoint_collections_by_tag.clear()
    for endpoint in [e for collection in collections for e in collection.endpoints]:
        operation, call = lowered.calls[endpoint.name]
        for _place, held in endpoint.iter_all_parameters():
            parameter = lowered.parameters.get(held.name.get_untrusted_value())
            if parameter:
                _rename(held, parameter.name, parameter.python_name)
                _describe(contract, held, parameter.schema)
                _describe(contract, held, parameter)
        for body in endpoint.bodies:
            if call.media is not None:
                body.content_type = UntrustedString(call.media.content_type)
                if call.media.schema is not None:
                    _describe(contract, body.prop, call.media.schema)
        endpoint.name, tag = _exact(call.module), _exact(operation.package)
        endpoint.tags = [tag]
        endpoint.path = UntrustedString(_template(operation))
        endpoint.summary = UntrustedString(operation.summary)
        endpoint.description = UntrustedString(operation.description)
        collection = data.endpoint_collections_by_tag.setdefault(
            tag, EndpointCollection(tag)
        )
        collection.endpoints.append(endpoint)


def _template(operation: Operation) -> str:
    """The path as `str.format` takes it, variables under their Python names."""
    variables = {
        f"{{{parameter.name}}}": f"{{{parameter.python_name}}}"
        for parameter in operation.parameters
        if parameter.where == "path"
    }
    parts = re.split(r"(\{[^{}]*\})", operation.path)
    return "".join(
        variables.get(part) or part.replace("{", "{{").replace("}", "}}")
        for part in parts
    )


def _exact(name: str) -> PythonIdentifier:
    """A name as it is; the generator's own constructor would make another of it."""
    return str.__new__(PythonIdentifier, name)


def _rename(held: Property, wire: str, python: str) -> None:
    held.name, held.python_name = UntrustedString(wire), _exact(python)


def _describe(contract: Contract, held: Property, said: Schema | Parameter) -> None:
    """Description and example: of a use, else of the type that it uses."""
    goal = target(contract, said)[0] if isinstance(said, Schema) else said
    words = said.description or goal.description
    example = goal.example if said.example is None else said.example
    if words:
        held.description = UntrustedString(words)
    if example is not None and not isinstance(held, ConstProperty):
        held.example = convert_example(example)


# Write


def _render(
    contract: Contract, lowered: Lowered, data: GeneratorData, config: Config
) -> None:
    project = Project(openapi=data, config=config)
    own = PackageLoader("openapi_python_client")
    project.env.loader = ChoiceLoader(
        [FileSystemLoader(TEMPLATES), own, PrefixLoader({"generator": own})]
    )
    project.env.filters["swap"] = _swap
    classes = {schema.class_name: schema for schema in lowered.classes.values()}
    calls = {(o.package, c.module): (o, c) for o, c in lowered.calls.values()}
    project.env.globals.update(
        contract=contract,
        operation_of=lambda endpoint: calls[endpoint.tags[0], endpoint.name],
        schema_of=lambda model: classes[model.class_info.name],
        **own_modules.template_globals(contract),
        is_secret=lambda class_name, name: credentials.is_secret(
            str(class_name), name.get_untrusted_value()
        ),
    )
    with _guarded("a template"):
        errors = project.build()
    if errors:
        raise UnplacedError(_said(errors[0]))


def _swap(text: str, old: str, new: str, times: int) -> str:
    """Template filter: replace text that must stand there just so often."""
    found = text.count(old)
    if found != times:
        raise GenerationError(
            f"a template override expects {old!r} {times} times in the generator's own template and finds it {found} times"
        )
    return text.replace(old, new)


def _run(hook: str, folder: Path) -> None:
    """A formatter beside this interpreter first; the generator itself only warns where one is missing."""
    environment = dict(os.environ)
    environment["PATH"] = os.pathsep.join(
        (str(Path(sys.executable).parent), environment.get("PATH", ""))
    )
    try:
        done = subprocess.run(  # noqa: S603  # our own commands
            shlex.split(hook),
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError as error:
        raise GenerationError(f"{hook!r} cannot run: {error.strerror}") from None
    if done.returncode:
        raise UnplacedError(f"{hook!r} failed: {(done.stderr or done.stdout).strip()}")


# Try


def _modules(folder: Path) -> list[Path]:
    """All modules, those first that others import."""
    order = {"models": 1, "api": 2, "_operations": 3}
    return sorted(
        (*folder.rglob("*.py"), *folder.rglob("*.pyi")),
        key=lambda path: (order.get(path.relative_to(folder).parts[0], 0), path),
    )


def _uncompiled(contract: Contract, folder: Path) -> Iterator[Fault]:
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # an escape that means nothing is a fault too
        for path in _modules(folder):
            try:
                compile(path.read_text("utf-8"), path.name, "exec")
            except (SyntaxError, ValueError, Warning) as error:
                yield _of_module(contract, path.relative_to(folder), error)


def _unimported(contract: Contract, folder: Path) -> Iterator[Fault]:
    broken = False
    with imported(folder) as package:
        for path in _modules(folder):
            where = path.relative_to(folder)
            if path.suffix == ".py" and (not broken or where.parts[0] == "models"):
                parts = [p for p in where.with_suffix("").parts if p != "__init__"]
                try:
                    importlib.import_module(".".join((package.__name__, *parts)))
                except (Exception, SystemExit) as error:
                    broken = True  # what imports a broken model is no news
                    yield _of_module(contract, where, error)


@contextlib.contextmanager
def imported(folder: Path) -> Iterator[ModuleType]:
    """A package folder as a module under a name of its own, forgotten afterwards."""
    name = f"staged_{next(_serial)}_{folder.name}"
    spec = importlib.util.spec_from_file_location(
        name, folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    before, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
        yield module
    finally:
        sys.dont_write_bytecode = before
        for loaded in [m for m in sys.modules if m == name or m.startswith(name + ".")]:
            del sys.modules[loaded]


def _of_module(contract: Contract, where: Path, error: BaseException) -> Fault:
    """A module that fails, as a fault of what it was made for."""
    reason = f"the generated {where} fails: {type(error).__name__}: {error}"
    for operation in contract.operations.values():
        for call in operation.calls:
            if where.parts[1:] == (operation.package, f"{call.module}.py"):
                return operation, reason
    for schema in plan(contract).classes:
        if where.parts == ("models", f"{schema.module_name}.py"):
            return schema, reason
    raise UnplacedError(reason)
