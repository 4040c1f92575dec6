"""Single-point changes of operations, server, authentication and components as a whole."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from scripts import document as oas
from scripts.document import Json, Pointer

if TYPE_CHECKING:
    from scripts.mutations import Mutant, Mutator

_STRING = {"schema": {"type": "string"}}


def derive(mutator: Mutator) -> Iterator[Mutant]:
    """Mutants of all but the schemas."""
    for path, method, _item, operation in oas.operations(mutator.document):
        place: Pointer = ("paths", path, method)
        yield from _operation(mutator, place, operation)
        for index, parameter in enumerate(operation.get("parameters", ())):
            if "$ref" not in parameter:
                yield from _parameter(
                    mutator, (*place, "parameters", str(index)), parameter
                )
        if "requestBody" in operation and "$ref" not in operation["requestBody"]:
            yield from _body(mutator, place, operation)
        yield from _responses(mutator, place, operation)
    yield from _document(mutator)
    yield from _components(mutator)


def _operation(mutator: Mutator, place: Pointer, operation: Json) -> Iterator[Mutant]:
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
    dropped = not operation.get("operationId")
    yield m(
        "operation dropped", item, lambda i: i.pop(method), breaking=True, names=path
    )
    if not dropped:
        yield m("method changed", item, move, breaking=True, names=name)
        yield m("path changed", ("paths",), move_path, breaking=True, names=path)
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
            partial(_append, key="parameters", value=new),
            breaking=required,
            names="brand_new",
        )
    for key in ("summary", "description"):
        yield m(
            f"quiet: {key}",
            place,
            partial(_set, key=key, value="Other words"),
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


def _parameter(mutator: Mutator, place: Pointer, parameter: Json) -> Iterator[Mutant]:
    m, name = mutator.mutant, parameter["name"]
    where, required = parameter["in"], parameter.get("required") is True
    listed = place[:-1]
    index = int(place[-1])
    if where != "path":
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
    yield m(
        "quiet: parameter described",
        place,
        lambda p: p.update(description="Other words"),
        rows=0,
    )

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


def _body(mutator: Mutator, place: Pointer, operation: Json) -> Iterator[Mutant]:
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


def _responses(mutator: Mutator, place: Pointer, operation: Json) -> Iterator[Mutant]:
    m = mutator.mutant
    at = (*place, "responses")
    responses = operation.get("responses", {})
    for status in responses:
        success = status.startswith("2") or (
            status == "default" and len(responses) == 1
        )
        if status != "default":
            new = str(int(status[:1]) * 100 + 77)
            yield m(
                "status changed",
                at,
                partial(_move, old=status, new=new),
                breaking=success,
                rows=2,
                names=new,
            )
        yield m(
            "status dropped",
            at,
            partial(_pop, key=status),
            breaking=success,
            names=status,
        )
        yield m(
            "quiet: answer described",
            (*at, status),
            _describe,
            rows=0,
        )
        if "content" in responses[status]:
            yield from _content(mutator, (*at, status, "content"), status)
    for status in ("418", "5XX"):
        if status not in responses:
            yield m(
                "error answer added",
                at,
                partial(_set, key=status, value={"description": "no"}),
                names=status,
            )


def _document(mutator: Mutator) -> Iterator[Mutant]:
    m, document = mutator.mutant, mutator.document
    if document.get("servers"):
        url = document["servers"][0]["url"]
        yield m(
            "server changed",
            ("servers", "0"),
            lambda s: s.update(url=f"{url}/v2"),
            breaking=True,
            names=f"{url}/v2",
        )
        yield m(
            "server added",
            (),
            lambda d: d["servers"].append({"url": "https://second.example"}),
            names="second.example",
        )
        yield m(
            "server dropped", (), lambda d: d.pop("servers"), breaking=True, names=url
        )
        yield m(
            "quiet: server described",
            ("servers", "0"),
            lambda s: s.update(description="Other words"),
            rows=0,
        )
    schemes = document.get("components", {}).get("securitySchemes", {})
    used = {
        name for requirement in document.get("security", ()) for name in requirement
    }
    for name in sorted(used & schemes.keys()):
        at = ("components", "securitySchemes", name)
        if schemes[name].get("type") == "apiKey":
            yield m(
                "auth renamed",
                at,
                lambda s: s.update(name="x-other"),
                breaking=True,
                names="x-other",
            )
            yield m(
                "auth moved",
                at,
                lambda s: s.update({"in": "query"}),
                breaking=True,
                names="query",
            )
            yield m(
                "auth of another kind",
                at,
                _make_bearer,
                breaking=True,
                names="bearer",
            )
        yield m(
            "quiet: auth described",
            at,
            lambda s: s.update(description="Other words"),
            rows=0,
        )
        yield m(
            "auth dropped",
            (),
            lambda d: d.pop("security"),
            breaking=True,
            names="authentication",
        )
        yield m(
            "auth optional",
            (),
            lambda d: d["security"].append({}),
            breaking=True,
            names="authentication",
        )
    unused = {
        "Unused": {
            "type": "object",
            "required": ["a"],
            "properties": {"a": {"type": "string"}},
        }
    }
    yield m(
        "quiet: unused schema",
        (),
        lambda d: (
            d.setdefault("components", {}).setdefault("schemas", {}).update(unused)
        ),
        rows=0,
    )
    yield m(
        "quiet: unused tag",
        (),
        lambda d: d.setdefault("tags", []).append({"name": "Unused"}),
        rows=0,
    )
    yield m(
        "quiet: version",
        ("info",),
        lambda i: i.update(version="999", title="Another"),
        rows=0,
    )
    yield m("quiet: paths reordered", ("paths",), _reversed_once, rows=0)
    new = {
        "get": {
            "operationId": "brand_new",
            "responses": {"204": {"description": "done"}},
        }
    }
    yield m(
        "operation added",
        ("paths",),
        lambda p: p.update({"/brand-new": new}),
        names="brand_new",
    )


def _reversed_once(held: Json) -> None:
    items = list(held.items())[::-1]
    held.clear()
    held.update(items)


def _components(mutator: Mutator) -> Iterator[Mutant]:
    declared = mutator.document.get("components", {}).get("schemas", {})
    yield mutator.mutant(
        "quiet: components reordered",
        (),
        _reverse_components,
        rows=0,
    )
    for name, schema in declared.items():
        if not mutator.ways.get(name) or not (
            {"properties", "enum", "allOf"} & schema.keys()
        ):
            continue

        def rename(document: Json, old: str = name) -> None:
            text = json.dumps(document).replace(f'schemas/{old}"', f'schemas/{old}Two"')
            document.clear()
            document.update(json.loads(text))
            schemas = document["components"]["schemas"]
            schemas[f"{old}Two"] = schemas.pop(old)

        yield mutator.mutant(
            "type renamed", (), rename, breaking=True, rows=2, names=f"{name}Two"
        )
        if any("$ref" in member for member in schema.get("allOf", ())):
            at = ("components", "schemas", name)
            yield mutator.mutant(
                "base dropped", at, lambda s: s.pop("allOf"), breaking=True, names=name
            )


def _append(held: Json, key: str, value: Json) -> None:
    held.setdefault(key, []).append(value)


def _set(held: Json, key: str, value: Json) -> None:
    held[key] = value


def _pop(held: Json, key: str) -> None:
    del held[key]


def _move(held: Json, old: str, new: str) -> None:
    held[new] = held.pop(old)


def _describe(held: Json) -> None:
    if "$ref" not in held:
        held["description"] = "Other words"


def _reverse_components(document: Json) -> None:
    _reversed_once(document.get("components", {}).get("schemas", {}))


def _make_bearer(scheme: Json) -> None:
    scheme.clear()
    scheme.update(type="http", scheme="bearer")
