"""What makes mutants of a document, and in which directions its parts travel."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any, NamedTuple

import yaml

from scripts import document as oas
from scripts.document import Json, Pointer
from scripts.mutations.edits import Edit

SENT, RECEIVED = "sent", "received"


class Mutant(NamedTuple):
    """A document with one change. `rows`: how many a report must have, 0 for a change that means nothing."""

    kind: str
    place: str
    document: Json
    rows: int
    breaking: bool
    names: str


def to_text(document: Json) -> str:
    """YAML without aliases."""

    class Plain(yaml.SafeDumper):
        def ignore_aliases(self, data: Any) -> bool:
            return True

    return yaml.dump(document, Dumper=Plain, sort_keys=False, allow_unicode=True)


def follow(document: Json, pointer: Pointer) -> Json:
    """What stands at a place."""
    for part in pointer:
        document = document[int(part) if isinstance(document, list) else part]
    return document


class Mutator:
    """Makes mutants of one document."""

    def __init__(self, document: Json) -> None:
        self.document = document
        self.ways = ways(document)

    def travelling(self) -> Iterator[tuple[Pointer, Json]]:
        """Schemas that operations reach."""
        for pointer, schema in oas.schemas(self.document):
            if self.way(pointer):
                yield pointer, schema

    def way(self, pointer: Pointer) -> set[str]:
        """The directions in which what stands at a place travels."""
        if pointer[:2] == ("components", "schemas"):
            return self.ways.get(pointer[2], set())
        if pointer[0] == "paths":
            return {RECEIVED if "responses" in pointer else SENT}
        return set()

    def mutant(
        self,
        kind: str,
        pointer: Pointer,
        edit: Edit,
        *,
        breaking: bool = False,
        rows: int = 1,
        names: str = "",
    ) -> Mutant:
        changed = copy.deepcopy(self.document)
        edit(follow(changed, pointer))
        return Mutant(kind, oas.at(pointer), changed, rows, breaking, names)


def ways(document: Json) -> dict[str, set[str]]:
    """For each component the directions in which it travels, base types with those that inherit them."""
    found: dict[str, set[str]] = {}
    for *_place, item, operation in oas.operations(document):
        sent = [
            item.get("parameters"),
            operation.get("parameters"),
            operation.get("requestBody"),
        ]
        _spread(document, sent, SENT, found)
        _spread(document, operation.get("responses"), RECEIVED, found)
    return found


def _spread(document: Json, value: Json, way: str, found: dict[str, set[str]]) -> None:
    if isinstance(value, list):
        for item in value:
            _spread(document, item, way, found)
    elif isinstance(value, dict):
        ref = value.get("$ref")
        if isinstance(ref, str):
            name = ref.removeprefix("#/components/schemas/")
            if way in found.setdefault(name, set()):
                return
            found[name].add(way)
            _spread(document, oas.lookup(document, ref), way, found)
        for key, held in value.items():
            if key not in ("example", "examples", "default"):
                _spread(document, held, way, found)
