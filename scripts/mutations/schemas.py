"""Single-point changes of schemas: fields, types, limits, values, references."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from functools import partial
from typing import Any

from scripts.document import Json, Pointer
from scripts.mutations import edits
from scripts.mutations.base import RECEIVED, SENT, Mutant, Mutator, follow
from scripts.mutations.edits import Edit


def derive(m: Mutator) -> Iterator[Mutant]:
    """Mutants of every schema that travels."""
    for pointer, schema in m.travelling():
        yield from of_schema(m, pointer, schema)


def of_schema(m: Mutator, pointer: Pointer, schema: Json) -> Iterator[Mutant]:
    yield from _quiet(m, pointer, schema)
    if "$ref" in schema:
        yield from _reference(m, pointer)
        return
    sent = SENT in m.way(pointer)
    structural = pointer[-2] != "properties" and pointer[-2] != "schemas"
    name = "" if structural else pointer[-1]
    if isinstance(schema.get("properties"), dict):
        for field in schema["properties"]:
            yield from _field(m, pointer, schema, field)
        yield from _object(m, pointer, schema, name)
    if isinstance(schema.get("enum"), list):
        yield from _enum(m, pointer, schema, name, sent=sent)
    elif schema.get("type") in ("string", "integer", "number", "boolean"):
        yield from _scalar(m, pointer, schema, name, sent=sent)
    if schema.get("type") == "array":
        yield from _array(m, pointer, name)
    # What one member of allOf alone allows, the others still rule out.
    if "type" in schema and "allOf" not in schema and pointer[-2] != "allOf":
        yield from _kind(m, pointer, schema, name)


def _quiet(m: Mutator, pointer: Pointer, schema: Json) -> Iterator[Mutant]:
    """What means nothing."""
    if "$ref" in schema:
        if pointer[-2] != "allOf":
            ref = schema["$ref"]
            yield m.mutant(
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
        ("quiet: keys reordered", edits.reverse),
    )
    for kind, edit in words:
        yield m.mutant(kind, pointer, edit, rows=0)
    if "properties" in schema and "additionalProperties" not in schema:
        edit = edits.setting("additionalProperties", True)
        yield m.mutant("quiet: additional true", pointer, edit, rows=0)
    for key in ("required", "enum"):
        if len(schema.get(key, ())) > 1:
            yield m.mutant(
                f"quiet: {key} reordered", pointer, edits.reversing(key), rows=0
            )


def _field(m: Mutator, pointer: Pointer, schema: Json, name: str) -> Iterator[Mutant]:
    way = m.way(pointer)
    required = name in schema.get("required", ())
    yield m.mutant(
        "field dropped", pointer, edits.dropping(name), breaking=True, names=name
    )
    yield m.mutant(
        "field renamed",
        pointer,
        edits.renaming(name, f"{name}_2"),
        breaking=True,
        rows=2,
        names=f"{name}_2",
    )
    if required:
        yield m.mutant(
            "field relaxed",
            pointer,
            lambda s: s["required"].remove(name),
            breaking=RECEIVED in way,
            names=name,
        )
    else:
        yield m.mutant(
            "field required",
            pointer,
            lambda s: s.setdefault("required", []).append(name),
            breaking=SENT in way,
            names=name,
        )


def _object(m: Mutator, pointer: Pointer, schema: Json, name: str) -> Iterator[Mutant]:
    sent = SENT in m.way(pointer)
    added = {"type": "string"}
    yield m.mutant(
        "field added",
        pointer,
        lambda s: s["properties"].update(brand_new=added),
        names="brand_new",
    )
    yield m.mutant(
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
            edit = edits.setting("additionalProperties", value)
            yield m.mutant(
                f"unknown fields {kind}", pointer, edit, breaking=True, names=name
            )


def _enum(
    m: Mutator, pointer: Pointer, schema: Json, name: str, *, sent: bool
) -> Iterator[Mutant]:
    for value in schema["enum"] if len(schema["enum"]) > 1 else ():
        yield m.mutant(
            "enum value removed",
            pointer,
            partial(edits.remove, key="enum", value=value),
            breaking=sent,
            names=str(value),
        )
    new = "brand-new" if isinstance(schema["enum"][0], str) else 4711
    yield m.mutant(
        "enum value added", pointer, lambda s: s["enum"].append(new), names=str(new)
    )
    yield m.mutant(
        "enum dropped", pointer, edits.dropping_key("enum"), breaking=True, names=name
    )


def _limits(
    m: Mutator, pointer: Pointer, schema: Json, name: str, *, sent: bool
) -> Iterator[Mutant]:
    kind = schema["type"]
    limits = {"string": ("maxLength", "minLength", "pattern")}.get(
        kind, ("minimum", "maximum", "multipleOf") if kind != "boolean" else ()
    )
    for limit in limits:
        value: Any = "^a" if limit == "pattern" else 5
        change = edits.setting(limit, value)
        if limit in schema:
            yield m.mutant(
                "limit loosened", pointer, edits.dropping_key(limit), names=name
            )
        else:
            yield m.mutant(
                "limit tightened", pointer, change, breaking=sent, names=name
            )


def _scalar(
    m: Mutator, pointer: Pointer, schema: Json, name: str, *, sent: bool
) -> Iterator[Mutant]:
    yield from _limits(m, pointer, schema, name, sent=sent)
    kind = schema["type"]
    if kind == "string" and not {"format", "const"} & schema.keys():
        for form in ("uuid", "email"):
            yield m.mutant(
                f"format added ({form})",
                pointer,
                edits.setting("format", form),
                breaking=True,
                names=name,
            )
        yield m.mutant(
            "enum added",
            pointer,
            edits.setting("enum", ["only"]),
            breaking=sent,
            names=name,
        )
    elif "format" in schema:
        yield m.mutant(
            "formats dropped",
            pointer,
            edits.dropping_key("format"),
            breaking=True,
            names=name,
        )
    if "default" not in schema:
        default = {"string": "x", "boolean": True}.get(kind, 7)
        yield m.mutant(
            "default added", pointer, edits.setting("default", default), names=name
        )


def _kind(m: Mutator, pointer: Pointer, schema: Json, name: str) -> Iterator[Mutant]:
    kinds = {"string", "integer", "number", "boolean"} - {schema["type"]}
    for kind in sorted(kinds):
        yield m.mutant(
            f"retyped as {kind}",
            pointer,
            partial(edits.replace, new={"type": kind}),
            breaking=True,
            names=name,
        )
    in_union = pointer[-2] in ("anyOf", "oneOf")
    if not schema.get("nullable") and not in_union and schema["type"] != "null":
        yield m.mutant(
            "nullable",
            pointer,
            edits.setting("nullable", True),
            breaking=True,
            names=name,
        )
    yield m.mutant(
        "made an array of itself",
        pointer,
        lambda s: edits.replace(s, {"type": "array", "items": copy.deepcopy(s)}),
        breaking=True,
        names=name,
    )
    if pointer[-1] != "schema" and pointer[-2] not in ("anyOf", "oneOf"):
        yield m.mutant(
            "made a union",
            pointer,
            lambda s: edits.replace(
                s, {"anyOf": [{"type": "boolean"}, {"type": "array", "items": {}}]}
            ),
            breaking=True,
            names=name,
        )


def _array(m: Mutator, pointer: Pointer, name: str) -> Iterator[Mutant]:
    sent = SENT in m.way(pointer)
    for limit in ("minItems", "maxItems"):
        yield m.mutant(
            "limit tightened",
            pointer,
            edits.setting(limit, 2),
            breaking=sent,
            names=name,
        )


def _reference(m: Mutator, pointer: Pointer) -> Iterator[Mutant]:
    """Each reference to another component instead."""
    here = follow(m.document, pointer)["$ref"].rsplit("/", 1)[-1]
    for other, schema in m.document["components"]["schemas"].items():
        inherits = other == here or pointer[-2] == "allOf"
        if inherits or schema.get("type") != "object":
            continue
        yield m.mutant(
            "reference retargeted",
            pointer,
            edits.setting("$ref", f"#/components/schemas/{other}"),
            breaking=True,
            names=other,
        )
