"""Read a document into its contract: begin with `read`."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping

from scripts.common.errors import DocumentError
from scripts.contract.model import (
    Contract,
    LeftOut,
    Operation,
    sent_and_received,
    without_each_part,
)
from scripts.contract.names import Names
from scripts.contract.reading import naming
from scripts.contract.reading.incoming import IncomingReader, names_of
from scripts.contract.reading.operations import OperationReader, OperationSource
from scripts.contract.reading.parts import only_part_in_the_way
from scripts.contract.reading.schemas import SchemaReader
from scripts.contract.reading.untyped import (
    MALFORMED,
    mapping,
    mapping_or_empty,
    reason,
)
from scripts.contract.schema import Reference, Schema, Types, walk
from scripts.intake.document import METHODS, openapi_version
from scripts.intake.yaml_text import Pointer, referred

_NOTHING: Mapping[str, tuple[str, str]] = {}
_NO_PARTS: Mapping[str, Mapping[str, str]] = {}


def read(
    document: object,
    overrides: Mapping[str, tuple[str, str]] = _NOTHING,
    leave_out: Mapping[str, str] | None = None,
    nested_values: str = "",
    leave_out_parts: Mapping[str, Mapping[str, str]] = _NO_PARTS,
) -> Contract:
    """The contract of an OpenAPI 3.0, 3.1 or 3.2 document.

    Args:
        document: Plain data, as `scripts.intake.document.read` gives it.
        overrides: Class and module name by the class name that place and keys give; see `class_overrides` in generator-config.yaml.
        leave_out: Operations to leave out, by "METHOD /path", each with the reason.
        nested_values: How values nested in queries and forms are written; see `operations.NESTED_VALUES`.
        leave_out_parts: Parts of operations to leave out, by "METHOD /path" and by the name of the part, each with the reason.

    Raises:
        DocumentError: It is no OpenAPI 3.0, 3.1 or 3.2 document.
    """
    version = openapi_version(document)
    root = mapping(document, ())
    reader = OperationReader(
        root,
        openapi_30=version.startswith("3.0"),
        nested_values=nested_values,
    )
    info = mapping(root.get("info"), ("info",))
    paths = _PathsReader(reader, leave_out or {}, leave_out_parts)
    paths.read(mapping(root.get("paths"), ("paths",)))
    incoming = _incoming(root, reader, paths)
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
        warnings=reader.schemas.nodes.warnings,
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
    document: dict[str, object], reader: OperationReader, paths: _PathsReader
) -> Contract:
    """The webhooks and callbacks, as a contract of their own."""
    incoming = IncomingReader(reader)
    incoming.webhooks(document.get("webhooks"))
    for key, operation in paths.operations.items():
        incoming.callbacks(operation, paths.callbacks[key])
    for key, why in _reasons_by_type(incoming.operations, reader.schemas).items():
        incoming.leave_out(key, why)
    contract = Contract(
        title="",
        version="",
        openapi="",
        servers=(),
        security=(),
        schemes=reader.access.schemes,
        operations=incoming.operations,
        left_out=incoming.left_out,
        types=reader.schemas.types,
        names=names_of(incoming.operations),
    )
    return _without_unused(contract)


class _PathsReader:
    """Reads every operation of a document; one that cannot be generated is left out and stops no other.

    Attributes:
        operations: What was read, by key.
        callbacks: What the document says of the callbacks of each operation that was read, by key.
        left_out: What was not, by key.
    """

    def __init__(
        self,
        reader: OperationReader,
        leave_out: Mapping[str, str],
        leave_out_parts: Mapping[str, Mapping[str, str]],
    ) -> None:
        self._reader = reader
        self._reasons = leave_out
        self._reasons_of_parts = leave_out_parts
        self.operations: dict[str, Operation] = {}
        self.callbacks: dict[str, object] = {}
        self.left_out: dict[str, LeftOut] = {}

    def read(self, paths: Mapping[str, object]) -> None:
        """Read the paths of a document."""
        for path, stated in paths.items():
            if not path.startswith("x-"):
                self._path(path, stated)
        self._leave_out_broken(paths)

    def _path(self, path: str, stated: object) -> None:
        """Read the operations of a path item."""
        place: Pointer = ("paths", path)
        try:
            item = self._reader.parts.follow(stated, place).content
        except DocumentError as error:
            self._leave_out(f"* {path}", place, str(error), stated)
            return
        for method in METHODS:
            if method in item:
                key = f"{method.upper()} {path}"
                self._operation(key, (*place, method), item, item[method])
        additional = item.get("additionalOperations")  # OpenAPI 3.2
        for method, operation in mapping_or_empty(additional).items():
            key = f"{method} {path}"
            operation_place = (*place, "additionalOperations", method)
            self._operation(key, operation_place, item, operation)

    def _operation(
        self, key: str, place: Pointer, item: dict[str, object], raw: object
    ) -> None:
        stated = [raw, item.get("parameters")]
        if key in self._reasons:
            self._leave_out(key, place, self._reasons[key], stated)
            return
        source = OperationSource(key, place, item, raw)
        try:
            operation = self._reader.operation(
                source, self._reasons_of_parts.get(key, {})
            )
        except (DocumentError, *MALFORMED) as error:
            why = reason(error, place) + self._part_in_the_way(source)
            self._leave_out(key, place, why, stated)
        else:
            self.operations[key] = operation
            self.callbacks[key] = source.content.get("callbacks")

    def _part_in_the_way(self, source: OperationSource) -> str:
        """Advice to leave out one part, where the operation could be read without it; else empty."""
        try:
            parts = self._reader.optional_parts(source)
        except (DocumentError, *MALFORMED):
            return ""
        # Most operations cannot be read without any of them either.
        if not self._is_readable_without(parts, source):
            return ""
        for part in parts:
            if self._is_readable_without([part], source):
                return f"; {only_part_in_the_way(source.key, part)}"
        return ""

    def _is_readable_without(self, parts: list[str], source: OperationSource) -> bool:
        try:
            self._reader.operation(source, dict.fromkeys(parts, ""))
        except (DocumentError, *MALFORMED):
            return False
        return True

    def _leave_out_broken(self, paths: Mapping[str, object]) -> None:
        """Leave out the operations that lead to a type that cannot be read."""
        schemas = self._reader.schemas
        for key, why in _reasons_by_type(self.operations, schemas).items():
            operation = self.operations[key]
            reason_and_advice = why
            for part, remaining in without_each_part(operation):
                if not _reasons_by_type({key: remaining}, schemas):
                    reason_and_advice += f"; {only_part_in_the_way(key, part)}"
                    break
            stated = paths[operation.path]
            self._leave_out(key, operation.at, reason_and_advice, stated)

    def _leave_out(self, key: str, place: Pointer, why: str, stated: object) -> None:
        content = self._reader.parts.content(stated)
        self.left_out[key] = LeftOut(key, place, " ".join(why.split()), content)


def _reasons_by_type(
    operations: Mapping[str, Operation], schemas: SchemaReader
) -> dict[str, str]:
    """Why operations are left out that lead to a type that cannot be read, by key."""
    reasons: dict[str, str] = {}
    if not schemas.broken:
        return reasons
    reach = _Reach(schemas.types)
    for key, operation in operations.items():
        unreadable = sorted(reach.types_of(operation) & schemas.broken.keys())
        if unreadable:
            reasons[key] = schemas.broken[unreadable[0]]
    return reasons


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
    reach = _Reach(contract.types)
    for operation in operations.values():
        types |= reach.types_of(operation)
    return dataclasses.replace(
        contract,
        operations=operations,
        schemes={n: s for n, s in contract.schemes.items() if n in schemes},
        types={key: t for key, t in contract.types.items() if key in types},
    )


class _Reach:
    """Which types an operation leads to."""

    def __init__(self, types: Types) -> None:
        self._types = types
        # By the key of a type, those that it refers to itself.
        self._direct: dict[str, set[str]] = {}

    def types_of(self, operation: Operation) -> set[str]:
        """The keys of all types that an operation leads to."""
        pending: set[str] = set()
        for schema, _sent in sent_and_received(operation):
            pending |= _types_in_schema(schema)
        for response in operation.responses.values():
            for header in response.headers.values():
                pending |= _types_in_schema(header)
        reached: set[str] = set()
        while pending:
            key = pending.pop()
            reached.add(key)
            pending |= self._referred_by(key) - reached
        return reached

    def _referred_by(self, key: str) -> set[str]:
        """The keys of the types that a type itself refers to."""
        if key not in self._direct:
            schema = self._types.get(key)
            self._direct[key] = (
                _types_in_schema(schema) if schema is not None else set()
            )
        return self._direct[key]


def _types_in_schema(schema: Schema) -> set[str]:
    """The keys of the types that a schema itself refers to: in its references, its base types and its rule."""
    keys = set(types_in(schema.rule))
    for inner in walk([schema]):
        keys.update(inner.bases)
        if isinstance(inner, Reference):
            keys.add(inner.key)
    return keys


def types_in(rule: object) -> Iterator[str]:
    """The keys of the types that a rule refers to."""
    pending = [rule]
    while pending:
        value = pending.pop()
        if isinstance(value, dict):
            ref = value.get("$ref")
            if isinstance(ref, str):
                yield referred(ref)[-1]
            pending += value.values()
        elif isinstance(value, list):
            pending += value
