"""Single-point changes of operations as such."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from functools import partial

from scripts import document as oas
from scripts.document import Json, Pointer
from scripts.mutations import edits
from scripts.mutations.base import Mutant, Mutator

_STRING = {"schema": {"type": "string"}}


def operation(mutator: Mutator, place: Pointer, operation: Json) -> Iterator[Mutant]:
    """Mutants of one operation but for what it sends and receives."""
    yield from _call(mutator, place, operation)
    yield from _names(mutator, place, operation)
    yield from _added(mutator, place)
    yield from _quiet(mutator, place, operation)
    yield from _overridden(mutator, place, operation)


def _call(mutator: Mutator, place: Pointer, operation: Json) -> Iterator[Mutant]:
    _paths, path, method = place
    item: Pointer = ("paths", path)
    other = next(m for m in oas.METHODS if m not in mutator.document["paths"][path])
    name = operation.get("operationId") or path

    def move(held: Json) -> None:
        held[other] = held.pop(method)

    def move_path(paths: Json) -> None:
        kept = {
            key: value for key, value in paths[path].items() if key not in oas.METHODS
        }
        paths[f"{path}/moved"] = {**kept, method: paths[path].pop(method)}

    m = mutator.mutant
    yield m(
        "operation dropped", item, lambda i: i.pop(method), breaking=True, names=path
    )
    if operation.get("operationId"):
        yield m("method changed", item, move, breaking=True, names=name)
        yield m("path changed", ("paths",), move_path, breaking=True, names=path)


def _names(mutator: Mutator, place: Pointer, operation: Json) -> Iterator[Mutant]:
    m, name = mutator.mutant, operation.get("operationId")
    if name:
        yield m(
            "operation id dropped",
            place,
            lambda o: o.pop("operationId"),
            breaking=True,
            names=name,
        )
    yield m(
        "operation id changed",
        place,
        lambda o: o.update(operationId="another_one"),
        breaking=True,
        names="another_one",
    )
    yield m(
        "tag changed",
        place,
        lambda o: o.update(tags=["Another"]),
        breaking=True,
        names="Another",
    )


def _added(mutator: Mutator, place: Pointer) -> Iterator[Mutant]:
    m = mutator.mutant
    for required in (False, True):
        kind = "required" if required else "optional"
        new = {
            "name": "brand_new",
            "in": "query",
            "required": required,
            **copy.deepcopy(_STRING),
        }
        yield m(
            f"parameter added, {kind}",
            place,
            partial(edits.append, key="parameters", value=new),
            breaking=required,
            names="brand_new",
        )


def _quiet(mutator: Mutator, place: Pointer, operation: Json) -> Iterator[Mutant]:
    m = mutator.mutant
    for key in ("summary", "description"):
        yield m(
            f"quiet: {key}",
            place,
            partial(edits.put, key=key, value="Other words"),
            rows=0,
        )
    yield m("quiet: deprecated", place, lambda o: o.update(deprecated=True), rows=0)
    if len(operation.get("parameters", ())) > 1:
        yield m(
            "quiet: parameters reordered",
            place,
            lambda o: o["parameters"].reverse(),
            rows=0,
        )
    yield m(
        "quiet: second tag",
        place,
        lambda o: o.setdefault("tags", ["default"]).append("More"),
        rows=0,
    )


def _overridden(mutator: Mutator, place: Pointer, operation: Json) -> Iterator[Mutant]:
    m, name = mutator.mutant, operation.get("operationId") or place[1]
    yield m(
        "servers of its own",
        place,
        lambda o: o.update(servers=[{"url": "https://other.example"}]),
        breaking=True,
        names=name,
    )
    if mutator.document.get("security") and "security" not in operation:
        own = mutator.document["security"]
        yield m(
            "quiet: security moved here",
            place,
            lambda o: o.update(security=copy.deepcopy(own)),
            rows=0,
        )
        yield m(
            "auth dropped here",
            place,
            lambda o: o.update(security=[]),
            breaking=True,
            names=name,
        )
