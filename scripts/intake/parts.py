"""The parts of a document, which pages add, replace or share: each operation, each component, and each other key at the top."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator

from scripts.common.printer import listing
from scripts.intake import document as oas
from scripts.intake.document import METHODS, Json, Pointer
from scripts.intake.yaml_text import referred

Parts = dict[Pointer, Json]

# What holds for all operations.
GENERAL: tuple[Pointer, ...] = (
    ("openapi",),
    ("jsonSchemaDialect",),
    ("servers",),
    ("security",),
)
# Keys of a path item that hold for all operations of the path.
PATH_KEYS = ("parameters", "servers")
# Parts of these stand at the third level: ("components", "schemas", "Pet").
_NESTED = ("paths", "components", "webhooks")
PART_LEVEL = 3

_LOCAL_REFERENCE = re.compile(r'"(#/[^"\\]*)"')


def operation_keys(document: Json) -> dict[str, Pointer]:
    """The operations of a document as "METHOD /path", with their places."""
    return {
        f"{method.upper()} {path}": ("paths", path, method)
        for path, method, _item, _operation in oas.operations(document)
    }


def is_nested(place: Pointer) -> bool:
    """Whether what stands at a place is no part itself, but holds parts at the third level."""
    is_above_parts = place[0] in _NESTED and len(place) < PART_LEVEL
    return is_above_parts and not place[-1].startswith("x-")


def parts_of(document: Json, place: Pointer = ()) -> Iterator[tuple[Pointer, Json]]:
    """Each part of a document, with its place."""
    for key, value in document.items():
        inner = (*place, key)
        if is_nested(inner) and isinstance(value, dict) and value:
            yield from parts_of(value, inner)
        else:
            yield inner, value


def document_of(parts: Parts) -> Json:
    """The document that has these parts."""
    document: Json = {}
    for place, value in copy.deepcopy(parts).items():
        holder = document
        for key in place[:-1]:
            holder = holder.setdefault(key, {})
        holder.setdefault(place[-1], value)
    return document


def users_of(parts: Parts) -> dict[Pointer, set[str]]:
    """The operations that use each part, by any chain of references: "METHOD /path" by the place of the part."""
    referred_places: dict[Pointer, list[Pointer]] = {}
    for place, value in parts.items():
        text = json.dumps(value, ensure_ascii=False)
        references = _LOCAL_REFERENCE.findall(text)
        referred_places[place] = [referred(ref)[:PART_LEVEL] for ref in references]
    users: dict[Pointer, set[str]] = {}
    for operation in parts:
        if operation[0] != "paths" or operation[-1] not in METHODS:
            continue
        key = f"{operation[2].upper()} {operation[1]}"
        waiting = [operation, *_parts_of_path(parts, operation[1])]
        while waiting:
            place = waiting.pop()
            if place in parts and key not in users.setdefault(place, set()):
                users[place].add(key)
                waiting += referred_places[place]
    return users


def _parts_of_path(parts: Parts, path: str) -> list[Pointer]:
    """What holds for all operations of a path."""
    return [
        place
        for place in parts
        if place[:2] == ("paths", path) and place[-1] not in METHODS
    ]


def doubled_ids(old: Json, new: Json) -> Iterator[str]:
    """A note for each operationId that more than one operation has now."""
    before = _operations_by_id(old)
    for operation_id, keys in _operations_by_id(new).items():
        if len(keys) > 1 and keys != before.get(operation_id):
            yield (
                f"the operationId {operation_id!r} is that of {listing(keys)}; functions need names of their own,"
                " so the generated names of these operations change"
            )


def _operations_by_id(document: Json) -> dict[str, list[str]]:
    """Operations as "METHOD /path", by their operationId."""
    by_id: dict[str, list[str]] = {}
    for path, method, _item, operation in oas.operations(document):
        operation_id = operation.get("operationId")
        if isinstance(operation_id, str):
            by_id.setdefault(operation_id, []).append(f"{method.upper()} {path}")
    return by_id
