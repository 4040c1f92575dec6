"""Read a document into its contract. No other folder knows the syntax of OpenAPI."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping

from scripts.common.errors import DocumentError
from scripts.contract.model import Contract, LeftOut, Operation, sent_and_received
from scripts.contract.names import Names
from scripts.contract.reading import naming
from scripts.contract.reading.incoming import IncomingReader, names_of
from scripts.contract.reading.nodes import MALFORMED, reason
from scripts.contract.reading.operations import OperationReader
from scripts.contract.reading.parts import leave_out as refuse
from scripts.contract.reading.parts import mapping
from scripts.contract.schema import Reference, Schema, Types, walk
from scripts.intake.document import METHODS, lookup, openapi_version
from scripts.intake.yaml_text import Json, Pointer, at, referred

_NOTHING: Mapping[str, tuple[str, str]] = {}


def read(
    document: Json,
    overrides: Mapping[str, tuple[str, str]] = _NOTHING,
    leave_out: Mapping[str, str] | None = None,
    nested_values: str = "",
) -> Contract:
    """The contract of an OpenAPI 3.0, 3.1 or 3.2 document.

    Args:
        document: Plain data, as `scripts.intake.document.read` gives it.
        overrides: Class and module name by the class name that place and keys give; see `class_overrides` in generator-config.yaml.
        leave_out: Operations to leave out, by "METHOD /path", each with the reason.
        nested_values: How values nested in queries and forms are written; see `operations.NESTED_VALUES`.

    Raises:
        DocumentError: It is no OpenAPI 3.0, 3.1 or 3.2 document.
    """
    version = openapi_version(document)
    reader = OperationReader(
        document,
        openapi_30=version.startswith("3.0"),
        nested_values=nested_values,
    )
    info = mapping(document.get("info"), ("info",))
    paths = _PathsReader(reader, leave_out or {})
    paths.read(document)
    incoming = _incoming(document, reader, paths.operations.values())
    contract = Contract(
        title=str(info.get("title", "")),
        version=str(info.get("version", "")),
        openapi=version,
        servers=reader.access.servers,
        security=reader.access.security,
        schemes=reader.access.schemes,
        operations=paths.operations,
        left_out=paths.left_out,
        types=reader.schemas.types,
        names=Names(),
        nested_values=nested_values,
        incoming=incoming,
        parts=reader.parts.referred,
        warnings=tuple(reader.schemas.nodes.warnings),
    )
    contract = _without_unused(contract)
    names, unused_overrides = naming.choose(contract, overrides)
    return dataclasses.replace(contract, names=names, unused_overrides=unused_overrides)


def without(contract: Contract, reasons: Mapping[str, str]) -> Contract:
    """The contract with some more operations left out, each for a reason, and nothing that only they use."""
    left_out = dict(contract.left_out)
    for key, why in reasons.items():
        left_out[key] = LeftOut(key, contract.operations[key].at, why)
    return _without_unused(dataclasses.replace(contract, left_out=left_out))


def _incoming(
    document: Json, reader: OperationReader, operations: Iterable[Operation]
) -> Contract:
    """What the service calls, as a contract of its own."""
    incoming = IncomingReader(reader)
    incoming.webhooks(document.get("webhooks"))
    for operation in operations:
        stated = lookup(document, at(operation.at))
        incoming.callbacks(operation, stated.get("callbacks"))
    contract = Contract(
        title="",
        version="",
        openapi="",
        servers=(),
        security=(),
        schemes={},
        operations=incoming.operations,
        left_out=incoming.left_out,
        types=reader.schemas.types,
        names=names_of(incoming.operations),
    )
    return _without_unused(contract)


class _PathsReader:
    """Reads every operation of a document; one that cannot be generated is left out and stops no other."""

    def __init__(self, reader: OperationReader, wanted: Mapping[str, str]) -> None:
        """`wanted`: reasons for operations that shall be left out."""
        self._reader, self._wanted = reader, wanted
        self.operations: dict[str, Operation] = {}
        self.left_out: dict[str, LeftOut] = {}

    def read(self, document: Json) -> None:
        paths = mapping(document.get("paths"), ("paths",))
        for path, stated in paths.items():
            if not path.startswith("x-"):
                self._path(path, stated)
        self._leave_out_broken(paths)

    def _path(self, path: str, stated: Json) -> None:
        place: Pointer = ("paths", path)
        try:
            item, _place, _key = self._reader.parts.follow(stated, place)
        except DocumentError as error:
            self._leave_out(f"* {path}", place, str(error), stated)
            return
        for method in METHODS:
            if method in item:
                key = f"{method.upper()} {path}"
                self._operation(key, (*place, method), item, item[method])
        others = item.get("additionalOperations")  # OpenAPI 3.2
        for name, operation in others.items() if isinstance(others, dict) else ():
            there = (*place, "additionalOperations", name)
            self._operation(f"{name} {path}", there, item, operation)

    def _operation(self, key: str, place: Pointer, item: Json, raw: Json) -> None:
        try:
            if key in self._wanted:
                refuse(self._wanted[key])
            operation = self._reader.operation(key, place, item, raw)
        except (DocumentError, *MALFORMED) as error:
            stated = [raw, item.get("parameters")]
            self._leave_out(key, place, reason(error, place), stated)
        else:
            self.operations[key] = operation

    def _leave_out_broken(self, paths: Mapping[str, Json]) -> None:
        """Leave out the operations that lead to a type that cannot be read."""
        broken = self._reader.schemas.broken
        if not broken:
            return
        operations = self.operations.values()
        for key, reached in _reached(operations, self._reader.schemas.types):
            missing = sorted(reached & broken.keys())
            if missing:
                operation = self.operations[key]
                stated = paths[operation.path]
                self._leave_out(key, operation.at, broken[missing[0]], stated)

    def _leave_out(self, key: str, place: Pointer, why: str, stated: Json) -> None:
        content = self._reader.parts.content(stated)
        self.left_out[key] = LeftOut(key, place, " ".join(why.split()), content)


def _without_unused(contract: Contract) -> Contract:
    """A contract without the operations that are left out, and what only they use."""
    operations = {
        key: operation
        for key, operation in contract.operations.items()
        if key not in contract.left_out
    }
    schemes: set[str] = set()
    for operation in operations.values():
        for alternative in operation.security:
            schemes.update(alternative)
    types: set[str] = set()
    for _key, reached in _reached(operations.values(), contract.types):
        types.update(reached)
    return dataclasses.replace(
        contract,
        operations=operations,
        schemes={n: s for n, s in contract.schemes.items() if n in schemes},
        types={key: t for key, t in contract.types.items() if key in types},
    )


def _reached(
    operations: Iterable[Operation], types: Types
) -> Iterator[tuple[str, set[str]]]:
    """The key of each operation, and those of all types that it leads to."""
    direct = {key: _types_of(schema) for key, schema in types.items()}
    for operation in operations:
        starts = [schema for schema, _sent in sent_and_received(operation)]
        for response in operation.responses.values():
            starts += response.headers.values()
        reached: set[str] = set()
        pending = {key for schema in starts for key in _types_of(schema)}
        while pending:
            key = pending.pop()
            reached.add(key)
            pending |= direct.get(key, set()) - reached
        yield operation.key, reached


def _types_of(schema: Schema) -> set[str]:
    """Keys of the types that a schema itself refers to, by typed references or by what validates."""
    keys = set(types_in(schema.rule))
    for inner in walk([schema]):
        keys.update(inner.bases)
        if isinstance(inner, Reference):
            keys.add(inner.key)
    return keys


def types_in(rule: Json) -> Iterator[str]:
    """Keys of the types that a rule refers to."""
    if isinstance(rule, dict):
        if isinstance(rule.get("$ref"), str):
            yield referred(rule["$ref"])[-1]
        for value in rule.values():
            yield from types_in(value)
    elif isinstance(rule, list):
        for value in rule:
            yield from types_in(value)
