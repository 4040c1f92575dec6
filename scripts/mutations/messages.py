"""Single-point changes of what an operation sends and receives: parameters, body, answers."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from scripts import document as oas
from scripts.document import Json, Pointer
from scripts.mutations import edits
from scripts.mutations.base import Mutant, Mutator


def parameter(mutator: Mutator, place: Pointer, parameter: Json) -> Iterator[Mutant]:
    """Mutants of one parameter."""
    if parameter["in"] != "path":
        yield from _changed(mutator, place, parameter)
    yield mutator.mutant(
        "quiet: parameter described",
        place,
        lambda p: p.update(description="Other words"),
        rows=0,
    )
    yield from _moved(mutator, place, parameter)


def _changed(mutator: Mutator, place: Pointer, parameter: Json) -> Iterator[Mutant]:
    m, name = mutator.mutant, parameter["name"]
    where, required = parameter["in"], parameter.get("required") is True
    listed, index = place[:-1], int(place[-1])
    yield m(
        "parameter dropped",
        listed,
        lambda p: p.pop(index),
        breaking=True,
        names=name,
    )
    yield m(
        "parameter renamed",
        place,
        lambda p: p.update(name=f"{name}-2"),
        breaking=True,
        rows=2,
        names=f"{name}-2",
    )
    other = "query" if where != "query" else "header"
    yield m(
        "parameter moved",
        place,
        lambda p: p.update({"in": other}),
        breaking=True,
        rows=2,
        names=other,
    )
    kind = "relaxed" if required else "required"
    yield m(
        f"parameter {kind}",
        place,
        lambda p: p.update(required=not required),
        breaking=not required,
        names=name,
    )


def _moved(mutator: Mutator, place: Pointer, parameter: Json) -> Iterator[Mutant]:
    """The same parameter, declared elsewhere."""
    m = mutator.mutant
    listed, index = place[:-1], int(place[-1])

    def share(document: Json) -> None:
        held = document
        for part in listed:
            held = held[part]
        shared = document.setdefault("components", {}).setdefault("parameters", {})
        shared["Shared"] = held[index]
        held[index] = {"$ref": "#/components/parameters/Shared"}

    if not any(
        key in parameter.get("schema", {})
        for key in ("enum", "properties", "anyOf", "oneOf")
    ):
        yield m("quiet: parameter made a component", (), share, rows=0)

    def for_path(item: Json) -> None:
        item.setdefault("parameters", []).append(
            item[place[2]]["parameters"].pop(index)
        )

    alone = (
        sum(method in mutator.document["paths"][place[1]] for method in oas.METHODS)
        == 1
    )
    if alone:
        yield m("quiet: parameter moved to the path", place[:2], for_path, rows=0)


def body(mutator: Mutator, place: Pointer, operation: Json) -> Iterator[Mutant]:
    """Mutants of a request body but for its schema."""
    m = mutator.mutant
    name = operation.get("operationId") or place[1]
    required = operation["requestBody"].get("required") is True
    kind = "relaxed" if required else "required"
    yield m(
        "body dropped", place, lambda o: o.pop("requestBody"), breaking=True, names=name
    )
    yield m(
        f"body {kind}",
        place,
        lambda o: o["requestBody"].update(required=not required),
        breaking=not required,
        names=name,
    )
    yield from _content(mutator, (*place, "requestBody", "content"), name)


def _content(mutator: Mutator, place: Pointer, name: str) -> Iterator[Mutant]:
    held = mutator.document
    for part in place:
        held = held[part]
    first = next(iter(held), None)
    if first is None:
        return
    other = "application/vnd.other+json"
    yield mutator.mutant(
        "content type changed",
        place,
        lambda c: c.update({other: c.pop(first)}),
        breaking=True,
        names=other,
    )
    yield mutator.mutant(
        "content type added", place, lambda c: c.update({other: c[first]}), names=other
    )


def responses(mutator: Mutator, place: Pointer, operation: Json) -> Iterator[Mutant]:
    """Mutants of answers but for their schemas."""
    at = (*place, "responses")
    listed = operation.get("responses", {})
    for status in listed:
        yield from _response(mutator, at, status, listed)
    for status in ("418", "5XX"):
        if status not in listed:
            yield mutator.mutant(
                "error answer added",
                at,
                partial(edits.put, key=status, value={"description": "no"}),
                names=status,
            )


def _response(
    mutator: Mutator, at: Pointer, status: str, responses: Json
) -> Iterator[Mutant]:
    m = mutator.mutant
    success = status.startswith("2") or (status == "default" and len(responses) == 1)
    if status != "default":
        new = str(int(status[:1]) * 100 + 77)
        yield m(
            "status changed",
            at,
            partial(edits.move, old=status, new=new),
            breaking=success,
            rows=2,
            names=new,
        )
    yield m(
        "status dropped",
        at,
        partial(edits.pop, key=status),
        breaking=success,
        names=status,
    )
    yield m(
        "quiet: answer described",
        (*at, status),
        edits.describe,
        rows=0,
    )
    if "content" in responses[status]:
        yield from _content(mutator, (*at, status, "content"), status)
