"""What a staged package must prove before it takes the place of the old one."""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import itertools
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from scripts import document as oas
from scripts.document import Json
from scripts.own_modules import GenerationError
from scripts.staging import Staged

_serial = itertools.count()


def check(document: Json, staged: Staged, package: Path, overrides: set[str]) -> None:
    """Refuse a package that lacks an operation or a schema, or that does not import. Raises GenerationError."""
    gaps = [
        f"the generator left out the operation {method.upper()} {path}"
        for path, method, _item, _operation in oas.operations(document)
        if (path, method) not in {(o.path, o.method) for o in staged.operations}
    ]
    made = {_folded(name) for name in staged.classes} | overrides
    gaps += [
        f"the generator left out the schema #/components/schemas/{name}"
        for name, schema in document.get("components", {}).get("schemas", {}).items()
        if _makes_class(schema) and _folded(name) not in made
    ]
    if gaps:
        raise GenerationError("\n".join(gaps))
    try:
        with imported(package) as module:
            _import_everything(module, package)
    except GenerationError:
        raise
    except Exception as error:
        raise GenerationError(
            f"{package.name} does not import: {type(error).__name__}: {error}"
        ) from error


def _folded(name: str) -> str:
    return re.sub(r"[^0-9a-z]", "", name.lower())


def _makes_class(schema: Json) -> bool:
    kind = schema.get("type")
    return kind == "object" or "properties" in schema or "enum" in schema


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
        except Exception as error:
            where = path.relative_to(package.parent)
            raise GenerationError(
                f"{where} does not import: {type(error).__name__}: {error}"
            ) from error
    models = importlib.import_module(f"{module.__name__}.models")
    for name in models.__all__:
        getattr(models, name)
