"""Read a document into its contract. No other module knows the syntax of OpenAPI."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping

from scripts.common.errors import DocumentError
from scripts.contract.model import Contract, Json, LeftOut, Pointer, Schema, roots, walk
from scripts.contract.reading import names
from scripts.contract.reading.operations import OperationReader, mapping, out
from scripts.contract.reading.rules import MALFORMED, reason
from scripts.intake.document import METHODS
from scripts.intake.yaml_text import referred

_NOTHING: Mapping[str, tuple[str, str]] = {}


def read(
    document: Json,
    overrides: Mapping[str, tuple[str, str]] = _NOTHING,
    leave_out: Mapping[str, str] | None = None,
) -> Contract:
    """The contract of an OpenAPI 3.0 or 3.1 document.

    Args:
        document: Plain data, as `scripts.intake.document.read` gives it.
        overrides: Class and module name by the class name that place and keys give; see `class_overrides` in generator-config.yaml.
        leave_out: Operations to leave out, by "METHOD /path", each with the reason.

    Raises:
        DocumentError: It is no OpenAPI 3.0 or 3.1 document.
    """
    version = document.get("openapi") if isinstance(document, dict) else None
    if not isinstance(version, str) or not version.startswith(("3.0", "3.1")):
        raise DocumentError("this is not an OpenAPI 3.0 or 3.1 document")
    reader = OperationReader(document, old=version.startswith("3.0"))
    info = mapping(document.get("info"), ("info",))
    contract = Contract(
        title=str(info.get("title", "")),
        version=str(info.get("version", "")),
        openapi=version,
        servers=reader.servers,
        security=reader.security,
        schemes=reader.schemes,
        operations={},
        left_out={},
        types=reader.schemas.types,
        webhooks=reader.expanded(document.get("webhooks")),
    )
    _fill(contract, reader, leave_out or {})
    contract = _kept(contract)
    contract.warnings = tuple(reader.schemas.warnings)
    contract.unused_overrides = names.choose(contract, overrides)
    return contract


def without(contract: Contract, reasons: Mapping[str, str]) -> Contract:
    """The contract with some more operations left out, each for a reason, and nothing that only they use."""
    left = {
        key: LeftOut(key, contract.operations[key].at, reason)
        for key, reason in reasons.items()
    }
    return _kept(dataclasses.replace(contract, left_out=contract.left_out | left))


def _fill(
    contract: Contract, reader: OperationReader, leave_out: Mapping[str, str]
) -> None:
    """Read every operation; one that cannot be carried is left out and stops no other."""

    def leave(key: str, place: Pointer, reason: str, raw: Json) -> None:
        words, content = " ".join(reason.split()), reader.expanded(raw)
        contract.left_out[key] = LeftOut(key, place, words, content)

    paths = mapping(reader.document.get("paths"), ("paths",))
    for path, held in paths.items():
        if path.startswith("x-"):
            continue
        place: Pointer = ("paths", path)
        try:
            item, _place, _key = reader.follow(held, place)
        except DocumentError as error:
            leave(f"* {path}", place, str(error), held)
            continue
        for method in [method for method in METHODS if method in item]:
            key, place = f"{method.upper()} {path}", ("paths", path, method)
            try:
                if key in leave_out:
                    out(leave_out[key])
                operation = reader.operation(key, place, item, item[method])
                contract.operations[key] = operation
            except (DocumentError, *MALFORMED) as error:
                said = [item[method], item.get("parameters")]
                leave(key, place, reason(error, place), said)
    broken = reader.schemas.broken
    for key, reached in _reached(contract) if broken else ():
        if found := sorted(reached & broken.keys()):
            operation = contract.operations[key]
            leave(key, operation.at, broken[found[0]], paths[operation.path])


def _kept(contract: Contract) -> Contract:
    """A contract without the operations that are left out, and what only they use."""
    operations = contract.operations
    kept = {k: o for k, o in operations.items() if k not in contract.left_out}
    contract = dataclasses.replace(contract, operations=kept)
    schemes = {n for o in kept.values() for each in o.security for n in each}
    types = {name for _key, reached in _reached(contract) for name in reached}
    contract.schemes = {n: s for n, s in contract.schemes.items() if n in schemes}
    contract.types = {k: t for k, t in contract.types.items() if k in types}
    return contract


def _reached(contract: Contract) -> Iterator[tuple[str, set[str]]]:
    """The key of each operation, and those of all types that it leads to."""
    direct = {key: _named(schema) for key, schema in contract.types.items()}
    for operation in contract.operations.values():
        starts = [schema for schema, _sent in roots(operation)]
        for response in operation.responses.values():
            starts += response.headers.values()
        found: set[str] = set()
        waiting = {key for start in starts for key in _named(start)}
        while waiting:
            key = waiting.pop()
            found.add(key)
            waiting |= direct.get(key, set()) - found
        yield operation.key, found


def _named(schema: Schema) -> set[str]:
    """Keys of the types that a schema itself refers to, by typed references or by what validates."""
    typed = [(held.ref, *held.bases) for held in walk([schema])]
    return {*types_in(schema.rule)}.union(*typed)


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
