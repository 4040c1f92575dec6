"""Write the generated part of a package, try it, and leave out what fails."""

from __future__ import annotations

import contextlib
import dataclasses
import importlib
import importlib.util
import io
import itertools
import subprocess
import sys
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType

from jinja2 import ChoiceLoader, FileSystemLoader, PackageLoader, PrefixLoader
from openapi_python_client import Project
from openapi_python_client.strings import safe_for_docstring

from scripts import safety
from scripts.contract import model
from scripts.contract.read import read, without
from scripts.errors import GenerationError
from scripts.generator import own_modules
from scripts.generator.lower import Lowered
from scripts.generator.parse import configuration, failure, parse
from scripts.generator.plan import Plan, plan, unusable
from scripts.generator.prove import prove

_serial = itertools.count()
TEMPLATES = Path(__file__).parent.parent / "templates"
BANNER = "# Generated from openapi.yaml by `make generate`. Do not edit: `make check` rejects any change made by hand.\n"
# Isolated, so that no ruff.toml around the project changes the output; ruff itself is pinned in requirements.lock.
HOOKS = ("check --select F401,I --fix-only", "format")


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
    contract = read(document, overrides)
    found = {k: unusable(contract, o) for k, o in contract.operations.items()}
    contract = without(contract, {key: why for key, why in found.items() if why})
    numbers = itertools.count()
    while True:
        generated = folder / f"generated-{next(numbers)}"
        try:
            notes = generate(contract, text, generated)
        except GenerationError:
            failing = _failing(contract, text, folder, numbers)
            if not failing:
                raise
            contract = without(contract, failing)
        else:
            notes = [*contract.warnings, *notes]
            return dataclasses.replace(contract, warnings=tuple(notes)), generated


def _failing(
    contract: model.Contract, text: bytes, folder: Path, numbers: Iterator[int]
) -> dict[str, str]:
    """Which operations cannot be generated, and why: the others are halved until each part can be, or is one operation."""
    keys = [*contract.operations]
    found: dict[str, str] = {}
    for some in (keys[: len(keys) // 2], keys[len(keys) // 2 :]):
        part = without(contract, dict.fromkeys({*keys} - {*some}, ""))
        try:
            if some:
                generate(part, text, folder / f"part-{next(numbers)}")
        except GenerationError as error:
            if len(some) == 1:
                found[some[0]] = str(error)
            else:
                found |= _failing(part, text, folder, numbers)
    return found


def generate(contract: model.Contract, text: bytes, folder: Path) -> list[str]:
    """Write the generated part of a package for a contract into a folder that does not exist yet, and import it.

    Returns:
        What the client does not enforce.

    Raises:
        GenerationError: Something failed, at whatever operation.
    """
    try:
        with contextlib.redirect_stdout(io.StringIO()):  # the generator prints
            planned = plan(contract)
            _render(contract, planned, folder)
        notes = own_modules.write(contract, planned, folder, text=text)
        import_all(folder)
        (folder / "__init__.py").unlink()  # the package's own is written by hand
        for path in (*folder.rglob("*.py"), *folder.rglob("*.pyi")):
            path.write_text(BANNER + path.read_text("utf-8"), "utf-8")
        for hook in HOOKS:
            run_hook(hook, folder)
    except (GenerationError, MemoryError):
        raise
    except Exception as error:
        raise GenerationError(f"{type(error).__name__}: {error}") from error
    return notes


def _render(contract: model.Contract, planned: Plan, folder: Path) -> None:
    lowered = Lowered(planned)
    config = configuration(lowered, folder)
    data = parse(lowered, config)
    for fault in prove(planned, data):
        raise GenerationError(fault)
    project = Project(openapi=data, config=config)
    own = PackageLoader("openapi_python_client")
    project.env.loader = ChoiceLoader(
        [FileSystemLoader(TEMPLATES), own, PrefixLoader({"generator": own})]
    )
    project.env.filters["prose"] = lambda text: safe_for_docstring(
        safety.prose(str(text))
    )
    schemas = {made.name: schema for made, schema in planned.classes}
    calls = {made.name: held for made, *held in planned.functions}
    project.env.globals.update(
        own_modules.template_globals(contract),
        operation_of=lambda endpoint: calls[f"{endpoint.tags[0]}.{endpoint.name}"],
        schema_of=lambda made: schemas[made.class_info.name],
    )
    for error in project.build():
        raise failure(error)


def run_hook(hook: str, folder: Path) -> None:
    """Run a command of ruff on all that is in a folder."""
    command = [sys.executable, "-P", "-m", "ruff", *hook.split()]
    command += ["--isolated", "--no-cache", "--target-version", "py311", "."]
    done = subprocess.run(  # noqa: S603  # our own commands
        command, cwd=folder, capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = (done.stderr or done.stdout).strip()
        raise GenerationError(f"'ruff {hook}' failed: {said}")


def import_all(folder: Path) -> None:
    """Import every module of a package. Raises GenerationError where one cannot be imported without so much as a warning."""
    where = Path("__init__.py")
    try:
        with warnings.catch_warnings(action="error"), imported(folder) as package:
            for path in sorted(folder.rglob("*.py")):
                where = path.relative_to(folder)
                if path.stem not in ("__init__", "__main__"):
                    name = ".".join((package.__name__, *where.with_suffix("").parts))
                    importlib.import_module(name)
    except (Exception, SystemExit) as error:
        raise GenerationError(
            f"{where} does not import: {type(error).__name__}: {error}"
        ) from error


@contextlib.contextmanager
def imported(folder: Path) -> Iterator[ModuleType]:
    """A package folder as a module under a name of its own, forgotten afterwards."""
    name = f"staged_{next(_serial)}_{folder.name}"
    spec = importlib.util.spec_from_file_location(name, folder / "__init__.py")
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
