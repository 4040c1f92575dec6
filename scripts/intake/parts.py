"""The parts of a document, which pages add, replace or share: each operation, each component, and each other key at the top."""

from __future__ import annotations

import contextlib
import copy
import json
import re
from collections.abc import Iterator

from scripts.common.errors import DocumentError
from scripts.common.printer import listing
from scripts.intake.document import METHODS, Json, Pointer
from scripts.intake.references import References
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
# Of a path, operations with methods that OpenAPI does not name (OpenAPI 3.2). They stand one level below.
_ADDITIONAL = "additionalOperations"

_LOCAL_REFERENCE = re.compile(r'"(#/[^"\\]*)"')
_REFERENCE_KEYWORDS = ("$ref", "$dynamicRef")


def operation_keys(document: Json) -> dict[str, Pointer]:
    """The operations of a document as "METHOD /path", with their places."""
    keys = {}
    for place, _operation in _operations(document):
        keys[_operation_key(place)] = place
    return keys


def _operations(document: Json) -> Iterator[tuple[Pointer, Json]]:
    """Each operation with its place, those with additional methods last in their path."""
    for path, item in document.get("paths", {}).items():
        if not path.startswith("/"):
            continue
        for method in METHODS:
            if method in item:
                yield ("paths", path, method), item[method]
        additional = item.get(_ADDITIONAL)
        if isinstance(additional, dict):
            for method, operation in additional.items():
                yield ("paths", path, _ADDITIONAL, method), operation


def _operation_key(place: Pointer) -> str:
    """The key of the operation at a place, "METHOD /path"; empty where no operation can stand."""
    match place:
        case ("paths", path, method) if method in METHODS:
            return f"{method.upper()} {path}"
        case ("paths", path, "additionalOperations", method):
            return f"{method} {path}"
        case _:
            return ""


def is_nested(place: Pointer) -> bool:
    """Whether a place is above parts: what stands there holds parts and is none itself."""
    if place[-1].startswith("x-"):
        return False
    is_above_parts = place[0] in _NESTED and len(place) < PART_LEVEL
    return is_above_parts or _holds_additional_operations(place)


def _holds_additional_operations(place: Pointer) -> bool:
    return place[0] == "paths" and len(place) == PART_LEVEL and place[-1] == _ADDITIONAL


def _part_at(place: Pointer) -> Pointer:
    """The place of the part in which a place is."""
    part = place[:PART_LEVEL]
    if part and _holds_additional_operations(part):
        return place[: PART_LEVEL + 1]
    return part


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
    named = References(document_of(parts))
    referred_parts: dict[Pointer, list[Pointer]] = {}
    for place, value in parts.items():
        text = json.dumps(value, ensure_ascii=False)
        referred_parts[place] = [
            _part_at(referred(ref)) for ref in _LOCAL_REFERENCE.findall(text)
        ]
        referred_parts[place] += _parts_by_name(value, place, named)
    users: dict[Pointer, set[str]] = {}
    for operation in parts:
        key = _operation_key(operation)
        if not key:
            continue
        waiting = [operation, *_parts_of_path(parts, operation[1])]
        while waiting:
            place = waiting.pop()
            if place in parts and key not in users.setdefault(place, set()):
                users[place].add(key)
                waiting += referred_parts[place]
    return users


def _parts_by_name(
    value: Json, place: Pointer, references: References
) -> Iterator[Pointer]:
    """Yield the parts that references in a value name by `$anchor` or `$id`."""
    pending = [(value, place)]
    while pending:
        value, place = pending.pop()
        if isinstance(value, list):
            for index, item in enumerate(value):
                pending.append((item, (*place, str(index))))
        elif isinstance(value, dict):
            for keyword in _REFERENCE_KEYWORDS:
                ref = value.get(keyword)
                if isinstance(ref, str) and not ref.startswith("#/"):
                    with contextlib.suppress(DocumentError):
                        yield _part_at(references.locate(ref, place)[0])
            for key, item in value.items():
                pending.append((item, (*place, str(key))))


def _parts_of_path(parts: Parts, path: str) -> list[Pointer]:
    """The parts of a path item that apply to all its operations."""
    return [
        place
        for place in parts
        if place[:2] == ("paths", path) and not _operation_key(place)
    ]


def doubled_ids(old: Json, new: Json) -> Iterator[str]:
    """A note for each operationId that more than one operation has now."""
    before = _operations_by_id(old)
    for operation_id, keys in _operations_by_id(new).items():
        if len(keys) < 2 or keys == before.get(operation_id):
            continue
        note = (
            f"the operationId {operation_id!r} is that of {listing(keys)}; functions need names of their own,"
            " so the generated names of these operations change"
        )
        for key in before.get(operation_id, ()):
            note += (
                f"; if {key} has moved, drop it: make update FLAGS=\"--remove '{key}'\""
            )
        yield note


def _operations_by_id(document: Json) -> dict[str, list[str]]:
    """Operations as "METHOD /path", by their operationId."""
    by_id: dict[str, list[str]] = {}
    for place, operation in _operations(document):
        operation_id = operation.get("operationId")
        if isinstance(operation_id, str):
            by_id.setdefault(operation_id, []).append(_operation_key(place))
    return by_id
