"""Derive every single-point change of a document, each with what a comparison must say about it."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple

import yaml

from scripts import document as oas
from scripts.document import Json, Pointer

SENT, RECEIVED = "sent", "received"
Edit = Callable[[Json], object]


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


def derive(document: Json) -> Iterator[Mutant]:
    """All mutants of a document."""
    from scripts import mutations_of_operations

    mutator = Mutator(document)
    for pointer, schema in mutator.travelling():
        yield from mutator.schema(pointer, schema)
    yield from mutations_of_operations.derive(mutator)


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

    def schema(self, pointer: Pointer, schema: Json) -> Iterator[Mutant]:
        yield from self.quiet(pointer, schema)
        if "$ref" in schema:
            yield from self.reference(pointer)
            return
        sent = SENT in self.way(pointer)
        structural = pointer[-2] != "properties" and pointer[-2] != "schemas"
        name = "" if structural else pointer[-1]
        if isinstance(schema.get("properties"), dict):
            for field in schema["properties"]:
                yield from self.field(pointer, schema, field)
            yield from self.object(pointer, schema, name)
        if isinstance(schema.get("enum"), list):
            yield from self.enum(pointer, schema, name, sent=sent)
        elif schema.get("type") in ("string", "integer", "number", "boolean"):
            yield from self.scalar(pointer, schema, name, sent=sent)
        if schema.get("type") == "array":
            yield from self.array(pointer, name)
        if "type" in schema and "allOf" not in schema:
            yield from self.kind(pointer, schema, name)

    def quiet(self, pointer: Pointer, schema: Json) -> Iterator[Mutant]:
        """What means nothing."""
        if "$ref" in schema:
            if pointer[-2] != "allOf":
                ref = schema["$ref"]
                yield self.mutant(
                    "quiet: reference wrapped in allOf",
                    pointer,
                    lambda s: (s.clear(), s.update(allOf=[{"$ref": ref}])),
                    rows=0,
                )
            return
        words: tuple[tuple[str, Edit], ...] = (
            ("quiet: retitled", lambda s: s.update(title="Another title")),
            ("quiet: described", lambda s: s.update(description="Other words")),
            ("quiet: new example", lambda s: s.update(example="an example")),
            ("quiet: extension", lambda s: s.update({"x-note": {"type": "integer"}})),
            ("quiet: deprecated", lambda s: s.update(deprecated=True)),
            ("quiet: keys reordered", _reverse),
        )
        for kind, edit in words:
            yield self.mutant(kind, pointer, edit, rows=0)
        if "properties" in schema and "additionalProperties" not in schema:
            edit = _setting("additionalProperties", True)
            yield self.mutant("quiet: additional true", pointer, edit, rows=0)
        for key in ("required", "enum"):
            if len(schema.get(key, ())) > 1:
                yield self.mutant(
                    f"quiet: {key} reordered", pointer, _reversing(key), rows=0
                )

    def field(self, pointer: Pointer, schema: Json, name: str) -> Iterator[Mutant]:
        way = self.way(pointer)
        required = name in schema.get("required", ())
        yield self.mutant(
            "field dropped", pointer, _dropping(name), breaking=True, names=name
        )
        yield self.mutant(
            "field renamed",
            pointer,
            _renaming(name, f"{name}_2"),
            breaking=True,
            rows=2,
            names=f"{name}_2",
        )
        if required:
            yield self.mutant(
                "field relaxed",
                pointer,
                lambda s: s["required"].remove(name),
                breaking=RECEIVED in way,
                names=name,
            )
        else:
            yield self.mutant(
                "field required",
                pointer,
                lambda s: s.setdefault("required", []).append(name),
                breaking=SENT in way,
                names=name,
            )

    def object(self, pointer: Pointer, schema: Json, name: str) -> Iterator[Mutant]:
        sent = SENT in self.way(pointer)
        added = {"type": "string"}
        yield self.mutant(
            "field added",
            pointer,
            lambda s: s["properties"].update(brand_new=added),
            names="brand_new",
        )
        yield self.mutant(
            "field added, required",
            pointer,
            lambda s: (
                s["properties"].update(brand_new=added),
                s.setdefault("required", []).append("brand_new"),
            ),
            breaking=sent,
            names="brand_new",
        )
        if schema.get("additionalProperties", True) is True:
            for kind, value in (("closed", False), ("typed", {"type": "string"})):
                edit = _setting("additionalProperties", value)
                yield self.mutant(
                    f"unknown fields {kind}", pointer, edit, breaking=True, names=name
                )

    def enum(
        self, pointer: Pointer, schema: Json, name: str, *, sent: bool
    ) -> Iterator[Mutant]:
        for value in schema["enum"] if len(schema["enum"]) > 1 else ():
            yield self.mutant(
                "enum value removed",
                pointer,
                partial(_remove, key="enum", value=value),
                breaking=sent,
                names=str(value),
            )
        new = "brand-new" if isinstance(schema["enum"][0], str) else 4711
        yield self.mutant(
            "enum value added", pointer, lambda s: s["enum"].append(new), names=str(new)
        )
        yield self.mutant(
            "enum dropped", pointer, _dropping_key("enum"), breaking=True, names=name
        )

    def scalar(
        self, pointer: Pointer, schema: Json, name: str, *, sent: bool
    ) -> Iterator[Mutant]:
        kind = schema["type"]
        limits = {"string": ("maxLength", "minLength", "pattern")}.get(
            kind, ("minimum", "maximum", "multipleOf") if kind != "boolean" else ()
        )
        for limit in limits:
            value: Any = "^a" if limit == "pattern" else 5
            change = _setting(limit, value)
            if limit in schema:
                yield self.mutant(
                    "limit loosened", pointer, _dropping_key(limit), names=name
                )
            else:
                yield self.mutant(
                    "limit tightened", pointer, change, breaking=sent, names=name
                )
        if kind == "string" and "format" not in schema:
            for form in ("uuid", "email"):
                yield self.mutant(
                    f"format added ({form})",
                    pointer,
                    _setting("format", form),
                    breaking=True,
                    names=name,
                )
            yield self.mutant(
                "enum added",
                pointer,
                _setting("enum", ["only"]),
                breaking=sent,
                names=name,
            )
        elif "format" in schema:
            yield self.mutant(
                "formats dropped",
                pointer,
                _dropping_key("format"),
                breaking=True,
                names=name,
            )
        if "default" not in schema:
            default = {"string": "x", "boolean": True}.get(kind, 7)
            yield self.mutant(
                "default added", pointer, _setting("default", default), names=name
            )

    def kind(self, pointer: Pointer, schema: Json, name: str) -> Iterator[Mutant]:
        kinds = {"string", "integer", "number", "boolean"} - {schema["type"]}
        for kind in sorted(kinds):
            yield self.mutant(
                f"retyped as {kind}",
                pointer,
                partial(_replace, new={"type": kind}),
                breaking=True,
                names=name,
            )
        if not schema.get("nullable"):
            yield self.mutant(
                "nullable",
                pointer,
                _setting("nullable", True),
                breaking=True,
                names=name,
            )
        yield self.mutant(
            "made an array of itself",
            pointer,
            lambda s: _replace(s, {"type": "array", "items": copy.deepcopy(s)}),
            breaking=True,
            names=name,
        )
        if pointer[-1] != "schema":
            yield self.mutant(
                "made a union",
                pointer,
                lambda s: _replace(
                    s, {"anyOf": [{"type": "boolean"}, {"type": "array", "items": {}}]}
                ),
                breaking=True,
                names=name,
            )

    def array(self, pointer: Pointer, name: str) -> Iterator[Mutant]:
        sent = SENT in self.way(pointer)
        for limit in ("minItems", "maxItems"):
            yield self.mutant(
                "limit tightened",
                pointer,
                _setting(limit, 2),
                breaking=sent,
                names=name,
            )

    def reference(self, pointer: Pointer) -> Iterator[Mutant]:
        """Each reference to another component instead."""
        here = follow(self.document, pointer)["$ref"].rsplit("/", 1)[-1]
        for other, schema in self.document["components"]["schemas"].items():
            inherits = other == here or pointer[-2] == "allOf"
            if inherits or schema.get("type") != "object":
                continue
            yield self.mutant(
                "reference retargeted",
                pointer,
                _setting("$ref", f"#/components/schemas/{other}"),
                breaking=True,
                names=other,
            )


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


def _setting(key: str, value: Any) -> Edit:
    return lambda s: s.update({key: copy.deepcopy(value)})


def _dropping_key(key: str) -> Edit:
    return lambda s: s.pop(key)


def _dropping(name: str) -> Edit:
    def edit(schema: Json) -> None:
        del schema["properties"][name]
        if name in schema.get("required", ()):
            schema["required"].remove(name)

    return edit


def _renaming(name: str, new: str) -> Edit:
    def edit(schema: Json) -> None:
        schema["properties"][new] = schema["properties"].pop(name)
        if name in schema.get("required", ()):
            schema["required"][schema["required"].index(name)] = new

    return edit


def _reversing(key: str) -> Edit:
    return lambda s: s[key].reverse()


def _reverse(value: Json) -> None:
    """The same keys the other way round, down to the last."""
    if isinstance(value, dict):
        items = list(value.items())[::-1]
        value.clear()
        value.update(items)
        for held in value.values():
            _reverse(held)


def _replace(schema: Json, new: Json) -> None:
    schema.clear()
    schema.update(new)


def _remove(schema: Json, key: str, value: Any) -> None:
    schema[key].remove(value)
