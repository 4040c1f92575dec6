"""Single-point changes of server, authentication and components as a whole."""

from __future__ import annotations

import json
from collections.abc import Iterator

from scripts.document import Json, Pointer
from scripts.mutations import edits
from scripts.mutations.base import Mutant, Mutator, follow


def document(mutator: Mutator) -> Iterator[Mutant]:
    """Mutants of the document as a whole."""
    if mutator.document.get("servers"):
        yield from _servers(mutator)
    yield from _security(mutator)
    yield from _added(mutator)


def _servers(mutator: Mutator) -> Iterator[Mutant]:
    m, document = mutator.mutant, mutator.document
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
    yield m("server dropped", (), lambda d: d.pop("servers"), breaking=True, names=url)
    yield m(
        "quiet: server described",
        ("servers", "0"),
        lambda s: s.update(description="Other words"),
        rows=0,
    )


def _security(mutator: Mutator) -> Iterator[Mutant]:
    m, document = mutator.mutant, mutator.document
    schemes = document.get("components", {}).get("securitySchemes", {})
    used = {
        name for requirement in document.get("security", ()) for name in requirement
    }
    for name in sorted(used & schemes.keys()):
        at = ("components", "securitySchemes", name)
        yield from _scheme(mutator, at)
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


def _scheme(mutator: Mutator, at: Pointer) -> Iterator[Mutant]:
    m = mutator.mutant
    if follow(mutator.document, at).get("type") != "apiKey":
        return
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
        edits.make_bearer,
        breaking=True,
        names="bearer",
    )


def _added(mutator: Mutator) -> Iterator[Mutant]:
    m = mutator.mutant
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
    yield from _more(mutator)


def _more(mutator: Mutator) -> Iterator[Mutant]:
    m = mutator.mutant
    yield m("quiet: paths reordered", ("paths",), edits.reversed_once, rows=0)
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


def components(mutator: Mutator) -> Iterator[Mutant]:
    """Mutants of components as a whole."""
    declared = mutator.document.get("components", {}).get("schemas", {})
    yield mutator.mutant(
        "quiet: components reordered",
        (),
        edits.reverse_components,
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
