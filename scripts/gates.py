"""What a staged package must prove before it takes the place of the old one."""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import itertools
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import ModuleType

from scripts import lazy_models, safety
from scripts.contract import (
    call_probes,
    conform,
    from_code,
    from_document,
    inexpressible,
    probes,
)
from scripts.contract.hints import CodeError
from scripts.contract.model import Contract
from scripts.contract.samples import Samples
from scripts.document import DocumentError, Json
from scripts.own_modules import GenerationError

_serial = itertools.count()


def admit(document: Json) -> Contract:
    """The contract that a document states, if generated code can keep it.

    Raises:
        DocumentError: The document has no meaning that we know.
        GenerationError: It says what no generated code can express; one line for each place.
    """
    contract = from_document.read(document)
    try:
        safety.check(document)
        refuse(inexpressible.find(contract))
    except from_document.MALFORMED as error:
        raise DocumentError(
            f"not shaped as OpenAPI documents are ({type(error).__name__}: {error})"
        ) from None
    return contract


def check(contract: Contract, package: Path, overrides: Mapping[str, str]) -> None:
    """Refuse a package that loses, changes or adds anything against the contract of its document.

    Args:
        contract: What `admit` returned; the Python names of its parts are filled in.
        package: A whole package folder, not yet in its place.
        overrides: The names that the configuration gives to classes, by those that the generator would give.

    Raises:
        GenerationError: One line for each thing lost or changed, with its place.
    """
    try:
        with imported(package) as module:
            _import_everything(module, package)
            code = from_code.read(module)
            refuse(conform.problems(contract, code, overrides))
            refuse(_probed(module, code))
    except GenerationError:
        raise
    except CodeError as error:
        raise GenerationError(str(error)) from error
    except (Exception, SystemExit) as error:
        raise GenerationError(
            f"{package.name} does not import: {type(error).__name__}: {error}"
        ) from error


def refuse(problems: Iterable[str]) -> None:
    """Raise GenerationError where there is any problem."""
    found = list(problems)
    if found:
        raise GenerationError("\n".join(found))


def _probed(package: ModuleType, code: Contract) -> Iterator[str]:
    models = importlib.import_module(f"{package.__name__}.models")
    types = importlib.import_module(f"{package.__name__}.types")
    yield from probes.models(code, models, types)
    samples = Samples(code, models, types)
    for module, tag, name in from_code.modules(package):
        operation = code.operations[f"{tag}.{name}"]
        yield from call_probes.operation(module, operation, samples, code.names.fields)


@contextlib.contextmanager
def imported(package: Path) -> Iterator[ModuleType]:
    """A package folder as a module under a name of its own, forgotten afterwards."""
    name = f"staged_{next(_serial)}_{package.name}"
    spec = importlib.util.spec_from_file_location(
        name, package / "__init__.py", submodule_search_locations=[str(package)]
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


def _import_everything(module: ModuleType, package: Path) -> None:
    for path in sorted(package.rglob("*.py")):
        parts = path.relative_to(package).with_suffix("").parts
        if parts[-1] == "__main__":
            continue
        dotted = ".".join(part for part in parts if part != "__init__")
        try:
            importlib.import_module(f"{module.__name__}.{dotted}".rstrip("."))
        except (Exception, SystemExit) as error:
            where = path.relative_to(package.parent)
            raise GenerationError(
                f"{where} does not import: {type(error).__name__}: {error}"
            ) from error
    models = importlib.import_module(f"{module.__name__}.models")
    if not lazy_models.is_lazy((package / "models" / "__init__.py").read_text("utf-8")):
        raise GenerationError("models/__init__.py is not what imports models lazily")
    for name in models.__all__:
        getattr(models, name)
