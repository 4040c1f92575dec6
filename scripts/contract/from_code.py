"""The contract that a generated package keeps: by introspection and probing of the package alone. The document is never read here."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from types import ModuleType

from scripts.contract import code_operations, code_types
from scripts.contract.hints import CodeError
from scripts.contract.model import Contract
from scripts.contract.samples import Samples

KEY = "key"


def read(package: ModuleType) -> Contract:
    """The contract of an imported package, in which a type is named as its class is.

    Raises:
        CodeError: A module is not what the generator writes, or does not do what it declares.
    """
    own = importlib.import_module(f"{package.__name__}._document")
    models = importlib.import_module(f"{package.__name__}.models")
    types = importlib.import_module(f"{package.__name__}.types")
    scheme = f"API key in header {own.AUTH_HEADER}"
    code = Contract(
        servers=[own.SERVER],
        security=[{KEY: ()}] if own.AUTH_HEADER else [],
        schemes={KEY: scheme} if own.AUTH_HEADER else {},
        operations={},
        types={},
        declared=frozenset(models.__all__),
    )
    code_types.read(models, types, code)
    samples = Samples(code, models, types)
    for module, tag, name in modules(package):
        operation = code_operations.read(module, tag, name, code, samples)
        if operation.name in code.operations:
            raise CodeError(f"{name}: two operations of this name")
        code.operations[f"{tag}.{name}"] = operation
        code.names.operations[f"{tag}.{name}"] = f"api.{tag}.{name}"
    for name in models.__all__:
        code.names.types[name] = name
    return code


def modules(package: ModuleType) -> Iterator[tuple[ModuleType, str, str]]:
    """The operation modules of a package with their tag and name."""
    api = importlib.import_module(f"{package.__name__}.api")
    for tag in pkgutil.iter_modules(api.__path__):
        folder = importlib.import_module(f"{api.__name__}.{tag.name}")
        for held in pkgutil.iter_modules(folder.__path__):
            name = f"{folder.__name__}.{held.name}"
            yield importlib.import_module(name), tag.name, held.name
