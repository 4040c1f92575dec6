"""Schemas that changed although no operation of the client reaches them, so that nothing else of a report shows it."""

from __future__ import annotations

from collections.abc import Mapping

from scripts.contract.model import Contract
from scripts.contract.reporting.side import Side
from scripts.intake.prose import without_prose


def schemas_of(document: object) -> Mapping[str, object]:
    """The shared schemas of a document by name."""
    components = document.get("components") if isinstance(document, dict) else None
    schemas = components.get("schemas") if isinstance(components, dict) else None
    return schemas if isinstance(schemas, dict) else {}


def unreached_changes(
    old: tuple[Contract, Side], new: tuple[Contract, Side]
) -> tuple[str, ...]:
    """The names of schemas that were added, removed or changed in more than prose, and that neither contract has.

    Nothing where one of the documents is only known as a contract.
    """
    old_schemas = old[1].schemas
    new_schemas = new[1].schemas
    if old_schemas is None or new_schemas is None:
        return ()
    reached = _reached(old[0]) | _reached(new[0])
    names = []
    for name in sorted(old_schemas.keys() | new_schemas.keys()):
        if name in reached or old_schemas.get(name) == new_schemas.get(name):
            continue
        before = without_prose(old_schemas.get(name), extensions=False)
        after = without_prose(new_schemas.get(name), extensions=False)
        if before != after:
            names.append(name)
    return tuple(names)


def _reached(contract: Contract) -> set[str]:
    """The names of the schemas that a contract has."""
    names = {*contract.types}
    for schema in contract.types.values():
        if schema.pointer[:2] == ("components", "schemas"):
            names.add(schema.pointer[2])
    if contract.incoming is not None:
        names |= _reached(contract.incoming)
    return names
