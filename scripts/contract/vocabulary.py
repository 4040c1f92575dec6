"""What a document says, in the words that generated code has for it."""

from __future__ import annotations

import dataclasses
import datetime
import re
from typing import Any

from scripts.contract.code_operations import FLATTENED
from scripts.contract.model import Content, Contract, Operation
from scripts.contract.view import View

_VARIABLE = re.compile(r"\{([^{}]*)\}")


def value(seen: View) -> Any:
    if seen.format == "date-time" and isinstance(seen.default, str):
        try:
            return datetime.datetime.fromisoformat(seen.default)
        except ValueError:
            return seen.default
    return seen.default


def folded(name: str) -> str:
    return "".join(c for c in name.lower() if c.isalnum())


def alike(python: str, wire: str) -> bool:
    """A Python name holds all letters and digits of the name in the document, in their order."""
    return folded(wire) in folded(python)


def call(operation: Operation) -> str:
    return f"{operation.method.lower()} {_VARIABLE.sub('{}', operation.path)}"


def renamed(a: Operation, b: Operation) -> Operation:
    """The operation of the code, its path variables and objects in the query under the names of the document."""
    parameters = dict(a.parameters)
    wires = _VARIABLE.findall(b.path)
    for python, wire in zip(_VARIABLE.findall(a.path), wires, strict=True):
        parameter = parameters.pop(("path", python), None)
        if parameter is not None:
            parameters["path", wire] = dataclasses.replace(parameter, name=wire)
    for where, name in a.parameters:
        python = name.removesuffix(FLATTENED)
        for wire in (w for at, w in b.parameters if at == "query" and name != python):
            if alike(python, wire) and (where, wire) not in parameters:
                parameters[where, wire] = parameters.pop((where, name))
                break
    return dataclasses.replace(a, path=b.path, parameters=parameters)


def projected(document: Contract) -> Contract:
    """The document's contract in the vocabulary of code: one server, one way of decoding for an answer."""
    operations = {}
    for name, o in document.operations.items():
        responses = {
            status: Content(c.place, {_decoding(t): s for t, s in c.types.items()})
            for status, c in o.responses.items()
        }
        operations[name] = Operation(
            o.name,
            o.id,
            o.method,
            o.path,
            o.tag,
            o.parameters,
            o.body,
            responses,
            o.security,
        )
    return Contract(
        document.servers[:1],
        document.security,
        document.schemes,
        operations,
        document.types,
        document.declared,
    )


def _decoding(content_type: str) -> str:
    kind = content_type.split(";")[0].strip()
    if kind == "application/json" or kind.endswith("+json"):
        return "json"
    if kind == "application/octet-stream":
        return "bytes"
    return "text" if kind.startswith("text/") else content_type
