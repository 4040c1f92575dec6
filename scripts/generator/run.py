"""Write the generated part of a package, try it, and leave out what fails."""

from __future__ import annotations

import contextlib
import dataclasses
import importlib
import importlib.util
import itertools
import os
import shlex
import subprocess
import sys
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

from jinja2 import ChoiceLoader, FileSystemLoader, PackageLoader, PrefixLoader
from openapi_python_client import Project
from openapi_python_client.config import Config
from openapi_python_client.parser import GeneratorData

from scripts import credentials
from scripts.contract import model
from scripts.contract.read import read
from scripts.errors import GenerationError
from scripts.generator import own_modules
from scripts.generator.lower import Lowered, lower
from scripts.generator.parse import configuration, guarded, parse, said
from scripts.generator.plan import (
    Fault,
    UnplacedError,
    plan,
    reached,
)
from scripts.generator.prove import prove

_serial = itertools.count()
TEMPLATES = Path(__file__).parent.parent / "templates"
BANNER = "# Generated from openapi.yaml by `make generate`. Do not edit: `make check` rejects any change made by hand.\n"
# Isolated, so that no ruff.toml around the project changes the output; ruff itself is pinned in requirements.lock.
HOOKS = (
    "ruff check --isolated --no-cache --select F401,I --fix-only --target-version py311 .",
    "ruff format --isolated --no-cache --target-version py311 .",
)


class Outcome(NamedTuple):
    """What became of a package."""

    left_out: dict[
        str, str
    ]  # reasons by operation; the package is of use where there are none
    warnings: list[str]  # what the client does not enforce


def carry(
    document: model.Json,
    text: bytes,
    folder: Path,
    overrides: Mapping[str, tuple[str, str]],
) -> tuple[model.Contract, Path]:
    """Generate all that can be carried of a document.

    Args:
        document: Plain data, as `scripts.document.read` gives it.
        text: The bytes that it was read from, for the hash that the package carries.
        folder: An existing folder to work in.
        overrides: Class and module name by the class name that place and keys give.

    Returns:
        The contract, with what was left out, and a folder below `folder` with what was generated, compiled and imported.

    Raises:
        DocumentError: It is no OpenAPI document.
        GenerationError: What fails is not one operation or another.
    """
    left_out: dict[str, str] = {}
    for attempt in itertools.count():
        contract = read(document, overrides, left_out)
        generated = folder / f"generated-{attempt}"
        try:
            more, warnings = generate(contract, text, generated)
        except UnplacedError:
            more = _alone(contract, text, folder / f"alone-{attempt}")
            if not more:
                raise
        if not more:
            warnings = [*contract.warnings, *warnings]
            return dataclasses.replace(contract, warnings=tuple(warnings)), generated
        left_out |= more
    raise AssertionError


def generate(contract: model.Contract, text: bytes, folder: Path) -> Outcome:
    """Write the generated part of a package for a contract into a folder that does not exist yet; compile and import it.

    Raises:
        UnplacedError: Something failed, and nothing says at which operation.
        GenerationError: The environment is broken.
    """
    lowered = lower(contract)
    config = configuration(lowered, folder)
    data, faults = parse(contract, lowered, config)
    notes: list[str] = []
    if not faults:
        faults = list(prove(contract, data))
    if not faults:
        _render(contract, lowered, data, config)
        notes = own_modules.write(contract, folder, text=text)
        for path in _modules(folder):
            path.write_text(BANNER + path.read_text("utf-8"), "utf-8")
        try:
            for hook in HOOKS:
                run_hook(hook, folder)
        except UnplacedError:  # a formatter says little of what it cannot read
            faults = list(_uncompiled(contract, folder))
            if not faults:
                raise
    if not faults:
        faults = [_of_module(contract, *failed) for failed in unimported(folder)]
        (folder / "__init__.py").unlink()  # the package's own is written by hand
    return Outcome(_reasons(contract, faults), notes)


def _alone(contract: model.Contract, text: bytes, folder: Path) -> dict[str, str]:
    """The operations that fail when each is tried by itself."""
    found: dict[str, str] = {}
    for number, (key, operation) in enumerate(contract.operations.items()):
        alone = dataclasses.replace(contract, operations={key: operation})
        try:
            found |= generate(alone, text, folder / str(number)).left_out
        except UnplacedError as error:
            found[key] = str(error)
    return found


def _reasons(contract: model.Contract, faults: list[Fault]) -> dict[str, str]:
    """The first fault of each operation, by its key: its own, or of a class that it reaches."""
    found: dict[str, str] = {}
    for key, operation in contract.operations.items() if faults else ():
        ids = {id(operation), *reached(contract, operation)}
        for subject, reason in faults:
            if id(subject) in ids:
                found.setdefault(key, f"{model.at(subject.at)}: {reason}")
    if faults and not found:
        raise UnplacedError(faults[0][1])
    return found


# Write


def _render(
    contract: model.Contract, lowered: Lowered, data: GeneratorData, config: Config
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
        schema_of=lambda made: classes[made.class_info.name],
        **own_modules.template_globals(contract),
        is_secret=lambda class_name, name: credentials.is_secret(
            str(class_name), name.get_untrusted_value()
        ),
    )
    with guarded("a template"):
        errors = project.build()
    if errors:
        raise UnplacedError(said(errors[0]))


def _swap(text: str, old: str, new: str, times: int) -> str:
    """Template filter: replace text that must stand there just so often."""
    found = text.count(old)
    if found != times:
        raise GenerationError(
            f"a template override expects {old!r} {times} times in the generator's own template and finds it {found} times"
        )
    return text.replace(old, new)


def run_hook(hook: str, folder: Path) -> None:
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


def _uncompiled(contract: model.Contract, folder: Path) -> Iterator[Fault]:
    for path in _modules(folder):
        try:
            compile(path.read_text("utf-8"), path.name, "exec")
        except (SyntaxError, ValueError) as error:
            yield _of_module(contract, path.relative_to(folder), error)


def unimported(folder: Path) -> Iterator[tuple[Path, BaseException]]:
    """The modules of a package that cannot be imported without so much as a warning, and why."""
    broken = False
    with warnings.catch_warnings(), contextlib.ExitStack() as stack:
        warnings.simplefilter("error")
        try:
            package = stack.enter_context(imported(folder))
        except (Exception, SystemExit) as error:
            yield Path("__init__.py"), error
            return
        for path in _modules(folder):
            where = path.relative_to(folder)
            wanted = path.suffix == ".py" and path.name != "__main__.py"
            if wanted and (not broken or where.parts[0] == "models"):
                parts = [p for p in where.with_suffix("").parts if p != "__init__"]
                try:
                    importlib.import_module(".".join((package.__name__, *parts)))
                except (Exception, SystemExit) as error:
                    broken = True  # what imports a broken model is no news
                    yield where, error


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


def _of_module(contract: model.Contract, where: Path, error: BaseException) -> Fault:
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
