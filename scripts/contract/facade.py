"""What the methods of the clients use of a contract, what of that a contract lacks, and what it asks for beside it.

Generated code follows the document. The methods of `facade.py` are written by hand, and would fail only at run time.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from scripts.contract.model import Contract, Operation
from scripts.contract.schema import Object, Schema
from scripts.contract.view import view


@dataclass(frozen=True, slots=True)
class FacadeMethod:
    """A method of the clients, and what it uses, as `facade` in generator-config.yaml says.

    Attributes:
        name: The method.
        operation: The function in `api/`.
        parameters: The arguments of that function that the method gives.
        body: The class of the request body; empty where the method sends none.
        fields: The fields of that class, by their names on the wire, that the method reads.
        result: The class of the answer; empty where the method does not name it.
    """

    name: str
    operation: str
    parameters: tuple[str, ...] = ()
    body: str = ""
    fields: tuple[str, ...] = ()
    result: str = ""


def problems(
    contract: Contract, methods: Iterable[FacadeMethod], module: Path
) -> list[str]:
    """Return a sentence about each thing in facade.py, the module at that path, that does not fit the contract."""
    return [*missing(contract, methods), *misplaced(contract, module)]


def missing(contract: Contract, methods: Iterable[FacadeMethod]) -> list[str]:
    """Return a sentence about each thing that a method uses and the contract does not have, or requires and the method does not give."""
    sentences: list[str] = []
    for method in methods:
        sentences += [
            f"the method {method.name} in facade.py uses {lost}, which the document does not have, or which is left out;"
            " change the method, and `facade` in generator-config.yaml"
            for lost in _lost(contract, method)
        ]
        sentences += [
            f"the method {method.name} in facade.py does not give {required}, which the document requires;"
            " change the method, and `facade` in generator-config.yaml"
            for required in _not_given(contract, method)
        ]
    return sentences


def misplaced(contract: Contract, module: Path) -> list[str]:
    """Return a sentence about each function that facade.py imports from a folder of `api/` in which the contract does not have it.

    Args:
        contract: The contract.
        module: The path of facade.py.
    """
    sentences: list[str] = []
    for folder, function in _imports_from_api(module):
        folders = [
            contract.package(operation)
            for operation in contract.operations.values()
            if _has_function(contract, operation, function)
        ]
        if folders and folder not in folders:
            sentences.append(
                f"facade.py imports {function} from .api.{folder}, and it is in .api.{folders[0]} now, because the document"
                " has it under another tag; change the import"
            )
    return sentences


def _imports_from_api(module: Path) -> list[tuple[str, str]]:
    """Return folder and name of each function that a module of the package imports from `api/`, once; none if it is no Python."""
    imports: dict[tuple[str, str], None] = {}
    try:
        tree = ast.parse(module.read_bytes())
    except SyntaxError:
        return []
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.level and node.module:
            first, _dot, folder = node.module.partition(".")
            if first == "api":
                imports |= dict.fromkeys((folder, alias.name) for alias in node.names)
    return [*imports]


def _lost(contract: Contract, method: FacadeMethod) -> list[str]:
    operation = _operation(contract, method.operation)
    if operation is None:
        return [f"the operation {method.operation}"]
    arguments = [
        contract.argument(operation, parameter) for parameter in operation.parameters
    ]
    lost = [
        f"the parameter {name} of {method.operation}"
        for name in method.parameters
        if name not in arguments
    ]
    if method.body:
        lost += _lost_of_body(contract, operation, method)
    if method.result and method.result not in _result_classes(contract, operation):
        lost.append(f"the answer {method.result} of {method.operation}")
    return lost


def _not_given(contract: Contract, method: FacadeMethod) -> list[str]:
    """What every call of the operation must have, and those of the method have not."""
    operation = _operation(contract, method.operation)
    if operation is None:
        return []
    required = [
        contract.argument(operation, parameter)
        for parameter in operation.parameters
        if parameter.required
    ]
    not_given = [
        f"the parameter {name} of {method.operation}"
        for name in required
        if name not in method.parameters
    ]
    if operation.body is not None and operation.body.required and not method.body:
        not_given.append(f"the request body of {method.operation}")
    return not_given


def _lost_of_body(
    contract: Contract, operation: Operation, method: FacadeMethod
) -> list[str]:
    schemas: list[Schema] = []
    if operation.body is not None:
        schemas = [m.schema for m in operation.body.media if m.schema is not None]
    for schema in schemas:
        seen = view(schema, contract)
        if seen.class_name == method.body and isinstance(seen.schema, Object):
            return [
                f"the field {name} of {method.body}"
                for name in method.fields
                if name not in seen.schema.fields
            ]
    return [f"the request body {method.body} of {method.operation}"]


def _result_classes(contract: Contract, operation: Operation) -> list[str]:
    names: list[str] = []
    for response in operation.responses.values():
        schemas = [media.schema for media in response.media if media.schema is not None]
        names += [view(schema, contract).class_name for schema in schemas]
    return names


def _operation(contract: Contract, function: str) -> Operation | None:
    """The operation that a function in `api/` calls."""
    for operation in contract.operations.values():
        if _has_function(contract, operation, function):
            return operation
    return None


def _has_function(contract: Contract, operation: Operation, function: str) -> bool:
    calls = operation.calls
    return any(contract.function(operation, call) == function for call in calls)
